/** Local clusters of real processes: their life, and the faults in force. */
import * as v from 'valibot'
import type { Failure } from '../core/base'
import type { MemberKind, ProtocolName } from '../core/machine'
import { BEHAVIOURS, type Behaviour, type NodeStart, type ProtocolOptions } from './agent'
import type { ClusterInfo } from './clusters'
import { call, stream } from './define'
import { clusterId, clusterName, nodeId } from './fields'

export type NodeProcessState = 'starting' | 'running' | 'paused' | 'stopped' | 'killed' | 'failed'

export const PROTOCOLS = ['raft', 'paxos', 'pbft'] as const satisfies readonly ProtocolName[]

/** How many nodes a new cluster may have. 3f + 1 nodes tolerate f liars; 2f + 1 tolerate f crashes. */
export const CLUSTER_SIZES = { raft: [1, 3, 5, 7], paxos: [1, 3, 5, 7], pbft: [1, 4, 7] } as const satisfies Readonly<Record<ProtocolName, readonly number[]>>

export const SNAPSHOT_AFTER_ENTRIES = { min: 100, max: 10_000_000 } as const
export const PREFERRED_MAX = 7
/** As the console names the nodes of its own clusters. */
export const sandboxNodeId = v.pipe(v.string(), v.regex(/^n[1-9]\d{0,3}$/))
/**
 * What the nodes of a new cluster run with; what is left out is as without it. PBFT has one of its own and none of the others: its reads
 * ask a quorum of replicas that may lie, and its checkpoints are its own.
 */
export const sandboxOptionsSchema = v.object({
  /** Linearizable reads: by asking a quorum each time, or from a lease, which trusts the members' clocks to the bound in docs/protocols. */
  reads: v.exactOptional(v.picklist(['index', 'lease'])),
  /** A member that does not lead passes commands and reads on to the one that does. */
  forwarding: v.exactOptional(v.boolean()),
  /** A snapshot is taken each time the log has grown by so many entries. */
  snapshotAfterEntries: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(SNAPSHOT_AFTER_ENTRIES.min), v.maxValue(SNAPSHOT_AFTER_ENTRIES.max))),
  /**
   * Raft only: who leads rather than others, the first before the second; the others come after. A name that is no member, or not yet, is harmless.
   * Empty: nobody in particular.
   */
  prefer: v.exactOptional(v.pipe(v.array(sandboxNodeId), v.maxLength(PREFERRED_MAX), v.check((names) => new Set(names).size === names.length, 'Each name is given once.'), v.readonly())),
  /** PBFT only: replicas execute what is prepared before it is committed, and say so to clients. */
  tentative: v.exactOptional(v.boolean()),
})
export type SandboxProtocolOptions = v.InferOutput<typeof sandboxOptionsSchema>

/**
 * How an option of a cluster that exists is changed. `rolling`: members may hold it differently for a while, so they are restarted one at a time.
 * `stopped`: a leader relies on a lease only where every voter keeps the promise behind it, so all members change together, while none runs.
 */
export const OPTION_CHANGES = { reads: 'stopped', forwarding: 'rolling', snapshotAfterEntries: 'rolling', prefer: 'rolling', tentative: 'rolling' } as const satisfies Readonly<Record<keyof SandboxProtocolOptions, 'rolling' | 'stopped'>>
export type SandboxOptionName = keyof typeof OPTION_CHANGES
const OF_LEADERS = ['reads', 'forwarding', 'snapshotAfterEntries'] as const satisfies readonly SandboxOptionName[]
const OF_RAFT = ['prefer'] as const satisfies readonly SandboxOptionName[]
const OF_PBFT = ['tentative'] as const satisfies readonly SandboxOptionName[]
export const OPTION_NAMES = [...OF_LEADERS, ...OF_RAFT, ...OF_PBFT] as const
/** The options that a protocol has. */
export const OPTIONS_OF: Readonly<Record<ProtocolName, readonly SandboxOptionName[]>> = { raft: [...OF_LEADERS, ...OF_RAFT], paxos: OF_LEADERS, pbft: OF_PBFT }
/** As the command line writes them, and events in every language. */
export const OPTION_NOTATION: Readonly<Record<SandboxOptionName, string>> = { reads: 'reads', forwarding: 'forwarding', snapshotAfterEntries: 'snapshot-after', prefer: 'prefer', tentative: 'tentative' }

