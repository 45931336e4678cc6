/** One sequence number between the watermarks. */
import { isPlanted, toHex } from '../base'
import { isSame } from './group'
import { BATCHES_PER_SEQUENCE_MAX } from './limits'
import type { CommittedEntry, PreparedCertificate, Proposal, SignatureOf } from './types'

export interface Vote {
  readonly view: number
  readonly sender: number
  readonly digest: Uint8Array
  readonly signature: Uint8Array
  /** In a prepare: the primary's signature of the pre-prepare that it answers. */
  readonly proposal: Uint8Array | null
}

/** The votes of one phase, one for each sender. */
export class Votes {
  #votes: Vote[] = []

  /** The vote of the same sender that stands already, which the new one does not replace. */
  add(vote: Vote): Vote | null {
    const known = this.#votes.find(({ sender }) => sender === vote.sender) ?? null
    if (__PLANTED__ && isPlanted('pbft/votes-by-message')) this.#votes.push(vote)
    else if (known === null) this.#votes.push(vote)
    return known
  }

  has(sender: number): boolean {
    return this.#votes.some((vote) => vote.sender === sender)
  }

  /** For one digest, in the order of replicas. */
  for(digest: Uint8Array): SignatureOf[] {
    return this.#votes.filter((vote) => isSame(vote.digest, digest)).map(({ sender, signature }) => ({ replica: sender, signature }))
      .sort((one, other) => one.replica - other.replica)
  }

  get all(): readonly Vote[] {
    return this.#votes
  }

  clear(): void {
    if (__PLANTED__ && isPlanted('pbft/votes-of-old-views-counted')) return
    this.#votes = []
  }
}

export class Slot {
  readonly sequence: number
  /** The pre-prepare accepted in this view. */
  proposal: Proposal | null = null
  readonly prepares = new Votes()
  readonly commits = new Votes()
  /** This replica sent its commit in this view. */
  isPrepared = false
  /** This replica's pre-prepare or prepare of this view is durable, and so sent. */
  isAnswered = false
  /** Of the highest view in which it was prepared here. */
  prepared: PreparedCertificate | null = null
  committed: CommittedEntry | null = null
  /** When it got its pre-prepare in this view. */
  sinceTick = 0
  /** When anything of it was last sent again, by replica. */
  readonly sentAtTick = new Map<number, number>()
  /** By digest; of any view since the last stable checkpoint, for a certificate of an old view may come back. */
  readonly #batches = new Map<string, Uint8Array>()

  constructor(sequence: number) {
    this.sequence = sequence
  }

  batch(digest: Uint8Array): Uint8Array | null {
    return this.#batches.get(toHex(digest)) ?? null
  }

  /** Of the batches that are here, as hexadecimal digits. */
  get batchDigests(): Iterable<string> {
    return this.#batches.keys()
  }

  addBatch(digest: Uint8Array, batch: Uint8Array): void {
    this.#batches.set(toHex(digest), batch)
    if (this.#batches.size <= BATCHES_PER_SEQUENCE_MAX) return
    const kept = [this.prepared?.digest, this.proposal?.digest].map((each) => (each ? toHex(each) : ''))
    for (const key of this.#batches.keys()) {
      if (kept.includes(key)) continue
      this.#batches.delete(key)
      return
    }
  }

  beginView(): void {
    this.proposal = null
    this.prepares.clear()
    this.commits.clear()
    this.isPrepared = false
    this.isAnswered = false
    this.sentAtTick.clear()
  }
}
