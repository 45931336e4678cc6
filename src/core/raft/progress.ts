/**
 * What a leader knows of one follower, and how fast it may send to it; after etcd-io/raft's tracker. In `probe` the leader
 * looks for the place where the logs agree, one message at a time; in `replicate` it pipelines within limits; in `snapshot` it sends
 * the newest snapshot chunk by chunk, since the log no longer holds what the follower lacks.
 */
import { isPlanted, type Inflights } from '../base'
import type { SnapshotHead } from '../machine'

export type Flow = 'probe' | 'replicate' | 'snapshot'

/** A snapshot on its way to a follower, one chunk under way at a time. */
export interface OutgoingSnapshot {
  readonly head: SnapshotHead
  /** The chunk under way; `head.chunks` when all are there and are being installed. */
  next: number
  sentAtTick: number
}

/** How many ids of forwarded batches a leader remembers of each follower, so that a doubled message is not appended twice. */
const FORWARDED_IDS_MAX = 64

export class Progress {
  readonly id: string
  readonly inflights: Inflights
  match = 0
  next: number
  flow: Flow = 'probe'
  /** In probe: a message is under way, wait for its answer or for a heartbeat's. */
  isProbeSent = false
  /** Heard of since the last check of the quorum. */
  isRecentlyActive = false
  /** The tick at which something was last heard; null before the first time. */
  heardAtTick: number | null = null
  /** The largest commit index sent. */
  commitSent = 0
  /** The newest round of reads that this follower has confirmed. */
  readRoundAcked = 0
  /** `match` when it last answered a heartbeat: unchanged at the next one means that something was lost. */
  matchAtHeartbeat = -1
  snapshot: OutgoingSnapshot | null = null
  /** Entries go to it without their data. */
  isWitness = false
  /** Removed: the leader stops sending to it at this tick; null for a member. */
  departsAtTick: number | null = null
  /** A learner's catching up goes in rounds (thesis, section 4.2.1): the end of the log when the round began, and when that was. */
  roundTarget = 0
  roundStartedAtTick = 0
  readonly #forwardedIds: number[] = []

  constructor(id: string, next: number, inflights: Inflights) {
    this.id = id
    this.next = next
    this.inflights = inflights
  }

  get isPaused(): boolean {
    if (this.flow === 'replicate') return this.inflights.full
    return this.flow === 'snapshot' || this.isProbeSent
  }

  becomeProbe(): void {
    this.flow = 'probe'
    this.snapshot = null
    this.isProbeSent = false
    this.next = this.match + 1
    this.inflights.clear()
  }

  becomeSnapshot(head: SnapshotHead, tick: number): void {
    this.flow = 'snapshot'
    this.snapshot = { head, next: 0, sentAtTick: tick }
    this.isProbeSent = false
    this.inflights.clear()
  }

  becomeReplicate(): void {
    this.flow = 'replicate'
    this.snapshot = null
    this.isProbeSent = false
    this.next = this.match + 1
    this.inflights.clear()
  }

  /** Entries up to `lastIndex` were sent optimistically. */
  sent(lastIndex: number, bytes: number): void {
    if (this.flow === 'replicate') {
      this.inflights.add(lastIndex, bytes)
      this.next = lastIndex + 1
    } else {
      this.isProbeSent = true
    }
  }

  /** The follower holds the leader's log up to `index`. True when that is news. A late answer never moves `match` back. */
  acknowledged(index: number): boolean {
    const isNews = index > this.match
    if (isNews) this.match = index
    if (__PLANTED__ && isPlanted('raft/match-goes-back')) this.match = index
    if (this.flow === 'snapshot') {
      // Whether the log now holds what it lacks is for the leader to see.
    } else if (this.flow === 'probe') {
      if (isNews || index === this.match) this.becomeReplicate()
    } else {
      this.inflights.freeTo(index)
    }
    this.next = Math.max(this.next, this.match + 1)
    return isNews
  }

  /** The follower refused entries after `rejected`; the logs agree at `bound` at best. False for an old answer. */
  rejected(rejected: number, bound: number): boolean {
    if (this.flow === 'snapshot') return false
    if (this.flow === 'replicate') {
      if (rejected <= this.match) return false
      this.becomeProbe()
      this.next = Math.max(Math.min(rejected, bound + 1), this.match + 1)
      return true
    }
    if (this.next - 1 !== rejected) return false
    this.next = Math.max(Math.min(rejected, bound + 1), this.match + 1)
    this.isProbeSent = false
    return true
  }

  /** The check of the quorum forgets whom it has counted: who was heard of shortly before it is there all the same. */
  wasHeard(tick: number, withinTicks: number): boolean {
    return this.isRecentlyActive || (this.heardAtTick !== null && tick - this.heardAtTick < withinTicks)
  }

  /** True the first time that the follower forwards a batch of this id. */
  isFreshBatch(id: number): boolean {
    if (this.#forwardedIds.includes(id)) return false
    this.#forwardedIds.push(id)
    if (this.#forwardedIds.length > FORWARDED_IDS_MAX) this.#forwardedIds.shift()
    return true
  }
}
