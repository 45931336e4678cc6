/**
 * Linearizable reads: reads of one turn share a round. The leader notes what is chosen, then asks acceptors whether they have promised a
 * later ballot. When a quorum of every configuration in the window has not, nothing unknown to the leader was chosen before the round
 * began, and the noted index is safe (ReadIndex of Ongaro's thesis, section 6.4, with ballots for terms).
 */
import type { Configuration } from './configuration'

/** Who asked: a token of this member, or another member's read. */
export type Reader =
  | { readonly kind: 'own'; readonly token: number }
  | { readonly kind: 'peer'; readonly id: string; readonly incarnation: number; readonly sequence: number }

export interface ReadRound {
  readonly number: number
  readonly index: number
  readonly readers: readonly Reader[]
  readonly configurations: readonly Configuration[]
}

export class ReadRounds {
  /** The newest round begun in this reign; 0 for none. Confirmations for leases have rounds too. */
  newest = 0
  #collected: Reader[] = []
  readonly #rounds: ReadRound[] = []
  waiting = 0

  add(reader: Reader): void {
    this.#collected.push(reader)
    this.waiting++
  }

  get hasCollected(): boolean {
    return this.#collected.length > 0
  }

  get hasRounds(): boolean {
    return this.#rounds.length > 0
  }

  takeCollected(): readonly Reader[] {
    const readers = this.#collected
    this.#collected = []
    this.waiting -= readers.length
    return readers
  }

  begin(index: number, configurations: readonly Configuration[]): number {
    this.newest++
    this.#rounds.push({ number: this.newest, index, readers: this.#collected, configurations })
    this.#collected = []
    return this.newest
  }

  /** Rounds that are confirmed, oldest first. `confirmedBy` gives the newest round that a member has confirmed. */
  takeConfirmed(confirmedBy: (id: string) => number): ReadRound[] {
    const confirmed: ReadRound[] = []
    for (let round = this.#rounds[0]; round; round = this.#rounds[0]) {
      const { number } = round
      if (!round.configurations.every((each) => each.isQuorum((id) => confirmedBy(id) >= number))) break
      this.#rounds.shift()
      this.waiting -= round.readers.length
      confirmed.push(round)
    }
    return confirmed
  }

  /** Ends the reign: all readers whose reads did not become safe. */
  drop(): Reader[] {
    const readers = [...this.#rounds.flatMap((round) => round.readers), ...this.#collected]
    this.#rounds.length = 0
    this.#collected = []
    this.waiting = 0
    return readers
  }
}
