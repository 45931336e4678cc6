/**
 * The one contract of all protocol machines, after the asynchronous-storage variant of etcd-io/raft. A machine is synchronous and
 * deterministic: the inputs of a turn are stepped in, then `drain` gives what must be done. It speaks in bytes (frames to other
 * members, records to its own disk), so that a driver carries out any protocol without knowing it.
 *
 * Tokens are positive safe integers that the driver gives to proposals, reads and controls, and gets back with their outcome. A token
 * comes back exactly once.
 */
import type { Random, Result } from '../base'
import type { GroupObservation, MemberClaim } from '../observation'
import type { Control, ControlOutcome } from './control'
import type { LogRecord, RecordLocation, RecordReader, RecoveredRecord } from './records'
import type { ReceivedSnapshot, SnapshotHead, SnapshotSource } from './snapshot'

export type ProtocolName = 'raft' | 'paxos' | 'pbft'

export interface Timing {
  /** Wall time of one tick in milliseconds; only used to express silence and lag in `describe()`, and leases. */
  readonly tickMs: number
  /** An election (a view change) starts after `electionTicks` to `2 * electionTicks - 1` ticks of silence. */
  readonly electionTicks: number
  readonly heartbeatTicks: number
}

export interface MachineLimits {
  /** One command; bounds the largest frame together with `appendBytesMax`. */
  readonly commandBytesMax: number
  readonly readsWaitingMax: number
  /** Entries of one message and of one log record. One entry always fits. */
  readonly appendBytesMax: number
  readonly inflightMessagesMax: number
  readonly inflightBytesMax: number
  /** Taken in by the leader and not yet committed; while it is less, one more command of any size is. */
  readonly uncommittedBytesMax: number
  /** Entries kept in memory behind the applied index; older ones are read back from storage. */
  readonly logWindowBytesMax: number
  /** Committed entries applied before messages are looked at again. */
  readonly applyBytesMax: number
  /** Entries kept behind a snapshot, so that a member that is a little behind needs no snapshot. */
  readonly trailingEntriesMax: number
  /** One chunk of a snapshot on the wire and on disk. */
  readonly snapshotChunkBytes: number
  /** A snapshot that another member offers is refused above this. */
  readonly snapshotBytesMax: number
}

export interface MachineConfig {
  readonly groupId: string
  readonly nodeId: string
  /** The members the group was created with, itself included. What is in the log or in a snapshot replaces them. */
  readonly members: readonly MemberClaim[]
  readonly timing: Timing
  readonly random: Random
  readonly storage: RecordReader
  readonly snapshots: SnapshotSource
  readonly limits: MachineLimits
}

/** A protocol with its options, ready to be opened on what a node's storage holds. */
export interface Protocol<Machine extends ProtocolMachine = ProtocolMachine> {
  readonly name: ProtocolName
  /** True: snapshots are taken only where the machine asks for them by `checkpoint`. Else the driver takes them by its limits too. */
  readonly takesCheckpoints?: boolean
  recover(config: MachineConfig): MachineRecovery<Machine>
}

/** Fed with all that was found at start, in the order written. */
export interface MachineRecovery<Machine extends ProtocolMachine = ProtocolMachine> {
  /** A record that this machine once asked to persist. */
  record(record: RecoveredRecord): Result<undefined, 'corrupt'>
  /** A complete snapshot: one taken here, or one received. */
  snapshot(head: SnapshotHead): Result<undefined, 'corrupt'>
  /** The driver has restored the state of the newest snapshot before entries are applied. */
  finish(): Result<Machine, 'corrupt'>
}

export interface Frame {
  readonly to: string
  /** The kind of message, for counts and for drawing it. */
  readonly kind: string
  readonly bytes: Uint8Array
}

/** One durable write. Writes are made durable in the order given. */
export interface Persist {
  readonly records: readonly LogRecord[]
  /** To be sent only once this write and all before it are durable. */
  readonly thenSend: readonly Frame[]
  /** The machine's name for this write: given back in `located` and in `persisted`. */
  readonly completion: unknown
}

/** A decided command, in the order in which all members apply them. Several may share one index (a batch). */
export interface Committed {
  readonly index: number
  /** Null where the index holds nothing for the state machine (a no-op, a change of members). */
  readonly command: Uint8Array | null
  /** The proposal of this node that it settles; 0 for none. */
  readonly token: number
}

/**
 * Commands that may be executed before they are decided (Castro and Liskov 1999, section 5.1.2): all before `index` is decided and
 * executed. A permission: an owner whose state machine cannot take commands back waits for their decision.
 */
export interface Tentative {
  readonly index: number
  /** In which they are to be decided: part of the answer to a client. */
  readonly term: LeadershipTerm
  /** In order; what holds nothing for the state machine is left out. Tokens come back with the decision. */
  readonly commands: readonly { readonly command: Uint8Array; readonly token: number }[]
}

export type ProposalRefusal =
  /** Nothing was appended: ask `leaderId` instead; null where no leader is known, so wait and ask anyone. */
  | { readonly kind: 'not-leader'; readonly leaderId: string | null }
  /** Nothing was appended: a named limit is reached. Try later. */
  | { readonly kind: 'busy' }
  /** Appended or sent, and its fate is not known to this node. Only a session makes a retry safe. */
  | { readonly kind: 'unknown'; readonly why: 'leadership-lost' | 'stopped' | 'timed-out' }

export interface RefusedProposal {
  readonly token: number
  readonly refusal: ProposalRefusal
}

