/** Local clusters of real processes: their life, and the faults in force. */
import * as v from 'valibot'
import type { ClusterInfo } from './clusters'
import { call, stream } from './define'
import { clusterId, clusterName, nodeId } from './fields'

export type NodeProcessState = 'starting' | 'running' | 'paused' | 'stopped' | 'killed' | 'failed'

export interface SandboxNode {
  readonly nodeId: string
  readonly state: NodeProcessState
  readonly pid: number | null
  readonly port: number
  readonly directory: string
  readonly restarts: number
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
  readonly fault: Fault | { readonly kind: 'paused' | 'killed' | 'stopped'; readonly nodeId: string }
  readonly sinceMs: number
}

export interface SandboxState {
  readonly clusterId: string
  readonly phase: 'stopped' | 'starting' | 'running' | 'stopping'
  readonly nodes: readonly SandboxNode[]
  /** Every fault in force, killed, stopped and paused nodes included; each can be undone by its id. */
  readonly faults: readonly FaultInForce[]
}

const LIFE_ERRORS = ['port-in-use', 'no-space', 'start-failed', 'wrong-folder', 'not-a-sandbox'] as const

export const sandboxContract = {
  'sandbox.create': call<ClusterInfo>()(
    v.object({ name: clusterName, nodes: v.picklist([1, 3, 5, 7]) }),
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
  'sandbox.addFault': call<{ readonly faultId: string }>()(v.object({ clusterId, fault: faultSchema }), ['not-a-sandbox', 'too-many']),
  /** Undoes one fault: a link is restored, a killed or stopped node is started, a paused one resumed. */
  'sandbox.removeFault': call<null>()(v.object({ clusterId, faultId: v.string() }), LIFE_ERRORS),
  'sandbox.healAll': call<null>()(v.object({ clusterId }), LIFE_ERRORS),
  'sandbox.watch': stream<SandboxState>()(v.object({ clusterId }), { policy: 'coalesce', itemsMax: 1 }),
} as const
