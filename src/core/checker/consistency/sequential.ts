/**
 * Sequential consistency (Lamport 1979): one order of all operations, of every key at once, that keeps the order of each process and
 * explains every answer; real time does not count. Deciding it is NP-complete even where linearizability is easy, so two quick
 * answers come first: what is linearizable is sequential, and what is not causal is not.
 */
import { Tuples } from '../../base'
import type { History, Operation } from '../history'
import { linearizabilityCheck, partitionByKey } from '../linearizability/check'
import { UnknownSets } from '../linearizability/problem'
import { MEMO_BYTES_MAX, SLICE_STEPS } from '../linearizability/search'
import { MODELS, type Machine, type ModelName } from '../models'
import { canonical } from '../values'
import { checkCausal } from './causal'
import { evidenceOf } from './evidence'
import { fine, unclear, violated, type ConsistencyReport } from './report'

const CHECK = 'sequential'
/** Steps for the two quick answers. */
const QUICK_STEPS = 2_000_000

interface Placeable {
  readonly operation: Operation
  /** Which object, and its place among that object's operations. */
  readonly object: number
  readonly at: number
}

interface Shape {
  readonly machines: readonly Machine[]
  /** Of each process, what surely took effect, in its order. */
  readonly lanes: readonly (readonly Placeable[])[]
  /** Of unknown outcome; each may come once its process has come as far as it had. */
  readonly loose: readonly { readonly what: Placeable; readonly lane: number; readonly after: number }[]
}

function shapeOf(history: History, model: ModelName): Shape {
  const lanes = new Map<Operation['process'], Placeable[]>()
  const loose: { what: Placeable; process: Operation['process']; after: number }[] = []
  const parts = partitionByKey({ operations: history.operations.filter(({ outcome }) => outcome !== 'fail') })
  const objects = new Map(parts.map(({ key }, i) => [canonical(key), { number: i, size: 0 }]))
  const machines = parts.map(({ operations }) => MODELS[model].compile(operations))
  for (const operation of parts.flatMap(({ operations }) => operations).sort((a, b) => a.index - b.index)) {
    const object = objects.get(canonical(operation.key)) as { number: number; size: number }
    const what: Placeable = { operation, object: object.number, at: object.size++ }
    const lane = lanes.get(operation.process) ?? []
    lanes.set(operation.process, lane)
    if (operation.outcome === 'ok') lane.push(what)
    else if (machines[what.object]?.useless[what.at] === 0) loose.push({ what, process: operation.process, after: lane.length })
  }
  const numbers = new Map([...lanes.keys()].map((process, i) => [process, i]))
  return { machines, lanes: [...lanes.values()], loose: loose.map(({ what, process, after }) => ({ what, lane: numbers.get(process) ?? 0, after })) }
}

/** One way to go on: the next operation of a lane, or a loose one. */
interface Choice {
  readonly lane: number
  readonly loose: number
  readonly forced: boolean
  readonly object: number
  readonly state: number
  readonly looseSet: number
  /** Where the search goes on when it comes back. */
  cursor: number
}

class SequentialSearch {
  readonly #shape: Shape
  readonly #positions: Int32Array
  readonly #states: Int32Array
  readonly #looseSets: UnknownSets
  readonly #memo: Tuples
  readonly #row: Int32Array
  readonly #choices: Choice[] = []
  #looseSet = 0
  #left: number
  steps = 0

  constructor(shape: Shape) {
    this.#shape = shape
    this.#positions = new Int32Array(shape.lanes.length)
    this.#states = Int32Array.from(shape.machines, ({ initial }) => initial)
    this.#left = shape.lanes.reduce((sum, lane) => sum + lane.length, 0)
    this.#looseSets = new UnknownSets(shape.loose.map((_, i) => i), Int32Array.from(shape.loose.keys()))
    this.#row = new Int32Array(shape.lanes.length + shape.machines.length + 1)
    this.#memo = new Tuples(this.#row.length)
  }

  get isDone(): boolean {
    return this.#left === 0
  }

  get isFull(): boolean {
    return this.#memo.bytes > MEMO_BYTES_MAX
  }

  #step({ object, at }: Placeable): number {
    this.steps++
    return (this.#shape.machines[object] as Machine).step(this.#states[object] as number, at)
  }