/** True where the protocol has all of the options that are given. */
export const areOptionsOf = (protocol: ProtocolName, options: SandboxProtocolOptions): boolean =>
  Object.keys(options).every((name) => OPTIONS_OF[protocol].some((option) => option === name))

export type SandboxOptionValue = string | number | boolean | readonly string[]
export interface OptionChange {
  readonly option: SandboxOptionName
  readonly from: SandboxOptionValue
  readonly to: SandboxOptionValue
}

/** What a change of the options would do, checked against the cluster as it is at this moment. */
export interface OptionsPlan {
  readonly changes: readonly OptionChange[]
  /** Restarted one after the other, whoever leads last; none where the cluster is stopped. */
  readonly restarts: readonly { readonly nodeId: string; readonly votes: boolean; readonly leads: boolean }[]
  /** Members without a process: they begin with the new values whenever they are started. */
  readonly later: readonly string[]
  /** How many voters may fail now; null where it is not known, or nobody runs. */
  readonly canLose: number | null
  /** Why it would be refused now; null where it would be done. */
  readonly refused: Failure<OptionsRefusal> | null
}

const OPTIONS_REFUSALS = ['nothing-to-do', 'change-in-flight', 'needs-stop', 'would-lose-quorum', 'wrong-state'] as const
export type OptionsRefusal = (typeof OPTIONS_REFUSALS)[number]

/** What happens to a member at present. `awaiting-member`: its process is paused or starting. `later`: it went down meanwhile, and begins with the new values whenever it is started. */
export type RolloutStep = 'waiting' | 'awaiting-member' | 'awaiting-quorum' | 'handing-over' | 'restarting' | 'catching-up' | 'done' | 'later'

/** A change of the options under way on a running cluster, or how the last one ended. */
export interface OptionsRollout {
  readonly startedAtMs: number
  /** `cancelling`: it ends once the member that is being restarted is back. */
  readonly phase: 'running' | 'cancelling' | 'done' | 'cancelled' | 'failed'
  readonly changes: readonly OptionChange[]
  readonly steps: readonly { readonly nodeId: string; readonly step: RolloutStep }[]
  /** Why it stopped before the end. */
  readonly failure: Failure | null
}

/** A member that is being replaced by a new node, or how the last replacement ended. */
export interface MemberReplacement {
  readonly startedAtMs: number
  /** Who is to go. */
  readonly nodeId: string
  /** Who comes; null until it is known. */
  readonly by: string | null
  /** `changing`: the group swaps the two in one step. After `failed` both are there as they were, and `failure` says what to do. */
  readonly phase: 'joining' | 'catching-up' | 'changing' | 'done' | 'failed'
  readonly failure: Failure | null
}

/** What people call it. */
export const PROTOCOL_NAMES: Readonly<Record<ProtocolName, string>> = { raft: 'Raft', paxos: 'Multi-Paxos', pbft: 'PBFT' }

export const MEMBER_KINDS = ['voter', 'learner', 'witness'] as const satisfies readonly MemberKind[]

/** A lie that is in force. */
export type Lie = Exclude<Behaviour, 'honest'>

export interface SandboxNode {
  readonly nodeId: string
  /** What it was started as; the members themselves say what each one is now. */
  readonly member: MemberKind
  readonly state: NodeProcessState
  readonly pid: number | null
  readonly port: number
  readonly directory: string
  readonly restarts: number
  /** What its process was started with; null where none runs. */
  readonly runsWith: ProtocolOptions | null
  /** Why it failed or stopped, in words. */
  readonly reason?: string
}

const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1))