export interface SafeReads {
  /** May be answered from a state that has applied at least `index`. */
  readonly index: number
  readonly tokens: readonly number[]
}

export type ReadAnswer = { readonly kind: 'waiting' } | { readonly kind: 'busy' } | { readonly kind: 'not-leader'; readonly leaderId: string | null }

export type LeadershipTerm = number

export type MachineEvent =
  | { readonly kind: 'role-changed'; readonly role: string; readonly term: LeadershipTerm; readonly why: string }
  /** Term, ballot round or view. */
  | { readonly kind: 'term-changed'; readonly term: LeadershipTerm }
  | { readonly kind: 'leader-changed'; readonly leaderId: string | null; readonly term: LeadershipTerm }
  | { readonly kind: 'members-changed'; readonly members: readonly MemberClaim[]; readonly index: number }
  /** This node is no member any more, and will not be again under this id unless it is added. */
  | { readonly kind: 'removed'; readonly index: number }
  /** Proof that another member broke the protocol: what it did, and the evidence in words. */
  | { readonly kind: 'misbehaviour'; readonly nodeId: string; readonly what: string }

/** What the owner must do after the inputs of one turn, in this order. */
export interface Effects {
  readonly persist: Persist | null
  readonly send: readonly Frame[]
  /** True: what was executed tentatively is taken back. Where it is not, the next of `apply` are the same commands, now decided. */
  readonly undoTentative?: boolean
  /** Comes before `apply`: entries in this turn follow it. */
  readonly install: ReceivedSnapshot | null
  readonly apply: readonly Committed[]
  /** True: take a snapshot of the state as it is after the last of `apply` (a checkpoint that the protocol wants at exactly this index). */
  readonly checkpoint: boolean
  readonly refused: readonly RefusedProposal[]
  readonly safeReads: readonly SafeReads[]
  /** Reads that will never become safe here. */
  readonly droppedReads: readonly number[]
  readonly controls: readonly { readonly token: number; readonly outcome: ControlOutcome }[]
  readonly events: readonly MachineEvent[]
  /** Comes last: snapshots and answers of this turn are of what is decided. At most one stands at a time. */
  readonly tentative?: Tentative | null
}

export interface MachineStatus {
  readonly role: string
  readonly isLeader: boolean
  readonly term: LeadershipTerm
  readonly leaderId: string | null
  /** The first entry that the log still holds. */
  readonly firstIndex: number
  readonly lastIndex: number
  /** Of the last entry; absent where the protocol does not tell by it which of two logs holds more. */
  readonly lastTerm?: LeadershipTerm
  readonly persistedIndex: number
  readonly committedIndex: number
  readonly appliedIndex: number
}

/** One place of the log, for people: a log drawn side by side with those of the other members. */
export interface LogEntryView {
  readonly index: number
  readonly term: LeadershipTerm
  /** The protocol's own word: command, no-op, members, batch. */
  readonly kind: string
  /** Null where it holds none, or where this member does not have the data. */
  readonly command: Uint8Array | null
}

export interface ProtocolMachine {
  tick(): void
  /** The kind of the message, for counts; null where the bytes are none. `bytes` may be kept as views. */
  receive(from: string, bytes: Uint8Array): string | null
  /** Every token comes back in `apply` or in `refused`. When the node ends, the driver answers for those that the machine still holds. */
  propose(commands: readonly Uint8Array[], tokens: readonly number[]): void
  /** A linearizable read: `token` comes back in `safeReads` or `droppedReads`, unless the answer is a refusal. */
  read(token: number): ReadAnswer
  control(token: number, control: Control): void
  /** The write is queued and its records will lie here, in order. Called before `persisted`. */
  located(completion: unknown, locations: readonly RecordLocation[]): void
  /** The write and all before it are durable. */
  persisted(completion: unknown): void
  /** All of `apply` up to `index` is applied. */
  applied(index: number): void
  /** The protocol's part of a snapshot taken at `index`, which is applied. `state` is there for a digest only. */
  snapshotMeta(index: number, state: Uint8Array): Uint8Array
  /** True: what it hands out to apply leaves no state here (a witness). A snapshot that is taken has none either, and no read is answered. */
  readonly isStateless?: boolean
  /** A snapshot taken here is durable: entries before it may be forgotten, but for `trailingEntriesMax`. */
  snapshotDurable(head: SnapshotHead): void
  /** A snapshot that came by `install` is durable and the state restored from it. */
  installed(head: SnapshotHead): void
  /**
   * A snapshot that came by `install` does not restore to the state that its head says: the old state stands, and the machine may ask
   * for another. A machine that bears this hands out nothing to apply between `install` and the answer.
   */
  installRefused?(head: SnapshotHead): void
  /** Records that must lie behind the next snapshot in storage, since older ones go with it: terms, votes, promises. */
  hardRecords(): readonly LogRecord[]
  /** The oldest record that is still needed: everything before it may go. Null where none is. */
  oldestNeeded(): RecordLocation | null
  /** True while `drain` would give something. */
  readonly hasEffects: boolean
  /** Takes the effects of all inputs since the last call. Every one of them must be carried out. */
  drain(): Effects
  /** The members as this node now knows them. */
  readonly members: readonly MemberClaim[]
  status(): MachineStatus
  describe(): GroupObservation
  /** What the log holds from `from` up to but not including `to`, as far as it is in memory or in storage. */
  entries(from: number, to: number): readonly LogEntryView[]
}
