/**
 * What is wrong with a history, with the fewest operations: the longest prefix that is linearizable, the operation whose end breaks
 * it, and a part of the history that is not linearizable either and from which nothing can be left out (delta debugging after
 * Zeller and Hildebrandt, 2002). Only parts that the model calls closed are tried, so that the part convicts the whole.
 */
import type { Operation } from '../history'
import type { Model } from '../models'
import type { Value } from '../values'
import { deadEndOf, decide } from './decide'
import { problemOf } from './problem'
import { sentenceOf } from './words'

export interface LinearizabilityFailure {
  readonly key: Value
  /** The longest prefix of this key's history that is linearizable; null where the budget ended before it was found. */
  readonly prefix: { readonly operations: number; readonly events: number } | null
  /** The operation that has no place; its end is the first event after the prefix. */
  readonly culprit: Operation | null
  /** Operations still under way when the culprit ended are shown with an unknown outcome. */
  readonly smallest: readonly Operation[]
  /** Whether every operation in `smallest` is needed; false where the budget ended first. */
  readonly isMinimal: boolean
  /** What the culprit could have been answered, or why it could not take effect, in words. */
  readonly possible: readonly string[]
  readonly sentence: string
}

/** A part that is not decided within this many steps counts as linearizable, and the result as not minimal. */
const STEPS_PER_TRIAL = 500_000
/** What preparing a trial counts, for each of its operations. */
const STEPS_PER_OPERATION = 4
const POSSIBLE_MAX = 8
const STEPS_FOR_FRONTIER = 10_000_000
const STEPS_FOR_POSSIBILITIES = 1_000_000

/** The history up to and with the event at `position`. */
export function cutAfter(operations: readonly Operation[], position: number): Operation[] {
  return operations.filter(({ invoked }) => invoked <= position).map((operation) =>
    operation.completed <= position ? operation : { ...operation, outcome: 'unknown', completed: Infinity, output: null, completedAt: null })
}

class Trials {
  readonly #model: Model
  readonly isOver: () => boolean
  /** Whether some part was not decided. */
  gaveUp = false

  constructor(model: Model, isOver: () => boolean) {
    this.#model = model
    this.isOver = isOver
  }

  * isBroken(operations: readonly Operation[]): Generator<number, boolean> {
    const deciding = decide(this.#model, operations)
    let steps = 0
    yield operations.length * STEPS_PER_OPERATION
    for (;;) {
      const turn = deciding.next()
      if (turn.done === true) {
        if (turn.value.kind === 'undecided') this.gaveUp = true
        return turn.value.kind === 'not-linearizable'
      }
      steps += turn.value
      if (steps > STEPS_PER_TRIAL + operations.length || this.isOver()) {
        this.gaveUp = true
        return false
      }
      yield turn.value
    }
  }
}

/** The first operation, by ends, at whose end the history is broken; by halving, since a prefix of a linearizable history is one. */
function* firstBreak(trials: Trials, operations: readonly Operation[]): Generator<number, Operation | null> {
  const ended = operations.filter(({ outcome }) => outcome === 'ok').sort((a, b) => a.completed - b.completed)
  let low = 0
  let high = ended.length - 1
  while (low < high) {
    if (trials.isOver()) return null
    const middle = (low + high) >> 1
    const broken = yield* trials.isBroken(cutAfter(operations, (ended[middle] as Operation).completed))
    if (trials.gaveUp) return null
    if (broken) high = middle
    else low = middle + 1
  }
  return ended[low] ?? null
}

/** The same by the frontier, in one go, where the machine does not look ahead. A model with a shape is halved faster. */
function* frontierBreak(model: Model, operations: readonly Operation[], known: Operation | null): Generator<number, Operation | null> {
  const problem = problemOf(model, operations)
  if (problem.machine.foresees) return null
  if (known !== null) return known
  if (model.shape(operations) !== null) return null
  const searching = deadEndOf(problem)
  let steps = 0
  for (let turn = searching.next(); steps < STEPS_FOR_FRONTIER; turn = searching.next()) {
    if (turn.done === true) return turn.value === null ? null : problem.operations[turn.value.operation] ?? null
    steps += turn.value
    yield turn.value
  }
  return null
}

/** Removes what can be removed from a broken history. */
class Shrinking {
  readonly #model: Model
  readonly #operations: readonly Operation[]
  readonly #trials: Trials
  kept: Uint8Array

