/**
 * Depth first: Wing and Gong, "Testing and Verifying Concurrent Objects" (JPDC 17, 1993), with the memo of Lowe, "Testing for
 * linearizability" (Concurrency and Computation 29 (4), 2017). Operations stand in linked lists; one that is given its place is
 * lifted out, and put back when the search turns round. A configuration (what took effect, the state) is entered once.
 *
 * - Only operations that began before the first end among those without a place may come next.
 * - A read that fits the state is given its place at once: what is legal with it later is legal with it now.
 * - Operations of unknown outcome come last, and of those that do the same the oldest first.
 * - What took effect is told by the operation whose end comes first, and one bit for each slot: an operation flips the bit of its
 *   slot, and of the operations of a slot all but the last that began before that end have their place.
 */
import { Tuples } from '../../base'
import type { Machine } from '../models'
import { NEVER, type Problem } from './problem'

/** Steps between two yields. */
export const SLICE_STEPS = 4096
/** The memo, and the states of the model, may hold this many bytes; a search that needs more gives up. */
export const MEMO_BYTES_MAX = 512 * 1024 * 1024

/** Doubly linked list over the numbers of operations, with one more number as its head. */
class OperationList {
  readonly head: number
  readonly next: Int32Array
  readonly #previous: Int32Array

  constructor(size: number, members: Iterable<number>) {
    this.head = size
    this.next = new Int32Array(size + 1)
    this.#previous = new Int32Array(size + 1)
    let last = size
    for (const each of members) {
      this.next[last] = each
      this.#previous[each] = last
      last = each
    }
    this.next[last] = size
    this.#previous[size] = last
  }

  get first(): number {
    return this.next[this.head] as number
  }

