/**
 * ReadIndex (thesis, section 6.4): reads that arrive in one turn share a round; a round is safe once a quorum has answered
 * a heartbeat that carried it or a later one, and may then be served from any state that has applied the commit index
 * noted when the round began.
 */
import type { Quorum } from '../quorum'

/** A follower that waits for a read index. */
export interface Asker {
  readonly to: string
  readonly id: number
}

export interface Round {
  readonly number: number
  readonly index: number
  readonly startedAtTick: number
  readonly tokens: readonly number[]
  readonly askers: readonly Asker[]
  /** How many reads this node had been asked for when the last of these was. */
  readonly asked: number
}

export class ReadRounds {
  /** The newest round begun in this reign; 0 for none. */
  newest = 0
  #tokens: number[] = []
  #asked = 0
  #askers: Asker[] = []
  readonly #rounds: Round[] = []
  #waiting = 0

  /** Reads that are not yet safe. */
  get waiting(): number {
    return this.#waiting
  }

  get hasCollected(): boolean {
    return this.#tokens.length > 0 || this.#askers.length > 0
  }

  /** The newest round that is not confirmed; 0 for none. Heartbeats carry it, so that a lost one is made up for. */
  get unconfirmed(): number {
    return this.#rounds.at(-1)?.number ?? 0
  }

  add(token: number, asked: number): void {
    this.#tokens.push(token)
    this.#asked = asked
    this.#waiting++
  }

  ask(asker: Asker): void {
    this.#askers.push(asker)
    this.#waiting++
  }

  begin(commitIndex: number, tick: number): void {
    this.newest++
    this.#rounds.push({ number: this.newest, index: commitIndex, startedAtTick: tick, ...this.#collected })
    this.#tokens = []
    this.#askers = []
  }

  get #collected(): Pick<Round, 'tokens' | 'askers' | 'asked'> {
    return { tokens: this.#tokens, askers: this.#askers, asked: this.#asked }
  }

  /** A round without reads, which a quorum's answer makes the begin of a lease. */
  beginEmpty(commitIndex: number, tick: number): void {
    this.newest++
    this.#rounds.push({ number: this.newest, index: commitIndex, startedAtTick: tick, tokens: [], askers: [], asked: 0 })
  }

  /** Takes the reads of this turn, which need no round. */
  takeCollected(): Pick<Round, 'tokens' | 'askers' | 'asked'> {
    const taken = this.#collected
    this.#tokens = []
    this.#askers = []
    this.#waiting -= taken.tokens.length + taken.askers.length
    return taken
  }

  /** Takes the rounds that a quorum has confirmed, given what each voter has, oldest first. */
  takeConfirmed(quorum: Quorum, acked: (id: string) => number | undefined): readonly Round[] {
    if (this.#rounds.length === 0) return []
    const upTo = quorum.committed(acked)
    let count = 0
    while (count < this.#rounds.length && (this.#rounds[count] as Round).number <= upTo) count++
    const taken = this.#rounds.splice(0, count)
    for (const round of taken) this.#waiting -= round.tokens.length + round.askers.length
    return taken
  }

  /** Ends the reign: gives back the tokens of all reads that did not become safe. */
  drop(): number[] {
    const tokens = [...this.#rounds.flatMap((round) => round.tokens), ...this.#tokens]
    this.#rounds.length = 0
    this.#tokens = []
    this.#askers = []
    this.#waiting = 0
    this.newest = 0
    return tokens
  }
}
