/** What a simulation tells: its trace, its verdict, its counts. */
import type { ClusterMoment } from '../core/observation'
import type { Adapter } from './protocols'
import type { FaultEvent, FaultKind, Phase, SimulationPlan } from './plan'

export interface Violation {
  /** Name of the invariant, as in the literature. */
  readonly invariant: string
  /** Paper and section, or where it is defined. */
  readonly source: string
  readonly atMs: number
  /** Null where it is about the whole cluster. */
  readonly nodeId: string | null
  /** A sentence for a person. */
  readonly message: string
}

export type DropReason = 'loss' | 'partition' | 'node-down' | 'dropped'

/** The trace, in order. Plain JSON. */
export type TraceEvent =
  /** `id` is of this copy; a duplicate has an id of its own. */
  | {
    readonly kind: 'sent'; readonly atMs: number; readonly id: number; readonly from: string; readonly to: string; readonly message: string
    readonly bytes: number; readonly deliverAtMs: number; readonly isDuplicate: boolean
  }
  | { readonly kind: 'delivered'; readonly atMs: number; readonly id: number; readonly from: string; readonly to: string; readonly message: string }
  | {
    readonly kind: 'dropped'; readonly atMs: number; readonly id: number; readonly from: string; readonly to: string; readonly message: string
    readonly why: DropReason
  }
  /** `epoch`: a term, ballot or view as its protocol writes it. */
  | { readonly kind: 'role'; readonly atMs: number; readonly node: string; readonly role: string; readonly epoch: string; readonly why: string }
  | { readonly kind: 'term'; readonly atMs: number; readonly node: string; readonly epoch: string }
  | { readonly kind: 'leader'; readonly atMs: number; readonly node: string; readonly leader: string | null; readonly epoch: string }
  | { readonly kind: 'members'; readonly atMs: number; readonly node: string; readonly members: readonly string[]; readonly index: number }
  | { readonly kind: 'misbehaviour'; readonly atMs: number; readonly node: string; readonly of: string; readonly what: string }
  | { readonly kind: 'crash'; readonly atMs: number; readonly node: string; readonly why: string }
  | { readonly kind: 'restart'; readonly atMs: number; readonly node: string; readonly records: number }
  /** It does not start: what its disk holds is damaged. */
  | { readonly kind: 'rotten'; readonly atMs: number; readonly node: string; readonly why: string }
  /** `fault` is its place in the plan's schedule; `what` names the members that it struck. */
  | { readonly kind: 'fault-began'; readonly atMs: number; readonly fault: number; readonly what: FaultEvent; readonly phase: Phase; readonly text: string }
  | { readonly kind: 'fault-ended'; readonly atMs: number; readonly fault: number; readonly what: FaultEvent; readonly text: string }
  | {
    readonly kind: 'invoked'; readonly atMs: number; readonly client: string; readonly operation: number; readonly f: string; readonly key: string
    readonly value: string | null
  }
  | {
    readonly kind: 'completed'; readonly atMs: number; readonly client: string; readonly operation: number; readonly f: string; readonly key: string
    readonly outcome: 'ok' | 'fail' | 'unknown'; readonly value: string | null; readonly node: string | null
  }
  | { readonly kind: 'committed'; readonly atMs: number; readonly node: string; readonly from: number; readonly to: number }
  /** `order` is the place in the order of all commands. */
  | { readonly kind: 'applied'; readonly atMs: number; readonly node: string; readonly order: number; readonly command: string }
  | { readonly kind: 'snapshot'; readonly atMs: number; readonly node: string; readonly index: number; readonly what: 'taken' | 'installed' }
  | { readonly kind: 'phase'; readonly atMs: number; readonly phase: 'liveness' | 'quiet' | 'ended'; readonly core: readonly string[] }
  | { readonly kind: 'violated'; readonly atMs: number; readonly violation: Violation }

export type TraceKind = TraceEvent['kind']

/** One place of one node's log, for logs drawn side by side. */
export interface LogRow {
  readonly index: number
  /** A term, ballot or view as its protocol writes it. */
  readonly epoch: string
  readonly kind: string
  /** The command in words; null where there is none or the node does not have it. */
  readonly command: string | null
  readonly state: 'volatile' | 'persisted' | 'committed' | 'applied'
}

export type LinearizabilityVerdict = 'linearizable' | 'violated' | 'inconclusive' | 'not-checked'

