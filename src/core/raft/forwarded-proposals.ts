/** Proposals that a follower sent on to the leader, until it is told where they were put. */
import type { Random } from '../base'
import type { RefusedProposal } from '../machine'
import type { PlacedProposal } from './types'

interface Batch {
  readonly tokens: readonly number[]
  readonly bytes: number
  readonly sentAtTick: number
}

const FIRST_ID_MAX = 2 ** 45

export class ForwardedProposals {
  readonly #random: Random
  readonly #sent = new Map<number, Batch>()
  /** Drawn at first use, so that a leader does not take a batch for one from before a restart. */
  #lastId = 0
  bytes = 0

  constructor(random: Random) {
    this.#random = random
  }

  /** The id of a batch that is sent now. */
  send(tokens: readonly number[], bytes: number, tick: number): number {
    if (this.#lastId === 0) this.#lastId = Math.floor(this.#random.next() * FIRST_ID_MAX)
    this.#lastId++
    this.#sent.set(this.#lastId, { tokens, bytes, sentAtTick: tick })
    this.bytes += bytes
    return this.#lastId
  }

  /** The leader has put the first `accepted` of the batch from `firstIndex` on. */
  answered(id: number, firstIndex: number, term: number, accepted: number, placed: PlacedProposal[], refused: RefusedProposal[]): void {
    const batch = this.#take(id)
    for (const [i, token] of batch?.tokens.entries() ?? []) {
      if (i < accepted) placed.push({ token, index: firstIndex + i, term })
      else refused.push({ token, refusal: { kind: 'busy' } })
    }
  }

  /** Whether the leader got what was sent before `tick` is not known. */
  expire(tick: number, refused: RefusedProposal[]): void {
    for (const [id, batch] of this.#sent) {
      if (batch.sentAtTick >= tick) break
      this.#give(id, 'timed-out', refused)
    }
  }

  lose(why: 'leadership-lost', refused: RefusedProposal[]): void {
    for (const id of [...this.#sent.keys()]) this.#give(id, why, refused)
  }

  #give(id: number, why: 'leadership-lost' | 'timed-out', refused: RefusedProposal[]): void {
    for (const token of this.#take(id)?.tokens ?? []) refused.push({ token, refusal: { kind: 'unknown', why } })
  }

  #take(id: number): Batch | undefined {
    const batch = this.#sent.get(id)
    this.#sent.delete(id)
    this.bytes -= batch?.bytes ?? 0
    return batch
  }
}