  lift(member: number): void {
    const [before, after] = [this.#previous[member] as number, this.next[member] as number]
    this.next[before] = after
    this.#previous[after] = before
  }

  /** Only in the reverse order of lift. */
  unlift(member: number): void {
    this.next[this.#previous[member] as number] = member
    this.#previous[this.next[member] as number] = member
  }
}

/** A choice that was made: which operation, from which state, and whether another choice was open. */
interface Choices {
  readonly operation: Int32Array
  readonly state: Int32Array
  readonly unknownSet: Int32Array
  readonly forced: Uint8Array
}

class Search {
  readonly #problem: Problem
  readonly #machine: Machine
  readonly #reads: OperationList
  readonly #effects: OperationList
  /** By ordinal among the unknown ones. */
  readonly #unknown: OperationList
  readonly #ends: OperationList
  readonly #ordinals: Int32Array
  readonly #choices: Choices
  readonly #memo: Tuples
  /** A row of the memo: first end, state, set of unknown operations, slots. */
  readonly #row: Int32Array
  #depth = 0
  #state: number
  #unknownSet = 0
  steps = 0

  constructor(problem: Problem) {
    const { size, machine, returned, byReturn, unknown, slotCount } = problem
    this.#problem = problem
    this.#machine = machine
    this.#state = machine.initial
    const known = Array.from({ length: size }, (_, i) => i).filter((i) => returned[i] !== NEVER)
    this.#reads = new OperationList(size, known.filter((i) => machine.pure[i] === 1))
    this.#effects = new OperationList(size, known.filter((i) => machine.pure[i] === 0))
    this.#unknown = new OperationList(unknown.members.length, unknown.members.keys())
    this.#ends = new OperationList(size, byReturn)
    this.#ordinals = new Int32Array(size).fill(-1)
    unknown.members.forEach((operation, ordinal) => { this.#ordinals[operation] = ordinal })
    this.#choices = { operation: new Int32Array(size), state: new Int32Array(size), unknownSet: new Int32Array(size), forced: new Uint8Array(size) }
    this.#memo = new Tuples(3 + Math.ceil(slotCount / 32))
    this.#row = new Int32Array(this.#memo.width)
  }

  get isDone(): boolean {
    return this.#ends.first === this.#problem.size
  }

  get isFull(): boolean {
    return this.#memo.bytes + this.#machine.bytes > MEMO_BYTES_MAX
  }

  /** The first end among operations without a place: nothing that begins after it can come next. */
  get #bound(): number {
    return this.#problem.returned[this.#ends.first] as number
  }

  #flip(operation: number): void {
    const slot = this.#problem.slots[operation] as number
    const word = 3 + (slot >> 5)
    this.#row[word] = (this.#row[word] as number) ^ (1 << (slot & 31))
  }

  #place(operation: number, next: number, forced: boolean): void {
    const { operation: operations, state, unknownSet, forced: all } = this.#choices
    operations[this.#depth] = operation
    state[this.#depth] = this.#state
    unknownSet[this.#depth] = this.#unknownSet
    all[this.#depth++] = Number(forced)
    this.#state = next
    const ordinal = this.#ordinals[operation] as number
    if (ordinal >= 0) {
      this.#unknown.lift(ordinal)
      this.#unknownSet = this.#problem.unknown.with(this.#unknownSet, ordinal)
      return
    }
    (this.#machine.pure[operation] === 1 ? this.#reads : this.#effects).lift(operation)
    this.#ends.lift(operation)
    this.#flip(operation)
  }

  /** Takes the last choice back; answers its operation. */
  #undo(): number {
    const depth = --this.#depth
    const operation = this.#choices.operation[depth] as number
    this.#state = this.#choices.state[depth] as number
    this.#unknownSet = this.#choices.unknownSet[depth] as number
    const ordinal = this.#ordinals[operation] as number
    if (ordinal >= 0) {
      this.#unknown.unlift(ordinal)
      return operation
    }
    this.#flip(operation)
    this.#ends.unlift(operation);
    (this.#machine.pure[operation] === 1 ? this.#reads : this.#effects).unlift(operation)
    return operation
  }

  placeReads(): void {
    const { called } = this.#problem
    const { next, head } = this.#reads
    for (let again = true; again && !this.isDone;) {
      again = false
      const bound = this.#bound
      for (let read = next[head] as number; read !== head && (called[read] as number) < bound; read = next[read] as number) {
        this.steps++
        if (this.#machine.step(this.#state, read) !== this.#state) continue
        this.#place(read, this.#state, true)
        again = true
      }
    }
  }

  /** Gives the next operation its place, beginning after the choice `after` (-1 for the first). False where none fits. */
  advance(after: number): boolean {
    const { called } = this.#problem
    const bound = this.#bound
    const wasUnknown = after >= 0 && (this.#ordinals[after] as number) >= 0
    if (!wasUnknown) {
      const { next, head } = this.#effects
      for (let each = next[after < 0 ? head : after] as number; each !== head && (called[each] as number) < bound; each = next[each] as number) {
        if (this.#try(each)) return true
      }
    }
    const { next, head } = this.#unknown
    const { members, twins } = this.#problem.unknown
    for (let ordinal = next[wasUnknown ? this.#ordinals[after] as number : head] as number; ordinal !== head; ordinal = next[ordinal] as number) {
      const each = members[ordinal] as number
      if ((called[each] as number) > bound) return false
      const twin = twins[ordinal] as number
      if (twin >= 0 && !this.#problem.unknown.has(this.#unknownSet, twin)) continue
      if (this.#try(each)) return true
    }
    return false
  }

  #try(operation: number): boolean {
    this.steps++
    const next = this.#machine.step(this.#state, operation)
    // What changes nothing and need not happen is left out.
    if (next < 0 || (next === this.#state && (this.#ordinals[operation] as number) >= 0)) return false
    this.#place(operation, next, false)
    this.#row[0] = this.#ends.first
    this.#row[1] = this.#state
    this.#row[2] = this.#unknownSet
    if (this.#memo.addNew(this.#row)) return true
    this.#undo()
    return false
  }

  /** Back to the last choice that was not forced; answers what was chosen, -1 where no choice is left. */
  retreat(): number {
    while (this.#depth > 0) {
      const forced = this.#choices.forced[this.#depth - 1] === 1
      const operation = this.#undo()
      if (!forced) return operation
    }
    return -1
  }
}

/** Tells the last steps. */
function* leaving<T>(steps: number, value: T): Generator<number, T> {
  if (steps > 0) yield steps
  return value
}

/** True where a linearization exists; null where the memo is full. Yields the number of steps taken since the last yield. */
export function* searchLinearization(problem: Problem): Generator<number, boolean | null> {
  const search = new Search(problem)
  let told = 0
  let after = -1
  let atNewState = true
  for (;;) {
    if (search.steps - told >= SLICE_STEPS) {
      if (search.isFull) return null
      yield search.steps - told
      told = search.steps
    }
    if (atNewState) search.placeReads()
    if (search.isDone) return yield* leaving(search.steps - told, true)
    atNewState = search.advance(atNewState ? -1 : after)
    if (atNewState) continue
    after = search.retreat()
    if (after < 0) return yield* leaving(search.steps - told, false)
  }
}
