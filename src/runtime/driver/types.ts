/** What a node process gives its driver, and what it gets back. */
import type { Failure, Random } from '../../core/base'
import type { GroupObservation, MemberClaim } from '../../core/observation'
import type { RaftEvent } from '../../core/raft'
import type { StateMachine } from '../../core/statemachine'
import type { RecoveredRecord, Storage, StorageFailureCode, Transport } from '../ports'
import type { DriverLimits } from './limits'

export interface DriverTiming {
  /** Wall time of one tick in milliseconds; only used to express silence and lag in `describe()`. */
  readonly tickMs: number
  /** An election starts after `electionTicks` to `2 * electionTicks - 1` ticks of silence. */
  readonly electionTicks: number
  readonly heartbeatTicks: number
}

export interface DriverOptions {
  readonly groupId: string
  readonly nodeId: string
  /** All members, itself included. */
  readonly members: readonly MemberClaim[]
  readonly timing: DriverTiming
  readonly random: Random
  readonly storage: Storage
  readonly transport: Transport
  readonly stateMachine: StateMachine
  /** All that the storage found at start, in the order written. Read once, during construction. */
  readonly recovered: Iterable<RecoveredRecord>
  /**
   * Asks the owner to call `flush()` at the end of the current turn of the event loop (setImmediate in a process, an event
   * in a simulator). Called at most once between two flushes, from within any input or storage completion.
   */
  readonly requestFlush: () => void
  /** Role, term or leader changed. */
  readonly onEvent?: (event: RaftEvent) => void
  /** The storage failed: the driver has stopped for good, has answered everything it held, and must be thrown away. */
  readonly onStopped?: (failure: Failure<StorageFailureCode>) => void
  readonly limits?: Partial<DriverLimits>
}

export type ProposalOutcome =
  | { readonly kind: 'applied'; readonly reply: Uint8Array }
  /** Nothing was appended: ask `leaderId` instead; null where no leader is known, so wait and ask anyone. */
  | { readonly kind: 'not-leader'; readonly leaderId: string | null }
  /** Nothing was appended: a named limit is reached. Try later. */
  | { readonly kind: 'busy' }
  /** Nothing was appended: the command is over `commandBytesMax`. */
  | { readonly kind: 'too-large' }
  /** Appended, and its fate is not known to this node: it may or may not take effect. Only a session makes a retry safe. */
  | { readonly kind: 'unknown'; readonly why: 'leadership-lost' | 'stopped' }

export type ReadOutcome =
  | { readonly kind: 'answered'; readonly reply: Uint8Array }
  | { readonly kind: 'not-leader'; readonly leaderId: string | null }
  | { readonly kind: 'busy' }
  /** Leadership was lost or the node stopped before the read was safe. Reads change nothing: ask again elsewhere. */
  | { readonly kind: 'dropped'; readonly why: 'leadership-lost' | 'stopped' }

export interface PeerTraffic {
  /** Messages since start, by kind; the kinds are those of core/raft's Message. */
  readonly sent: Readonly<Record<string, number>>
  readonly received: Readonly<Record<string, number>>
  readonly bytesSent: number
  readonly bytesReceived: number
  /** Frames from this peer that did not decode. */
  readonly malformed: number
}

export interface DriverStatistics {
  readonly proposals: { readonly applied: number; readonly refused: number; readonly unknown: number; readonly waiting: number }
  readonly reads: { readonly answered: number; readonly refused: number; readonly waiting: number }
  readonly entriesApplied: number
  readonly appends: number
  readonly peers: Readonly<Record<string, PeerTraffic>>
  /** Frames from nodes that are not members. */
  readonly strangers: number
  readonly stopped: Failure<StorageFailureCode> | null
}

/** The surface of `Driver` in driver.ts. */
export interface NodeDriver {
  /** One tick of time has passed. */
  tick(): void
  /** A frame arrived. The driver keeps views of it: the caller must not reuse its memory. */
  receive(from: string, frame: Uint8Array): void
  /**
   * Replicates a command of the state machine. `done` is called exactly once; a refusal may come before `propose` returns. The bytes
   * are kept: the caller must not reuse their memory.
   */
  propose(command: Uint8Array, done: (outcome: ProposalOutcome) => void): void
  /** A linearizable read of the state machine. `done` is called exactly once; a refusal may come before `read` returns. */
  read(query: Uint8Array, done: (outcome: ReadOutcome) => void): void
  /** Ends the turn: persists, sends and applies all that the inputs since the last flush brought about. */
  flush(): void
  /** This member's own word on the group, for its NodeObservation. */
  describe(): GroupObservation
  /** Exact figures for tests and checkers; screens use `describe()`. */
  status(): DriverStatus
  statistics(): DriverStatistics
  /** Answers all that waits with `unknown` or `dropped` and accepts nothing more. Storage is left to its owner. */
  stop(): void
}

export interface DriverStatus {
  readonly role: 'leader' | 'follower' | 'candidate'
  readonly term: number
  readonly leaderId: string | null
  readonly lastIndex: number
  readonly persistedIndex: number
  readonly committedIndex: number
  readonly appliedIndex: number
  readonly stateHash: string
}
