/** Messages as numbers, and sets of them as numbers: what is under way to a member is one small integer. */
import { grown, present, toHex } from '../../core/base'
import { PairMemo } from './pair-memo'
import type { Spent } from './types'

export interface Message {
  /** Positions in the order of members. */
  readonly from: number
  readonly to: number
  readonly kind: string
  readonly bytes: Uint8Array
  readonly key: string
  readonly spent: Spent | null
}

const NOT_YET = -1
const MARKS_FIRST = 1 << 10
const BITS = 31

export class Messages {
  readonly all: Message[] = []
  readonly #byName = new Map<string, number>()
  /** By renaming and number. */
  readonly #renamed: number[][]
  readonly #renamings: readonly (readonly number[])[]
  readonly #spent: (kind: string, bytes: Uint8Array) => Spent | null

  constructor(renamings: readonly (readonly number[])[], spent: (kind: string, bytes: Uint8Array) => Spent | null) {
    this.#renamings = renamings
    this.#renamed = renamings.map(() => [])
    this.#spent = spent
  }

  of(from: number, to: number, kind: string, bytes: Uint8Array, key = toHex(bytes)): number {
    const name = `${from}>${to}:${key}`
    const known = this.#byName.get(name)
    if (known !== undefined) return known
    const number = this.all.length
    this.all.push({ from, to, kind, bytes, key, spent: this.#spent(kind, bytes) })
    this.#byName.set(name, number)
    return number
  }

  get(number: number): Message {
    return present(this.all[number], 'a message is known by its number')
  }

  renamed(renaming: number, number: number): number {
    const row = this.#renamed[renaming] as number[]
    const known = row[number]
    if (known !== undefined) return known
    const { from, to, kind, bytes, key } = this.get(number)
    const names = this.#renamings[renaming] as readonly number[]
    const result = this.of(names[from] as number, names[to] as number, kind, bytes, key)
    row[number] = result
    return result
  }
}

/** Sets of messages, each once. The empty one is 0. */
export class MessageSets {
  readonly #messages: Messages
  readonly #sets: Int32Array[] = []
  /** By set: a bit for each of its messages, several of which share one. */
  #marks = new Int32Array(MARKS_FIRST)
  readonly #byName = new Map<string, number>()
  readonly #renamed: number[][]
  readonly #with = new PairMemo()
  readonly #without = new PairMemo()
  readonly #unanswered = new PairMemo()

  constructor(messages: Messages, renamings: number) {
    this.#messages = messages
    this.#renamed = Array.from({ length: renamings }, () => [])
    this.#of(new Int32Array(0))
  }

  /** Its messages, in rising order. */
  get(set: number): Int32Array {
    return present(this.#sets[set], 'a set is known by its number')
  }

  with(set: number, message: number): number {
    return this.#with.get(set, message, () => {
      const before = this.get(set)
      if (before.includes(message)) return set
      const after = new Int32Array(before.length + 1)
      after.set(before)
      after[before.length] = message
      return this.#of(after.sort())
    })
  }

  /** False: it is surely not; a quick look before `isWithin`. */
  mayBeWithin(part: number, whole: number): boolean {
    return ((this.#marks[part] as number) & ~(this.#marks[whole] as number)) === 0
  }

  /** Every message of `part` is in `whole`. */
  isWithin(part: number, whole: number): boolean {
    if (part === whole) return true
    const few = this.#sets[part] as Int32Array
    const many = this.#sets[whole] as Int32Array
    if (few.length >= many.length) return false
    let at = 0
    for (let i = 0; i < few.length; i++) {
      const wanted = few[i] as number
      while (at < many.length && (many[at] as number) < wanted) at++
      if (many[at] !== wanted) return false
    }
    return true
  }

  /** Without what one in `epoch` ignores for ever. */
  unspent(set: number, epoch: number, isCandidate: boolean): number {
    return this.#without.get(set, epoch * 2 + (isCandidate ? 1 : 0), () => this.#of(this.get(set).filter((number) => {
      const { spent } = this.#messages.get(number)
      return spent === null || spent.isAnswered || epoch < spent.epoch || (epoch === spent.epoch && (isCandidate || !spent.isForCandidates))
    })))
  }

  /** Without what one in `epoch`, which is the last one, has answered for ever. */
  unanswered(set: number, epoch: number): number {
    return this.#unanswered.get(set, epoch, () => this.#of(this.get(set).filter((number) => {
      const { spent } = this.#messages.get(number)
      return spent === null || !spent.isAnswered || epoch <= spent.epoch
    })))
  }

  renamed(renaming: number, set: number): number {
    if (renaming === 0) return set
    const row = this.#renamed[renaming] as number[]
    const known = row[set] ?? NOT_YET
    if (known !== NOT_YET) return known
    const result = this.#of(this.get(set).map((number) => this.#messages.renamed(renaming, number)).sort())
    row[set] = result
    return result
  }

  #of(sorted: Int32Array): number {
    const name = sorted.join(',')
    const known = this.#byName.get(name)
    if (known !== undefined) return known
    this.#sets.push(sorted)
    if (this.#sets.length > this.#marks.length) this.#marks = grown(this.#marks)
    this.#marks[this.#sets.length - 1] = sorted.reduce((marks, message) => marks | (1 << (message % BITS)), 0)
    this.#byName.set(name, this.#sets.length - 1)
    return this.#sets.length - 1
  }
}
