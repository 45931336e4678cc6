/**
 * The words of the Raft machine (Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm", 2014;
 * Ongaro's thesis for pre-vote, check-quorum and ReadIndex). Indexes and terms are safe integers that start at 1; 0 is
 * the place before the log.
 */
import type { Random } from '../base'
import type { MemberClaim } from '../observation'

export type EntryKind = 'command' | 'no-op'

export interface Entry {
  readonly index: number
  readonly term: number
  readonly kind: EntryKind
  readonly data: Uint8Array
}

/** What must survive a crash beside the log. `commit` is a hint: a lower bound of what is committed. */
export interface HardState {
  readonly term: number
  readonly vote: string | null
  readonly commit: number
}

export interface VoteRequest {
  readonly kind: 'pre-vote-request' | 'vote-request'
  readonly term: number
  readonly lastIndex: number
  readonly lastTerm: number
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

export type Message = VoteRequest | VoteResponse | AppendRequest | AppendResponse | HeartbeatRequest | HeartbeatResponse
export type MessageKind = Message['kind']

export interface Outgoing {
  readonly to: string
  readonly message: Message
}

/** Names a write: made in `term`, after which the log ended at `index` with an entry of `logTerm`. */
export interface WriteCompletion {
  readonly term: number
  readonly index: number
  readonly logTerm: number
}

/** One durable write. Writes are made durable in the order given. */
export interface PersistEffect {
  readonly hardState: HardState | null
  /** Consecutive; replace everything stored from the first one's index on. */
  readonly entries: readonly Entry[]
  /** To be sent only once this write and all before it are durable. */
  readonly thenSend: readonly Outgoing[]
  /** To be stepped back as `persisted` once this write and all before it are durable. */
  readonly completion: WriteCompletion
}

export interface SafeReads {
  /** May be answered from a state that has applied at least `index`. */
  readonly index: number
  readonly tokens: readonly number[]
}

export type RaftEvent =
  | { readonly kind: 'role-changed'; readonly role: RaftRole; readonly term: number; readonly why: string }
  | { readonly kind: 'term-changed'; readonly term: number }
  | { readonly kind: 'leader-changed'; readonly leaderId: string | null; readonly term: number }

/** What the owner must do after the inputs of one turn: start the write, then send, then apply. */
export interface Effects {
  readonly persist: PersistEffect | null
  readonly send: readonly Outgoing[]
  readonly apply: readonly Entry[]
  readonly safeReads: readonly SafeReads[]
  /** Reads that will never become safe here, since leadership was lost. */
  readonly droppedReads: readonly number[]
  readonly events: readonly RaftEvent[]
}

export type RaftInput =
  | { readonly kind: 'tick' }
  | { readonly kind: 'message'; readonly from: string; readonly message: Message }
  | { readonly kind: 'persisted'; readonly completion: WriteCompletion }
  | { readonly kind: 'applied'; readonly index: number }

export type ProposeAnswer =
  /** The first `accepted` of the commands got indexes from `firstIndex` on; the rest met the limit of uncommitted bytes. */
  | { readonly kind: 'appended'; readonly firstIndex: number; readonly term: number; readonly accepted: number }
  | { readonly kind: 'not-leader'; readonly leaderId: string | null }

export type ReadAnswer = { readonly kind: 'waiting' } | { readonly kind: 'busy' } | { readonly kind: 'not-leader'; readonly leaderId: string | null }

export type RaftRole = 'follower' | 'pre-candidate' | 'candidate' | 'leader'

/** Reads committed or far-behind entries that have left memory. Synchronous; entries are there by contract. */
export interface LogReader {
  /** Entries from `from` up to but not including `to`, cut after `bytesMax`, but at least one. */
  read(from: number, to: number, bytesMax: number): readonly Entry[]
}

export interface RaftConfig {
  readonly groupId: string
  readonly nodeId: string
  readonly members: readonly MemberClaim[]
  readonly electionTicks: number
  readonly heartbeatTicks: number
  readonly tickMs: number
  readonly random: Random
  readonly reader: LogReader
  readonly limits: RaftLimits
}

export interface RaftLimits {
  readonly appendBytesMax: number
  readonly inflightMessagesMax: number
  readonly inflightBytesMax: number
  readonly uncommittedBytesMax: number
  readonly logWindowBytesMax: number
  readonly applyBytesMax: number
  readonly readsWaitingMax: number
}

/** What was found at start. */
export interface RecoveredLog {
  readonly hardState: HardState
  /** The terms of the log as runs: each starts at `index` and lasts until the next. */
  readonly terms: readonly { readonly index: number; readonly term: number }[]
  readonly lastIndex: number
}
