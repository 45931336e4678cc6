/**
 * Breadth first over configurations: the just-in-time linearization of Lowe, "Testing for linearizability" (Concurrency and
 * Computation 29 (4), 2017). After each end of an operation it holds every configuration (operations under way that took effect,
 * the state) that the history so far allows. It needs memory for one moment only, and where the last configuration dies, the
 * events before are the longest prefix that is linearizable, and the operation that ended is the one without a place.
 */
import { Tuples } from '../../base'
import { NEVER, type Problem } from './problem'
import { SLICE_STEPS } from './search'

/** Configurations of one moment may hold this many bytes; beyond, the search gives up. */
export const FRONTIER_BYTES_MAX = 512 * 1024 * 1024

export interface DeadEnd {
  /** The operation, by its place in the problem, whose end no configuration survives. */
  readonly operation: number
  /** States that the object could have been in before that end. */
  readonly states: readonly number[]
}

export type FrontierOutcome = { readonly kind: 'linearizable' } | { readonly kind: 'dead-end'; readonly end: DeadEnd } | { readonly kind: 'too-large' }

/** Columns of a configuration; slots follow. */
const STATE = 0
const UNKNOWN = 1
const SLOTS = 2

class Frontier {
  readonly #problem: Problem
  #configurations: Tuples
  #survivors: Tuples
  /** Configurations on the way to the end of the present operation. */
  readonly #expanded: Tuples
  readonly #row: Int32Array
  readonly #effects = new Set<number>()
  readonly #reads = new Set<number>()
  /** How many unknown operations have begun. */
  #begun = 0
  steps = 0

  constructor(problem: Problem) {
    const width = SLOTS + Math.ceil(problem.slotCount / 32)
    this.#problem = problem
    this.#configurations = new Tuples(width)
    this.#survivors = new Tuples(width)
    this.#expanded = new Tuples(width)
    this.#row = new Int32Array(width)
    this.#row[STATE] = problem.machine.initial
    this.#configurations.add(this.#row)
  }

  begin(operation: number): void {
    if (this.#problem.returned[operation] === NEVER) this.#begun++
    else (this.#problem.machine.pure[operation] === 1 ? this.#reads : this.#effects).add(operation)
  }

  get isTooLarge(): boolean {
    return this.#expanded.bytes + this.#survivors.bytes + this.#problem.machine.bytes > FRONTIER_BYTES_MAX
  }

  /** Every configuration in which the operation has taken effect, reached by as few others as needed. Null where there is none. */
  * end(operation: number): Generator<number, DeadEnd | null | 'too-large'> {
    this.#survivors.clear()
    this.#expanded.clear()
    let told = this.steps
    for (let row = 0; row < this.#configurations.count; row++) {
      this.#configurations.read(row, this.#row)
      this.#enter(operation)
    }
    for (let row = 0; row < this.#expanded.count; row++) {
      this.#expand(row, operation)
      if (this.steps - told < SLICE_STEPS) continue
      if (this.isTooLarge) return 'too-large'
      yield this.steps - told
      told = this.steps
    }
    if (this.#survivors.count === 0) return { operation, states: this.#states() };
    [this.#configurations, this.#survivors] = [this.#survivors, this.#configurations]
    if (this.#begun > 0) this.#dropDominated()
    this.#effects.delete(operation)
    this.#reads.delete(operation)
    return null
  }

  #states(): number[] {
    const states = new Set<number>()
    for (let row = 0; row < this.#expanded.count; row++) states.add(this.#expanded.at(row, STATE))
    return [...states]
  }

  #has(operation: number): boolean {
    const slot = this.#problem.slots[operation] as number
    return ((this.#row[SLOTS + (slot >> 5)] as number) & (1 << (slot & 31))) !== 0
  }

  #flip(operation: number): void {
    const slot = this.#problem.slots[operation] as number
    const word = SLOTS + (slot >> 5)
    this.#row[word] = (this.#row[word] as number) ^ (1 << (slot & 31))
  }

  /** Files the present row: every read under way that fits takes effect at once. */
  #enter(target: number): void {
    const { machine } = this.#problem
    const state = this.#row[STATE] as number
    for (const read of this.#reads) {
      this.steps++
      if (!this.#has(read) && machine.step(state, read) === state) this.#flip(read)
    }
    this.steps++
    if (!this.#has(target)) {
      this.#expanded.add(this.#row)
      return
    }
    this.#flip(target)
    this.#survivors.add(this.#row)
  }

  #expand(row: number, target: number): void {
    const { machine, unknown, called } = this.#problem
    this.#expanded.read(row, this.#row)
    const state = this.#row[STATE] as number
    const set = this.#row[UNKNOWN] as number
    for (const operation of this.#effects) {
      this.steps++
      this.#expanded.read(row, this.#row)
      if (this.#has(operation)) continue
      const next = machine.step(state, operation)
      if (next < 0) continue
      this.#row[STATE] = next
      this.#flip(operation)
      this.#enter(target)
    }
    for (let ordinal = 0; ordinal < this.#begun; ordinal++) {
      const operation = unknown.members[ordinal] as number
      const twin = unknown.twins[ordinal] as number
      if (unknown.has(set, ordinal) || (twin >= 0 && !unknown.has(set, twin)) || (called[operation] as number) < 0) continue
      this.steps++
      const next = machine.step(state, operation)
      if (next < 0 || next === state) continue
      this.#expanded.read(row, this.#row)
      this.#row[STATE] = next
      this.#row[UNKNOWN] = unknown.with(set, ordinal)
      this.#enter(target)
    }
  }

  /** Of configurations that differ in unknown operations only, one that used fewer can do all that one with more can. */
  #dropDominated(): void {
    const { unknown } = this.#problem
    const groups = new Map<string, number[]>()
    const row = this.#row
    for (let at = 0; at < this.#configurations.count; at++) {
      this.#configurations.read(at, row)
      const set = row[UNKNOWN] as number
      row[UNKNOWN] = 0
      const key = row.join(' ')
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [set])
      else if (!group.some((other) => unknown.isWithin(other, set))) {
        groups.set(key, [...group.filter((other) => !unknown.isWithin(set, other)), set])
      }
      this.steps++
    }
    const minimal = [...groups.values()].reduce((sum, group) => sum + group.length, 0)
    if (minimal === this.#configurations.count) return
    this.#survivors.clear()
    for (const [key, sets] of groups) {
      row.set(key.split(' ').map(Number))
      for (const set of sets) {
        row[UNKNOWN] = set
        this.#survivors.add(row)
      }
    }
    [this.#configurations, this.#survivors] = [this.#survivors, this.#configurations]
  }
}

/** Yields the number of steps taken since the last yield. */
export function* searchFrontier(problem: Problem): Generator<number, FrontierOutcome> {
  const { size, called, returned, byReturn } = problem
  const frontier = new Frontier(problem)
  let told = 0
  let begun = 0
  for (const operation of byReturn) {
    const endsAt = returned[operation] as number
    for (; begun < size && (called[begun] as number) < endsAt; begun++) frontier.begin(begun)
    const ending = frontier.end(operation)
    for (let turn = ending.next(); ; turn = ending.next()) {
      if (turn.done === true) {
        if (turn.value === 'too-large') return { kind: 'too-large' }
        if (turn.value !== null) return { kind: 'dead-end', end: turn.value }
        break
      }
      yield turn.value
      told += turn.value
    }
    if (frontier.steps - told >= SLICE_STEPS) {
      yield frontier.steps - told
      told = frontier.steps
    }
  }
  return { kind: 'linearizable' }
}