/** What is done to the traffic from one node to another. A cut stops everything; the others add up. */
export const linkFaultSchema = v.object({
  kind: v.literal('link'),
  from: nodeId,
  to: nodeId,
  /** Apply it to the opposite direction too. */
  bothWays: v.boolean(),
  cut: v.boolean(),
  latencyMs: v.pipe(v.number(), v.minValue(0), v.maxValue(60_000)),
  jitterMs: v.pipe(v.number(), v.minValue(0), v.maxValue(60_000)),
  /** Share of messages that are lost. */
  loss: probability,
  /** null: no limit. */
  bytesPerSecondMax: v.nullable(v.pipe(v.number(), v.minValue(1_000))),
})
/** Nodes in different groups do not hear each other; a node named in no group is alone. */
export const partitionFaultSchema = v.object({ kind: v.literal('partition'), groups: v.pipe(v.array(v.array(nodeId)), v.minLength(1), v.maxLength(7)) })
export const faultSchema = v.variant('kind', [linkFaultSchema, partitionFaultSchema])
export type LinkFault = v.InferOutput<typeof linkFaultSchema>
export type PartitionFault = v.InferOutput<typeof partitionFaultSchema>
export type Fault = v.InferOutput<typeof faultSchema>

export interface FaultInForce {
  readonly id: string
  readonly fault:
    | Fault
    | { readonly kind: 'paused' | 'killed' | 'stopped'; readonly nodeId: string }
    | { readonly kind: 'lying'; readonly nodeId: string; readonly lie: Lie }
  readonly sinceMs: number
}

export interface SandboxState {
  readonly clusterId: string
  readonly protocol: ProtocolName
  readonly phase: 'stopped' | 'starting' | 'running' | 'stopping'
  readonly nodes: readonly SandboxNode[]
  /** Every fault in force, killed, stopped and paused nodes included; each can be undone by its id. */
  readonly faults: readonly FaultInForce[]
  /** What its nodes are started with from now on. */
  readonly options: ProtocolOptions
  readonly timing: NodeStart['timing']
  /** Null where none was begun since the console was started. */
  readonly rollout: OptionsRollout | null
  /** The same of members. */
  readonly replacement: MemberReplacement | null
  /** PBFT: the file with the key that clients sign their commands with. Left out where they do not: the cluster is older than that. */
  readonly clientKeyFile?: string
}

/**
 * A change of the members. A new node is started by the console. A voter joins as a learner and votes once it has caught up; a learner stays one
 * until it is promoted; a witness (Raft only) votes and acknowledges from the beginning and keeps no data, and cannot become anything else.
 */
export const memberChangeSchema = v.variant('kind', [
  v.object({ kind: v.literal('add'), /** Left out: a voter. */ member: v.exactOptional(v.picklist(MEMBER_KINDS)) }),
  v.object({ kind: v.literal('remove'), nodeId }),
  /** A learner becomes a voter. */
  v.object({ kind: v.literal('promote'), nodeId }),
  /**
   * A new node takes the place of a member and is of its kind: it catches up as a learner, then the group swaps the two in one step. Answers with the
   * new node once that has joined; `sandbox.watch` tells the rest.
   */
  v.object({ kind: v.literal('replace'), nodeId }),
])
export type SandboxMemberChange = v.InferOutput<typeof memberChangeSchema>

export interface MemberChanged {
  readonly nodeId: string
}

const LIFE_ERRORS = ['port-in-use', 'no-space', 'start-failed', 'wrong-folder', 'not-a-sandbox'] as const
/** `group-refused`: the group itself said no, and why. `unknown-outcome`: it was begun, and nobody said how it ended. */
const CONTROL_ERRORS = ['group-refused', 'no-such-member', 'unknown-outcome', 'no-leader', 'protocol-unsupported', 'wrong-state', 'not-a-sandbox'] as const

export function isClusterSize(protocol: ProtocolName, nodes: number): boolean {
  return (CLUSTER_SIZES[protocol] as readonly number[]).includes(nodes)
}

