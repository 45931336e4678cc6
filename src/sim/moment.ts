/** The cluster as the production widgets see one: what each node says of itself, and what the simulated network knows of its links. */
import { silentObservation, unknown, type ClusterMoment, type LinkObservation, type NodeObservation } from '../core/observation'
import type { Cluster } from './cluster'
import type { SimulatedNode } from './node'

export const SIMULATED_CLUSTER = 'simulated'

export function momentOf(cluster: Cluster): ClusterMoment {
  const nodes = cluster.nodes.filter((node) => node.copy === 0 && (node.hasStarted || node.index < cluster.plan.nodes))
  return {
    clusterId: SIMULATED_CLUSTER, atMs: cluster.nowMs,
    expected: nodes.map(({ id }) => ({ id, name: id, endpoint: id, voter: true })),
    observations: nodes.map((node) => observe(cluster, node)),
  }
}

function observe(cluster: Cluster, node: SimulatedNode): NodeObservation {
  const about = { clusterId: SIMULATED_CLUSTER, nodeId: node.id, name: node.id, atMs: cluster.nowMs, source: { endpoint: node.id, path: 'simulated' as const } }
  if (!node.isUp || node.driver === null) {
    return silentObservation(about, 'ended', node.isRotten ? 'Its disk is damaged, and it does not start.' : 'Its process has ended.')
  }
  if (node.isPaused) return silentObservation(about, 'timeout', 'It is paused.')
  return {
    ...about, rttMs: unknown('not-measured'), reachability: 'ok',
    groups: [node.driver.describe()],
    links: linksOf(cluster, node),
    alarms: [], version: unknown('not-supported'),
    storage: { usedBytes: BigInt(node.disk.bytesUsed()), inUseBytes: unknown('not-supported'), quotaBytes: unknown('not-supported') },
    extras: { applied: node.application?.order ?? 0, appliedHash: node.application?.hash() ?? '' },
  }
}

function linksOf(cluster: Cluster, node: SimulatedNode): readonly LinkObservation[] {
  const none = unknown('not-measured')
  return cluster.nodes.filter((other) => other.copy === 0 && other !== node && other.hasStarted).map((other) => ({
    peerId: other.id, connected: other.isUp && !cluster.network.isCut(node.id, other.id), rttMs: none, bytesPerSecond: none, messagesPerSecond: {}, silentForMs: none,
  }))
}
