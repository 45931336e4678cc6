/**
 * ReadIndex (thesis, section 6.4): reads that arrive in one turn share a round; a round is safe once a quorum has answered
 * a heartbeat that carried it or a later one, and may then be served from any state that has applied the commit index
 * noted when the round began.
 */
import type { Quorum } from '../quorum'
import type { SafeReads } from './types'

interface Round {
  readonly number: number
  readonly index: number
  readonly tokens: number[]
}

export class ReadRounds {
  /** The newest round begun in this reign; 0 for none. */
  newest = 0
  #collecting: number[] = []
  readonly #rounds: Round[] = []
  #waiting = 0

  /** Reads that are not yet safe. */
  get waiting(): number {
    return this.#waiting
  }

  get hasCollected(): boolean {
    return this.#collecting.length > 0
  }

  /** The newest round that is not confirmed; 0 for none. Heartbeats carry it, so that a lost one is made up for. */
  get unconfirmed(): number {
    return this.#rounds.at(-1)?.number ?? 0
  }

  add(token: number): void {
    this.#collecting.push(token)
    this.#waiting++
  }

  begin(commitIndex: number): void {
    this.newest++
    this.#rounds.push({ number: this.newest, index: commitIndex, tokens: this.#collecting })
    this.#collecting = []
  }

  /** Rounds that a quorum has confirmed, given what each voter has. */
  confirmed(quorum: Quorum, acked: (id: string) => number | undefined, into: SafeReads[]): void {
    if (this.#rounds.length === 0) return
    const upTo = quorum.committed(acked)
    while (this.#rounds.length > 0 && (this.#rounds[0] as Round).number <= upTo) {
      const round = this.#rounds.shift() as Round
      this.#waiting -= round.tokens.length
      into.push({ index: round.index, tokens: round.tokens })
    }
  }

  /** Ends the reign: gives back the tokens of all reads that did not become safe. */
  drop(): number[] {
    const tokens = [...this.#rounds.flatMap((round) => round.tokens), ...this.#collecting]
    this.#rounds.length = 0
    this.#collecting = []
    this.#waiting = 0
    this.newest = 0
    return tokens
  }
}
