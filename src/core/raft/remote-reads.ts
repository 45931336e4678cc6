/** Follower reads (thesis, section 6.4): reads of a turn ask the leader for one index, and are answered here once that is applied. */
import type { Random } from '../base'

interface Batch {
  readonly tokens: readonly number[]
  /** How many reads this node had been asked for when the last of these was. */
  readonly asked: number
  readonly askedAtTick: number
}

const FIRST_ID_MAX = 2 ** 45

export class RemoteReads {
  #collected: number[] = []
  readonly #asked = new Map<number, Batch>()
  readonly #random: Random
  /** Drawn at first use, so that a late answer to a question from before a restart is none to a new one. */
  #lastId = 0
  #waiting = 0

  constructor(random: Random) {
    this.#random = random
  }

  get waiting(): number {
    return this.#waiting
  }

  get hasCollected(): boolean {
    return this.#collected.length > 0
  }

  add(token: number): void {
    this.#collected.push(token)
    this.#waiting++
  }

  /** The id under which the reads of this turn are asked for. */
  ask(tick: number, asked: number): number {
    if (this.#lastId === 0) this.#lastId = Math.floor(this.#random.next() * FIRST_ID_MAX)
    this.#lastId++
    this.#asked.set(this.#lastId, { tokens: this.#collected, asked, askedAtTick: tick })
    this.#collected = []
    return this.#lastId
  }

  /** The reads of batch `id`; null where it is not waited for any more. */
  answered(id: number): Pick<Batch, 'tokens' | 'asked'> | null {
    const batch = this.#asked.get(id)
    if (batch === undefined) return null
    this.#asked.delete(id)
    this.#waiting -= batch.tokens.length
    return batch
  }

  /** Gives up on what was asked before `tick`: the question or the answer is lost. */
  expire(tick: number, into: number[]): void {
    for (const [id, batch] of this.#asked) {
      if (batch.askedAtTick >= tick) break
      this.#asked.delete(id)
      this.#waiting -= batch.tokens.length
      into.push(...batch.tokens)
    }
  }

  drop(into: number[]): void {
    if (this.#waiting === 0) return
    for (const batch of this.#asked.values()) into.push(...batch.tokens)
    into.push(...this.#collected)
    this.#asked.clear()
    this.#collected = []
    this.#waiting = 0
  }
}