export interface SimulationCounts {
  readonly steps: number
  readonly messagesSent: number
  readonly messagesDelivered: number
  readonly messagesDropped: number
  readonly messagesDuplicated: number
  readonly messagesReordered: number
  readonly crashes: number
  readonly restarts: number
  readonly flushes: number
  readonly operationsOk: number
  readonly operationsFailed: number
  readonly operationsUnknown: number
  readonly invariantEvaluations: number
}

/** Things that a simulation is meant to bring about; a campaign in which one never happened has not tried it. */
export const DEEDS = [
  'election', 'leader-change', 'snapshot-taken', 'snapshot-installed', 'member-added', 'member-removed', 'config-change', 'truncation', 'lease-read', 'index-read',
  'follower-read', 'leadership-transfer', 'view-change', 'state-transfer', 'torn-write', 'lost-write', 'corruption-found', 'fail-stop', 'client-retry', 'duplicate-reply',
  'message-reordered', 'message-duplicated', 'misbehaviour-proved', 'equivocation', 'log-compacted', 'pause-over-election', 'tentative-reply', 'tentative-undone',
  'session-expired',
] as const
export type Deed = (typeof DEEDS)[number]

export interface Coverage {
  /** How often a fault of a kind began while the cluster was busy with a phase. */
  readonly cells: Readonly<Partial<Record<FaultKind, Readonly<Partial<Record<Phase, number>>>>>>
  readonly deeds: Readonly<Partial<Record<Deed, number>>>
}

export interface SimulationReport {
  readonly plan: SimulationPlan
  readonly violation: Violation | null
  readonly virtualMs: number
  /** Equal for equal plans, byte for byte of the trace. 16 hexadecimal digits. */
  readonly replayHash: string
  /** Of the state machine, where the core has come together; null where it has not. */
  readonly stateHash: string | null
  readonly counts: SimulationCounts
  readonly coverage: Coverage
  readonly linearizability: LinearizabilityVerdict
  /** Committed after the healing, elections in the liveness phase. */
  readonly liveness: { readonly core: readonly string[]; readonly progressAfterMs: number | null; readonly convergedAfterMs: number | null; readonly elections: number }
}

export interface NodeSummary {
  readonly id: string
  readonly isUp: boolean
  readonly isPaused: boolean
  readonly isRotten: boolean
  readonly isByzantine: boolean
  readonly role: string | null
  readonly term: number | null
}

export interface SimulationOptions {
  /** Called with every event of the trace, in order. Without one, events are not made, which is much faster. */
  readonly onEvent?: (event: TraceEvent) => void
  /** In place of the protocol's own adapter: for recorders. */
  readonly adapter?: Adapter
  /** Stop only at the end, not at the first violation. */
  readonly isGoingOn?: boolean
}

/** The surface of `Simulation` in simulation.ts, for those who draw it. */
export interface SimulationView {
  readonly plan: SimulationPlan
  readonly nowMs: number
  /** The end of the liveness phase at the latest. */
  readonly endMs: number
  readonly isDone: boolean
  readonly violation: Violation | null
  /** Running hash over the trace so far; needs no `onEvent`. */
  readonly replayHash: string
  /** One event of the queue. False where nothing is left to do. */
  step(): boolean
  runUntil(atMs: number): void
  run(): SimulationReport
  report(): SimulationReport
  /** What every node says of itself right now, for the production widgets. */
  moment(): ClusterMoment
  nodes(): readonly NodeSummary[]
  /** The log of a node from index `from` up to but not including `to`. */
  log(nodeId: string, from: number, to: number): readonly LogRow[]
  /** The plan with `fault` added at this time: a fork is a new simulation of it, run to the same time. */
  inject(fault: FaultEvent): SimulationPlan
}

export interface ShrinkBudget {
  /** Simulations to run at most. */
  readonly runsMax: number
}

export interface ShrinkResult {
  readonly plan: SimulationPlan
  readonly violation: Violation
  readonly runs: number
  /** What was taken away, in words. */
  readonly steps: readonly string[]
}

/** One line of the shortest story that leads to the violation. */
export interface ExplainedEvent {
  readonly atMs: number
  readonly text: string
  /** What the line tells of, for those who tell it in other words. */
  readonly event: TraceEvent
}

export interface Explanation {
  readonly violation: Violation | null
  readonly events: readonly ExplainedEvent[]
}