export const sandboxContract = {
  'sandbox.create': call<ClusterInfo>()(
    v.pipe(
      v.object({ name: clusterName, nodes: v.picklist([1, 3, 4, 5, 7]), protocol: v.exactOptional(v.picklist(PROTOCOLS)), options: v.exactOptional(sandboxOptionsSchema) }),
      v.check(({ nodes, protocol }) => isClusterSize(protocol ?? 'raft', nodes), 'PBFT takes 1, 4 or 7 nodes; Raft and Paxos take 1, 3, 5 or 7.'),
      v.check(({ protocol, options }) => options === undefined || areOptionsOf(protocol ?? 'raft', options), 'The protocol has none of these options.'),
    ),
    ['name-taken', 'too-many', ...LIFE_ERRORS],
  ),
  'sandbox.start': call<null>()(v.object({ clusterId }), LIFE_ERRORS),
  'sandbox.stop': call<null>()(v.object({ clusterId }), LIFE_ERRORS),
  /** Stops it and removes its folder and history. `name` repeats the name of the cluster. */
  'sandbox.delete': call<null>()(v.object({ clusterId, name: v.string() }), ['name-mismatch', ...LIFE_ERRORS]),
  'sandbox.state': call<SandboxState>()(v.object({ clusterId }), ['not-a-sandbox']),
  'sandbox.node': call<null>()(
    v.object({ clusterId, nodeId, action: v.picklist(['kill', 'stop', 'start', 'restart', 'pause', 'resume']) }),
    ['wrong-state', 'unsupported', ...LIFE_ERRORS],
  ),
  /** Makes a member of a PBFT cluster lie to the others, or be honest again. */
  'sandbox.lie': call<null>()(v.object({ clusterId, nodeId, behaviour: v.picklist(BEHAVIOURS) }), ['wrong-state', 'protocol-unsupported', 'not-a-sandbox']),
  /** `not-caught-up` is told by `sandbox.watch` alone. */
  'sandbox.member': call<MemberChanged>()(v.object({ clusterId, change: memberChangeSchema }), ['too-many', 'not-caught-up', ...CONTROL_ERRORS, ...LIFE_ERRORS]),
  /** To the most up-to-date voter where `to` is null. Answers once another leads. */
  'sandbox.transfer': call<null>()(v.object({ clusterId, to: v.nullable(nodeId) }), CONTROL_ERRORS),
  /**
   * Makes the node that holds the most the only voter of a cluster whose majority is lost for good. What only the lost members
   * held is lost. `name` repeats the name of the cluster.
   */
  'sandbox.recover': call<MemberChanged>()(v.object({ clusterId, name: v.string() }), ['name-mismatch', 'still-quorate', ...CONTROL_ERRORS, ...LIFE_ERRORS]),
  /** What `sandbox.setOptions` would do. Changes nothing. What is left out stays as it is. */
  'sandbox.planOptions': call<OptionsPlan>()(v.object({ clusterId, options: sandboxOptionsSchema }), ['protocol-unsupported', 'not-a-sandbox']),
  /**
   * Remembers the options. In a running cluster the members are then restarted one at a time, which `sandbox.watch` tells; it answers once that has
   * begun. With nothing new it goes on with the members that still run with older values.
   */
  'sandbox.setOptions': call<OptionsPlan>()(v.object({ clusterId, options: sandboxOptionsSchema }), [...OPTIONS_REFUSALS, 'protocol-unsupported', ...LIFE_ERRORS]),
  /** No further member is restarted. Those that were keep the new values, and so does whatever is started later. */
  'sandbox.cancelOptions': call<null>()(v.object({ clusterId }), ['wrong-state', 'not-a-sandbox']),
  'sandbox.addFault': call<{ readonly faultId: string }>()(v.object({ clusterId, fault: faultSchema }), ['not-a-sandbox', 'too-many']),
  /** Undoes one fault: a link is restored, a killed or stopped node is started, a paused one resumed. */
  'sandbox.removeFault': call<null>()(v.object({ clusterId, faultId: v.string() }), LIFE_ERRORS),
  'sandbox.healAll': call<null>()(v.object({ clusterId }), LIFE_ERRORS),
  'sandbox.watch': stream<SandboxState>()(v.object({ clusterId }), { policy: 'coalesce', itemsMax: 1 }),
} as const
