/** Linearizable reads of this node: waiting until they are safe, then until the state has applied enough. */
import { isPlanted } from '../../core/base'
import type { SafeReads } from '../../core/machine'
import type { ReadOutcome } from './types'

interface Read {
  readonly query: Uint8Array
  readonly done: (outcome: ReadOutcome) => void
}

export class Reads {
  readonly #reads = new Map<number, Read>()
  #safe: SafeReads[] = []
  answered = 0
  refused = 0

  get waiting(): number {
    return this.#reads.size
  }

  add(token: number, query: Uint8Array, done: Read['done']): void {
    this.#reads.set(token, { query, done })
  }

  refuse(done: Read['done'], outcome: ReadOutcome): void {
    this.refused++
    done(outcome)
  }

  becameSafe(reads: readonly SafeReads[]): void {
    for (const each of reads) this.#safe.push(each)
  }

  /** Answers the safe reads whose index is applied. */
  answer(appliedIndex: number, query: (query: Uint8Array) => Uint8Array): void {
    if (this.#safe.length === 0) return
    const isReady = ({ index }: SafeReads): boolean => index <= appliedIndex || (__PLANTED__ && isPlanted('driver/reads-before-applied'))
    const ready = this.#safe.filter(isReady)
    this.#safe = this.#safe.filter((safe) => !isReady(safe))
    for (const token of ready.flatMap((safe) => safe.tokens)) {
      const read = this.#reads.get(token)
      if (!read) continue
      this.#reads.delete(token)
      this.answered++
      read.done({ kind: 'answered', reply: query(read.query) })
    }
  }

  drop(tokens: Iterable<number>, why: 'leadership-lost' | 'stopped'): void {
    for (const token of tokens) {
      const read = this.#reads.get(token)
      this.#reads.delete(token)
      if (read) this.refuse(read.done, { kind: 'dropped', why })
    }
  }

  dropAll(why: 'leadership-lost' | 'stopped'): void {
    this.#safe = []
    this.drop([...this.#reads.keys()], why)
  }
}
