/** What members say to each other. */
import type { SnapshotHead } from '../machine'
import type { Entry } from './types'

export interface VoteRequest {
  readonly kind: 'pre-vote-request' | 'vote-request'
  readonly term: number
  readonly lastIndex: number
  readonly lastTerm: number
  /** The leader itself asked for this election, so that a lease in its favour does not stand against it (thesis, section 4.2.3). */
  readonly isTransfer?: true
}

export interface VoteResponse {
  readonly kind: 'pre-vote-response' | 'vote-response'
  readonly term: number
  readonly granted: boolean
}

export interface AppendRequest {
  readonly kind: 'append-request'
  readonly term: number
  readonly prevIndex: number
  readonly prevTerm: number
  readonly commit: number
  readonly entries: readonly Entry[]
}

export interface AppendResponse {
  readonly kind: 'append-response'
  readonly term: number
  readonly rejected: boolean
  /** Durable up to here and equal to the leader's log; where rejected, the `prevIndex` that was refused. */
  readonly index: number
  /** Where rejected: the leader may go back to this place at once. */
  readonly hintIndex: number
  readonly hintTerm: number
}

export interface HeartbeatRequest {
  readonly kind: 'heartbeat-request'
  readonly term: number
  readonly commit: number
  /** The newest round of reads that waits for proof of leadership; 0 for none. */
  readonly readRound: number
}

export interface HeartbeatResponse {
  readonly kind: 'heartbeat-response'
  readonly term: number
  readonly readRound: number
}

/** One chunk of a snapshot. Each carries the whole head, so that a receiver may begin anywhere after a restart of either side. */
export interface SnapshotChunk {
  readonly kind: 'snapshot-chunk'
  readonly term: number
  readonly head: SnapshotHead
  /** 0 to `head.chunks - 1`; 0 where there are none. */
  readonly chunk: number
  readonly data: Uint8Array
}

/** `next` is the chunk that the receiver lacks; `head.chunks` once it has all and is busy to install them. */
export interface SnapshotResponse {
  readonly kind: 'snapshot-response'
  readonly term: number
  readonly index: number
  readonly next: number
}

/** Start an election now: the sender is the leader and hands over (thesis, section 3.10). */
export interface TimeoutNow {
  readonly kind: 'timeout-now'
  readonly term: number
}

/** A follower asks the leader for a read index; `id` names the batch. */
export interface ReadRequest {
  readonly kind: 'read-request'
  readonly term: number
  readonly id: number
}

/** Null index: refused, ask again. */
export interface ReadResponse {
  readonly kind: 'read-response'
  readonly term: number
  readonly id: number
  readonly index: number | null
}

/** Commands that a follower was asked to replicate; `id` names the batch. */
export interface ProposeRequest {
  readonly kind: 'propose-request'
  readonly term: number
  readonly id: number
  readonly commands: readonly Uint8Array[]
}

/** The first `accepted` commands of the batch were appended from `firstIndex` on in `term`; the others were not. */
export interface ProposeResponse {
  readonly kind: 'propose-response'
  readonly term: number
  readonly id: number
  readonly firstIndex: number
  readonly accepted: number
}

export type Message =
  | VoteRequest | VoteResponse | AppendRequest | AppendResponse | HeartbeatRequest | HeartbeatResponse | SnapshotChunk | SnapshotResponse
  | TimeoutNow | ReadRequest | ReadResponse | ProposeRequest | ProposeResponse
export type MessageKind = Message['kind']
