/**
 * The words of the Raft machine (Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm", 2014;
 * Ongaro's thesis for pre-vote, check-quorum, ReadIndex, membership and leadership transfer). Indexes and terms are safe integers
 * that start at 1; 0 is the place before the log. Messages are in messages.ts.
 */
import type { Random } from '../base'
import type { Control, ControlOutcome, MachineEvent, MachineLimits, ReceivedSnapshot, RefusedProposal, SafeReads, SnapshotHead, SnapshotSource } from '../machine'
import type { MemberClaim } from '../observation'
import type { Configuration } from './configuration'
import type { Message } from './messages'
import type { RaftOptions } from './options'

export type { ReadAnswer, SafeReads } from '../machine'

/** `stripped` is a command as a witness keeps it: its place and term, without its data. */
export type EntryKind = 'command' | 'no-op' | 'configuration' | 'stripped'

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

/** Where a log begins: everything up to `index`, whose entry was of `term`, is in a snapshot, with the configuration as of there. */
export interface LogBase {
  readonly index: number
  readonly term: number
  readonly configuration: Configuration
}

export interface Outgoing {
  readonly to: string
  readonly message: Message
}

/** Names a write: made in `term` with `vote`, after which the log ended at `index` with an entry of `logTerm`. */
export interface WriteCompletion {
  readonly term: number
  readonly vote: string | null
  readonly index: number
  readonly logTerm: number
}

/** One durable write. Writes are made durable in the order given: hard state, base, entries. */
export interface PersistEffect {
  readonly hardState: HardState | null
  /** The log begins anew behind this place: entries stored before are void. */
  readonly base: LogBase | null
  /** Consecutive; replace everything stored from the first one's index on. */
  readonly entries: readonly Entry[]
  /** To be sent only once this write and all before it are durable. */
  readonly thenSend: readonly Outgoing[]
  /** To be stepped back as `persisted` once this write and all before it are durable. */
  readonly completion: WriteCompletion
}

export type RaftEvent = Extract<MachineEvent, { kind: 'term-changed' | 'leader-changed' | 'members-changed' | 'removed' }> |
  { readonly kind: 'role-changed'; readonly role: RaftRole; readonly term: number; readonly why: string }

/** A proposal that was forwarded, and where the leader says that it put it. */
export interface PlacedProposal {
  readonly token: number
  readonly index: number
  readonly term: number
}

/** What the owner must do after the inputs of one turn: start the write, then send, then install, then apply. */
export interface Effects {
  readonly persist: PersistEffect | null
  readonly send: readonly Outgoing[]
  /** To be made durable and restored; answered by `installed`. Nothing is applied until then. */
  readonly install: ReceivedSnapshot | null
  readonly apply: readonly Entry[]
  readonly safeReads: readonly SafeReads[]
  /** Reads that will never become safe here, since leadership was lost. */
  readonly droppedReads: readonly number[]
  readonly placed: readonly PlacedProposal[]
  /** Forwarded proposals that came to nothing, or whose fate is not known. */
  readonly refused: readonly RefusedProposal[]
  readonly controls: readonly { readonly token: number; readonly outcome: ControlOutcome }[]
  readonly events: readonly RaftEvent[]
}

export type RaftInput =
  | { readonly kind: 'tick' }
  | { readonly kind: 'message'; readonly from: string; readonly message: Message }
  | { readonly kind: 'persisted'; readonly completion: WriteCompletion }
  | { readonly kind: 'applied'; readonly index: number }
  /** A snapshot taken here is durable. */
  | { readonly kind: 'snapshot-durable'; readonly index: number }
  /** The snapshot of `install` is durable and the state restored from it. */
  | { readonly kind: 'installed'; readonly head: SnapshotHead }
  /** The bytes of the snapshot of `install` were not what its head says. Nothing has changed. */
  | { readonly kind: 'install-refused' }
  | { readonly kind: 'control'; readonly token: number; readonly control: Control }

export type ProposeAnswer =
  /** The first `accepted` of the commands got indexes from `firstIndex` on; the rest met the limit of uncommitted bytes. */
  | { readonly kind: 'appended'; readonly firstIndex: number; readonly term: number; readonly accepted: number }
  /** Sent on to the leader: each token comes back in `placed` or in `refused`. */
  | { readonly kind: 'forwarded' }
  /** Nothing was appended: leadership is being handed over, or too much waits. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'not-leader'; readonly leaderId: string | null }

export type RaftRole = 'follower' | 'pre-candidate' | 'candidate' | 'leader'

/** Reads committed or far-behind entries that have left memory. Synchronous; entries are there by contract. */
export interface LogReader {
  /** Entries from `from` up to but not including `to`, cut after `bytesMax`, but at least one. */
  read(from: number, to: number, bytesMax: number): readonly Entry[]
}

export interface RaftConfig {
  readonly groupId: string
  readonly nodeId: string
  /** The members the group was created with. What is in the log or in its base replaces them. */
  readonly members: readonly MemberClaim[]
  readonly electionTicks: number
  readonly heartbeatTicks: number
  readonly tickMs: number
  readonly random: Random
  readonly reader: LogReader
  readonly snapshots: SnapshotSource
  readonly limits: Omit<MachineLimits, 'commandBytesMax'>
  readonly options: RaftOptions
}

/** What was found at start. */
export interface RecoveredLog {
  readonly hardState: HardState
  /** Null: the log begins at 1, with the members that the group was created with. */
  readonly base: LogBase | null
  /** What the state machine holds: the newest snapshot's index, 0 without. */
  readonly appliedIndex: number
  /** The first entry that storage holds; base + 1, or earlier where entries behind the snapshot were kept. */
  readonly firstIndex: number
  /** The terms of the log as runs: each starts at `index` and lasts until the next. The first covers `firstIndex - 1`. */
  readonly terms: readonly { readonly index: number; readonly term: number }[]
  /** The configurations in the log, oldest first. */
  readonly configurations: readonly { readonly index: number; readonly configuration: Configuration }[]
  readonly lastIndex: number
}
