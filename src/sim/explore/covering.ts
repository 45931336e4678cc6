/**
 * States that no other one makes needless. One covers another where its nodes are the same and at least as much was said: what was said may be
 * heard or not, so that every way on from the covered state is one from the covering one, and leads to a state that is covered again.
 */
import { grown, Tuples } from '../../core/base'
import type { MessageSets } from './messages'

const FIRST_CAPACITY = 1 << 10
const NONE = -1
/** An entry that stands for no state to go on from: it only covers. */
export const NO_STATE = -1

export class Covering {
  readonly #keys: Tuples
  readonly #sets: MessageSets
  readonly #seats: number
  /** By key: its newest entry. */
  #heads = new Int32Array(FIRST_CAPACITY).fill(NONE)
  /** By entry: the next one of its key, its state, and by seat what may reach it. */
  #entries: Int32Array
  readonly #width: number
  #count = 0
  /** Entries given up, to be used again. */
  #free = NONE
  /** Entries that no other one covers. */
  size = 0

  /** `keyWidth`: what must be equal; `seats`: sets of messages beside it. */
  constructor(keyWidth: number, seats: number, sets: MessageSets) {
    this.#keys = new Tuples(keyWidth)
    this.#sets = sets
    this.#seats = seats
    this.#width = seats + 2
    this.#entries = new Int32Array(FIRST_CAPACITY * this.#width)
  }

  /** Different keys. */
  get keys(): number {
    return this.#keys.count
  }

  keyOf(key: Int32Array): number {
    const number = this.#keys.add(key)
    if (number >= this.#heads.length) {
      const { length } = this.#heads
      this.#heads = grown(this.#heads).fill(NONE, length)
    }
    return number
  }

  isCovered(key: number, said: Int32Array): boolean {
    for (let at = this.#heads[key] as number; at !== NONE; at = this.#entries[at * this.#width] as number) {
      if (this.#isWithin(said, at)) return true
    }
    return false
  }

  /** Notes an entry that is not covered; `covers` is called with each state that it covers, which is forgotten. */
  add(key: number, said: Int32Array, state: number, covers: (state: number) => void): void {
    let before = NONE
    for (let at = this.#heads[key] as number; at !== NONE;) {
      const next = this.#entries[at * this.#width] as number
      if (this.#holds(said, at)) {
        const covered = this.#entries[at * this.#width + 1] as number
        if (covered !== NO_STATE) covers(covered)
        if (before === NONE) this.#heads[key] = next
        else this.#entries[before * this.#width] = next
        this.#entries[at * this.#width] = this.#free
        this.#free = at
        this.size--
      } else before = at
      at = next
    }
    const entry = this.#newEntry()
    this.#entries[entry * this.#width] = this.#heads[key] as number
    this.#entries[entry * this.#width + 1] = state
    for (let seat = 0; seat < this.#seats; seat++) this.#entries[entry * this.#width + 2 + seat] = said[seat] as number
    this.#heads[key] = entry
    this.size++
  }

  #newEntry(): number {
    if (this.#free !== NONE) {
      const entry = this.#free
      this.#free = this.#entries[entry * this.#width] as number
      return entry
    }
    if ((this.#count + 1) * this.#width > this.#entries.length) this.#entries = grown(this.#entries)
    return this.#count++
  }

  #isWithin(said: Int32Array, entry: number): boolean {
    const from = entry * this.#width + 2
    for (let seat = 0; seat < this.#seats; seat++) if (!this.#sets.mayBeWithin(said[seat] as number, this.#entries[from + seat] as number)) return false
    for (let seat = 0; seat < this.#seats; seat++) if (!this.#sets.isWithin(said[seat] as number, this.#entries[from + seat] as number)) return false
    return true
  }

  #holds(said: Int32Array, entry: number): boolean {
    const from = entry * this.#width + 2
    for (let seat = 0; seat < this.#seats; seat++) if (!this.#sets.mayBeWithin(this.#entries[from + seat] as number, said[seat] as number)) return false
    for (let seat = 0; seat < this.#seats; seat++) if (!this.#sets.isWithin(this.#entries[from + seat] as number, said[seat] as number)) return false
    return true
  }
}
