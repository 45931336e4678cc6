/** First in, first out: enqueue; dequeue, which answers null (or "empty") where there is nothing. */
import type { Operation } from '../history'
import { canonical, shown, ValueTable, type Value } from '../values'
import { classify, ILLEGAL, type Closure, type Machine, type Model } from './model'
import { queueShape } from './queue-shape'

export interface QueueAccess {
  readonly effect: 'enqueue' | 'dequeue'
  /** Null: a dequeue that found nothing; undefined: one of unknown outcome, which took whatever was first. */
  readonly value: Value | undefined
}

const EMPTY_WORD = 'empty'
/** Values fit below this number: a state and a value make one number. */
const VALUES_MAX = 2 ** 26
/** What a state costs beside what is in it. */
const STATE_BYTES = 400

function accessesOf(operations: readonly Operation[]): QueueAccess[] {
  const isWord = !operations.some(({ f, input }) => f === 'enqueue' && input === EMPTY_WORD)
  return operations.map(({ f, input, output, outcome }) => {
    if (f === 'enqueue') return { effect: 'enqueue', value: input === null ? output : input }
    if (outcome === 'unknown') return { effect: 'dequeue', value: undefined }
    return { effect: 'dequeue', value: isWord && output === EMPTY_WORD ? null : output }
  })
}

class QueueMachine implements Machine {
  readonly initial = 0
  bytes = 0
  readonly foresees = true
  readonly pure: Uint8Array
  readonly useless: Uint8Array
  readonly classes: Int32Array
  readonly #table = new ValueTable()
  /** By state: what is in the queue, first to last. */
  readonly #contents: Int32Array[] = [new Int32Array(0)]
  readonly #states = new Map<string, number>([['', 0]])
  readonly #longer = new Map<number, number>()
  readonly #shorter = new Map<number, number>()
  readonly #isEnqueue: Uint8Array
  /** -1: found nothing; -2: unknown. */
  readonly #values: Int32Array

  constructor(accesses: readonly QueueAccess[], unknown: (at: number) => boolean) {
    this.#isEnqueue = Uint8Array.from(accesses, ({ effect }) => Number(effect === 'enqueue'))
    this.#values = Int32Array.from(accesses, ({ value }) => (value === undefined ? -2 : value === null ? -1 : this.#table.id(value)))
    this.pure = Uint8Array.from(accesses, ({ effect, value }) => Number(effect === 'dequeue' && value === null))
    this.classes = classify(accesses.map(({ effect }, i) => `${effect} ${String(this.#values[i])}`))
    const taken = new Set(accesses.flatMap(({ effect }, i) => (effect === 'dequeue' ? [this.#values[i] as number] : [])))
    this.useless = Uint8Array.from(accesses, ({ effect }, i) => Number(effect === 'enqueue' && unknown(i) && !taken.has(this.#values[i] as number)))
  }

  step(state: number, operation: number): number {
    const value = this.#values[operation] as number
    if (this.#isEnqueue[operation] === 1) return this.#enqueue(state, value)
    const contents = this.#contents[state] as Int32Array
    if (value === -1) return contents.length === 0 ? state : ILLEGAL
    if (contents.length === 0 || (value >= 0 && contents[0] !== value)) return ILLEGAL
    let next = this.#shorter.get(state)
    if (next === undefined) {
      next = this.#stateOf(contents.subarray(1))
      this.#shorter.set(state, next)
    }
    return next
  }

  #enqueue(state: number, value: number): number {
    const pair = state * VALUES_MAX + value
    let next = this.#longer.get(pair)
    if (next === undefined) {
      const before = this.#contents[state] as Int32Array
      const contents = new Int32Array(before.length + 1)
      contents.set(before)
      contents[before.length] = value
      next = this.#stateOf(contents)
      this.#longer.set(pair, next)
    }
    return next
  }

  #stateOf(contents: Int32Array): number {
    const text = contents.join(' ')
    const known = this.#states.get(text)
    if (known !== undefined) return known
    this.#states.set(text, this.#contents.length)
    this.bytes += STATE_BYTES + text.length + contents.length * 4
    return this.#contents.push(contents) - 1
  }

  possible(state: number, operation: number): string {
    const first = (this.#contents[state] as Int32Array)[0]
    if (this.#isEnqueue[operation] === 1) return 'nothing stands against it'
    return first === undefined ? 'empty' : shown(this.#table.value(first))
  }
}

/**
 * What may be left out: a dequeue that found nothing, and everything that was done with one value at once. Where a dequeue of
 * unknown outcome goes, so must the values that it may have taken.
 */
class QueueClosure implements Closure {
  readonly #groups = new Map<string, { members: number[]; surplus: number }>()
  readonly #unknown: number[] = []

  constructor(accesses: readonly QueueAccess[]) {
    accesses.forEach(({ effect, value }, i) => {
      if (value === undefined) this.#unknown.push(i)
      else if (effect === 'enqueue' || value !== null) {
        const key = canonical(value)
        const group = this.#groups.get(key) ?? { members: [], surplus: 0 }
        this.#groups.set(key, group)
        group.members.push(i)
        group.surplus += effect === 'enqueue' ? 1 : -1
      }
    })
  }

  close(kept: Uint8Array): void {
    const allUnknown = this.#unknown.every((i) => kept[i] === 1)
    for (const { members, surplus } of this.#groups.values()) {
      if (members.every((i) => kept[i] === 1) && (allUnknown || surplus <= 0)) continue
      for (const i of members) kept[i] = 0
    }
  }
}

export const queue: Model = {
  name: 'queue', functions: ['enqueue', 'dequeue'],
  expects: ({ f, input, output }) => {
    if (f !== 'enqueue' && f !== 'dequeue') return 'one of enqueue, dequeue'
    return f === 'enqueue' && input === null && output === null ? 'a value to enqueue, other than null' : null
  },
  compile: (operations) => new QueueMachine(accessesOf(operations), (at) => operations[at]?.outcome === 'unknown'),
  closure: (operations) => new QueueClosure(accessesOf(operations)),
  shape: (operations) => queueShape(accessesOf(operations), operations),
}
