/** Faults that lie in the members themselves, each with the id that undoes it. Pure. */
import type { FaultInForce, Lie } from '../../../contract/sandbox'
import type { Node } from './node'

/** What the ids begin with; the id of the node follows. */
export const NODE_FAULT = 'node:'
export const LIE = 'lie:'

export interface LieInForce {
  readonly lie: Lie
  readonly sinceMs: number
}

export function lieFaults(lies: ReadonlyMap<string, LieInForce>): readonly FaultInForce[] {
  return [...lies].map(([nodeId, { lie, sinceMs }]) => ({ id: `${LIE}${nodeId}`, fault: { kind: 'lying', nodeId, lie }, sinceMs }))
}

export function nodeFaults(nodes: readonly Pick<Node, 'nodeId' | 'state' | 'sinceMs'>[]): readonly FaultInForce[] {
  return nodes.flatMap(({ nodeId, state, sinceMs }): FaultInForce[] =>
    (state === 'paused' || state === 'killed' || state === 'stopped' ? [{ id: `${NODE_FAULT}${nodeId}`, fault: { kind: state, nodeId }, sinceMs }] : []))
}