  constructor(model: Model, operations: readonly Operation[], trials: Trials) {
    this.#model = model
    this.#operations = operations
    this.#trials = trials
    this.kept = new Uint8Array(operations.length).fill(1)
  }

  get members(): number[] {
    return Array.from(this.kept.keys()).filter((i) => this.kept[i] === 1)
  }

  /** Takes `kept` over where the closed part of it is still broken. */
  * try(kept: Uint8Array): Generator<number, boolean> {
    this.#model.closure(this.#operations).close(kept)
    const part = this.#operations.filter((_, i) => kept[i] === 1)
    if (!(yield* this.#trials.isBroken(part))) return false
    this.kept = kept
    return true
  }

  /** Most failures need only what happened last. */
  * keepTail(): Generator<number, void> {
    const size = this.#operations.length
    for (let tail = 16; tail < size && !this.#trials.isOver(); tail *= 4) {
      const kept = new Uint8Array(size)
      kept.fill(1, size - tail)
      if (yield* this.try(kept)) return
    }
  }

  * remove(): Generator<number, void> {
    let chunks = 2
    for (let members = this.members; members.length > 1 && !this.#trials.isOver();) {
      const length = Math.ceil(members.length / chunks)
      let smaller = false
      for (let from = 0; from < members.length && !smaller; from += length) {
        const kept = this.kept.slice()
        for (const i of members.slice(from, from + length)) kept[i] = 0
        smaller = yield* this.try(kept)
      }
      if (smaller) {
        members = this.members
        chunks = Math.max(2, Math.min(chunks - 1, members.length))
      } else if (length === 1) return
      else chunks = Math.min(members.length, chunks * 2)
    }
  }
}

export function* explainFailure(
  model: Model, key: Value, all: readonly Operation[], known: Operation | null, isOver: () => boolean,
): Generator<number, LinearizabilityFailure> {
  const operations = all.filter(({ outcome }) => outcome !== 'fail')
  const trials = new Trials(model, isOver)
  const culprit = (yield* frontierBreak(model, operations, known)) ?? (yield* firstBreak(trials, operations))
  const upTo = culprit === null ? operations : cutAfter(operations, culprit.completed)
  const shrinking = new Shrinking(model, upTo, trials)
  trials.gaveUp = false
  yield* shrinking.keepTail()
  yield* shrinking.remove()
  const smallest = upTo.filter((_, i) => shrinking.kept[i] === 1)
  // By the whole history where that can be told soon: in the smallest part more may be possible.
  const whole = isOver() ? [] : yield* possibilities(model, upTo, culprit)
  const possible = whole.length > 0 || isOver() ? whole : yield* possibilities(model, smallest, culprit)
  const before = culprit === null ? null : operations.filter(({ completed }) => completed < culprit.completed)
  const prefix = before === null || culprit === null ? null : {
    operations: before.length,
    events: operations.reduce((sum, each) => sum + Number(each.invoked < culprit.completed) + Number(each.completed < culprit.completed), 0),
  }
  return {
    key, prefix, culprit, smallest, isMinimal: !trials.gaveUp && !isOver(), possible, sentence: sentenceOf(model.name, key, culprit, possible),
  }
}

function* possibilities(model: Model, part: readonly Operation[], culprit: Operation | null): Generator<number, string[]> {
  const problem = problemOf(model, part, false)
  const searching = deadEndOf(problem)
  let turn = searching.next()
  for (let steps = 0; turn.done !== true && steps < STEPS_FOR_POSSIBILITIES; turn = searching.next()) {
    steps += turn.value
    yield turn.value
  }
  const end = turn.done === true ? turn.value : null
  if (end === null || culprit === null || problem.operations[end.operation]?.index !== culprit.index) return []
  return [...new Set(end.states.map((state) => problem.machine.possible(state, end.operation)))].slice(0, POSSIBLE_MAX)
}