  #place({ object }: Placeable, next: number, lane: number, loose: number, forced: boolean): void {
    this.#choices.push({ lane, loose, forced, object, state: this.#states[object] as number, looseSet: this.#looseSet, cursor: 0 })
    this.#states[object] = next
    if (lane < 0) this.#looseSet = this.#looseSets.with(this.#looseSet, loose)
    else {
      this.#positions[lane] = (this.#positions[lane] as number) + 1
      this.#left--
    }
  }

  #undo(): Choice {
    const choice = this.#choices.pop() as Choice
    this.#states[choice.object] = choice.state
    this.#looseSet = choice.looseSet
    if (choice.lane >= 0) {
      this.#positions[choice.lane] = (this.#positions[choice.lane] as number) - 1
      this.#left++
    }
    return choice
  }

  /** What fits and changes nothing comes at once. */
  placeReads(): void {
    for (let again = true; again;) {
      again = false
      for (const [i, lane] of this.#shape.lanes.entries()) {
        for (let next = lane[this.#positions[i] as number]; next !== undefined; next = lane[this.#positions[i] as number]) {
          const machine = this.#shape.machines[next.object] as Machine
          if (machine.pure[next.at] === 0 || this.#step(next) !== this.#states[next.object]) break
          this.#place(next, this.#states[next.object] as number, i, -1, true)
          again = true
        }
      }
    }
  }

  /** Tries what may come next, the earliest begun first, from place `cursor` of that order; -1 where nothing fits. */
  advance(cursor: number): boolean {
    const open = this.#shape.lanes.flatMap((lane, i) => {
      const next = lane[this.#positions[i] as number]
      return next === undefined ? [] : [{ next, lane: i, loose: -1 }]
    }).sort((a, b) => a.next.operation.invoked - b.next.operation.invoked)
    const loose = this.#shape.loose.flatMap(({ what, lane, after }, i) =>
      ((this.#positions[lane] as number) >= after && !this.#looseSets.has(this.#looseSet, i) ? [{ next: what, lane: -1, loose: i }] : []))
    const all = [...open, ...loose]
    for (let i = cursor; i < all.length; i++) {
      const { next, lane, loose: looseNumber } = all[i] as (typeof all)[number]
      const state = this.#step(next)
      if (state < 0 || (lane < 0 && state === this.#states[next.object])) continue
      this.#place(next, state, lane, looseNumber, false);
      (this.#choices.at(-1) as Choice).cursor = i + 1
      if (this.#isNew()) return true
      this.#undo()
    }
    return false
  }

  #isNew(): boolean {
    this.#row.set(this.#positions)
    this.#row.set(this.#states, this.#positions.length)
    this.#row[this.#row.length - 1] = this.#looseSet
    return this.#memo.addNew(this.#row)
  }

  /** Back to the last choice; answers where to go on, -1 where none is left. */
  retreat(): number {
    while (this.#choices.length > 0) {
      const { forced, cursor } = this.#undo()
      if (!forced) return cursor
    }
    return -1
  }
}

/** Yields the steps taken since the last yield. A caller that stops asking has cancelled it. */
export function* sequentialCheck(history: History, model: ModelName): Generator<number, ConsistencyReport> {
  const strong = linearizabilityCheck(history, model, { budget: QUICK_STEPS, explainBudget: 0 })
  let turn = strong.next()
  for (; turn.done !== true; turn = strong.next()) yield SLICE_STEPS
  if (turn.value.verdict === 'linearizable') return fine(CHECK)
  if (model === 'register' || model === 'kv') {
    const causal = checkCausal(history)
    if (causal.verdict === 'violated') return violated(CHECK, `It is not even causal. ${causal.sentence ?? ''}`, causal.evidence)
  }
  const explained = yield* searchOrder(history, model)
  if (explained === null) return unclear(CHECK, 'The memory that the search may use ran out.')
  if (explained) return fine(CHECK)
  const evidence = evidenceOf(history.operations, (operations) => isExplained({ operations }, model) === false)
  return violated(CHECK, 'No order of the operations that keeps the order of each process explains all answers.', evidence)
}

/** Steps for each part that is tried on the way to the evidence. */
const EVIDENCE_STEPS = 100_000

/** Null where the steps ran out. */
function isExplained(history: History, model: ModelName): boolean | null {
  const searching = searchOrder(history, model)
  for (let turn = searching.next(), steps = 0; steps < EVIDENCE_STEPS; turn = searching.next()) {
    if (turn.done === true) return turn.value
    steps += turn.value
  }
  return null
}

/** Whether an order exists; null where the memory ran out. */
function* searchOrder(history: History, model: ModelName): Generator<number, boolean | null> {
  const search = new SequentialSearch(shapeOf(history, model))
  let told = 0
  let cursor = 0
  for (;;) {
    if (search.steps - told >= SLICE_STEPS) {
      if (search.isFull) return null
      yield search.steps - told
      told = search.steps
    }
    if (cursor === 0) search.placeReads()
    if (search.isDone) return true
    if (search.advance(cursor)) {
      cursor = 0
      continue
    }
    cursor = search.retreat()
    if (cursor < 0) return false
  }
}

/** At one go, within `budget` steps. */
export function checkSequential(history: History, model: ModelName, budget: number): ConsistencyReport {
  const checking = sequentialCheck(history, model)
  let steps = 0
  for (let turn = checking.next(); ; turn = checking.next()) {
    if (turn.done === true) return turn.value
    steps += turn.value
    if (steps > budget) return unclear(CHECK, 'The budget ran out.')
  }
}
