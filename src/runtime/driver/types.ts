/** What a node process gives its driver, and what it gets back. */
import type { Failure, Random } from '../../core/base'
import type {
  Control, ControlOutcome, LeadershipTerm, MachineEvent, MachineStatus, ProposalRefusal, Protocol, ProtocolMachine, SnapshotHead, Timing,
} from '../../core/machine'
import type { GroupObservation, MemberClaim } from '../../core/observation'
import type { StateMachine } from '../../core/statemachine'
import type { RecoveredRecord, Storage, StorageFailureCode, Transport } from '../ports'
import type { DriverLimits } from './limits'

export interface DriverOptions<Machine extends ProtocolMachine = ProtocolMachine> {
  readonly protocol: Protocol<Machine>
  readonly groupId: string
  readonly nodeId: string
  /** The members the group was created with, itself included. */
  readonly members: readonly MemberClaim[]
  readonly timing: Timing
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
  /** Role, term, leader or members changed, or another member broke the protocol. */
  readonly onEvent?: (event: MachineEvent) => void
  /** A command was applied and gave this reply; for observers. Called in the order of the log, before the proposer hears of it. */
  readonly onApply?: (index: number, command: Uint8Array, reply: Uint8Array) => void
  /** The storage failed: the driver has stopped for good, has answered everything it held, and must be thrown away. */
  readonly onStopped?: (failure: Failure<StorageFailureCode>) => void
  /** The state was replaced by that of a snapshot as of `index`: one from another member, or at start before anything is applied. */
  readonly onRestored?: (index: number) => void
  readonly limits?: Partial<DriverLimits>
}

export type ProposalOutcome =
  | { readonly kind: 'applied'; readonly reply: Uint8Array }
  /** Nothing was appended: the command is over `commandBytesMax`. */
  | { readonly kind: 'too-large' }
  | ProposalRefusal

/** Told before the outcome, perhaps more than once: the reply, if what was executed so far is decided as it was in `term`. */
export type OnTentative = (reply: Uint8Array, term: LeadershipTerm) => void

export type ReadOutcome =
  | { readonly kind: 'answered'; readonly reply: Uint8Array }
  | { readonly kind: 'not-leader'; readonly leaderId: string | null }
  | { readonly kind: 'busy' }
  /** Leadership was lost or the node stopped before the read was safe. Reads change nothing: ask again elsewhere. */
  | { readonly kind: 'dropped'; readonly why: 'leadership-lost' | 'stopped' }

export interface PeerTraffic {
  /** Messages since start, by kind, as the protocol names them. What never passed is absent. */
  readonly sent: Readonly<Record<string, number>>
  readonly received: Readonly<Record<string, number>>
  readonly bytesSent: number
  readonly bytesReceived: number
  /** Frames from this peer that did not decode. */
  readonly malformed: number
}

/** Since start, but for the last two. */
export interface SnapshotStatistics {
  readonly taken: number
  /** How often another member was given the last chunk of one. */
  readonly sent: number
  readonly installed: number
  /** From other members, and not the state that they said. */
  readonly refused: number
  /** Bytes of state. */
  readonly bytesWritten: number
  readonly bytesSent: number
  /** Being written, or waiting for it. */
  readonly underWay: number
  /** The newest durable one. */
  readonly newest: SnapshotHead | null
}

export interface DriverStatistics {
  readonly proposals: { readonly applied: number; readonly refused: number; readonly unknown: number; readonly waiting: number }
  readonly reads: { readonly answered: number; readonly refused: number; readonly waiting: number }
  readonly entriesApplied: number
  /** Executions before a decision that were decided so, and that were taken back. */
  readonly tentative: { readonly confirmed: number; readonly undone: number }
  readonly appends: number
  readonly peers: Readonly<Record<string, PeerTraffic>>
  /** Frames from nodes that are not members. */
  readonly strangers: number
  readonly snapshots: SnapshotStatistics
  readonly stopped: Failure<StorageFailureCode> | null
}

/** The surface of `Driver` in driver.ts. */
export interface NodeDriver<Machine extends ProtocolMachine = ProtocolMachine> {
  /** For observers and checkers; whoever gives it inputs breaks the driver. */
  readonly machine: Machine
  /** One tick of time has passed. */
  tick(): void
  /** A frame arrived. The driver keeps views of it: the caller must not reuse its memory. */
  receive(from: string, frame: Uint8Array): void
  /**
   * Replicates a command of the state machine. `done` is called exactly once, often at the end of the turn; a refusal may come before
   * `propose` returns. The bytes are kept: the caller must not reuse their memory.
   */
  propose(command: Uint8Array, done: (outcome: ProposalOutcome) => void, onTentative?: OnTentative): void
  /** A linearizable read of the state machine. `done` is called exactly once; a refusal may come before `read` returns. */
  read(query: Uint8Array, done: (outcome: ReadOutcome) => void): void
  /** Asks something of the group itself. `done` is called exactly once; a refusal may come before `control` returns. */
  control(request: Control, done: (outcome: ControlOutcome) => void): void
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

export interface DriverStatus extends MachineStatus {
  /** Of the newest durable snapshot; 0 for none. */
  readonly snapshotIndex: number
  readonly members: readonly MemberClaim[]
  readonly stateHash: string
}
