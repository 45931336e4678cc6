/** What the members of a fake cluster say of themselves, in the record that real ones use. */
import type { ProtocolName } from '../../../../core/machine'
import { silentObservation, unknown, type ClusterMoment, type GroupObservation, type LinkObservation, type NodeObservation, type Position } from '../../../../core/observation'
import { hears, type FakeCluster, type FakeNode } from './simulation'

const ENTRY_BYTES = 296

function linksOf(cluster: FakeCluster, node: FakeNode): LinkObservation[] {
  return cluster.nodes.filter((other) => other !== node).map((other): LinkObservation => {
    const connected = hears(cluster, node, other)
    const asLeader = node.role === 'leader'
    const carries = asLeader || other.role === 'leader'
    const rate = cluster.opsPerSecond * (0.9 + cluster.random.next() * 0.2)
    return {
      peerId: other.id, connected,
      rttMs: connected && hears(cluster, other, node) ? 0.35 + cluster.random.next() * 0.4 : unknown('unreachable'),
      bytesPerSecond: connected && carries ? rate * (asLeader ? ENTRY_BYTES : 64) : connected ? 0 : unknown('unreachable'),
      messagesPerSecond: !connected || !carries ? {} : asLeader ? { append: Math.round(rate / 3), heartbeat: 22 } : { 'append-response': Math.round(rate / 3) },
      silentForMs: connected ? 20 : Math.max(0, cluster.nowMs - (node.heardFrom.get(other.id) ?? cluster.nowMs)),
    }
  })
}

/** The roles and epochs of a protocol, from those of the one that is made up here. */
function reignOf(node: FakeNode, protocol: ProtocolName): Pick<GroupObservation, 'role' | 'fence'> {
  const value = BigInt(node.term)
  if (protocol === 'pbft') return { role: node.role === 'leader' ? 'primary' : node.role === 'follower' ? 'replica' : node.role, fence: { kind: 'view', value } }
  if (protocol === 'paxos') return { role: node.role, fence: { kind: 'ballot', value: value * 1024n, label: `${node.term}.${node.leaderId ?? node.id}` } }
  return { role: node.role, fence: { kind: 'raft-term', value } }
}

function observe(cluster: FakeCluster, node: FakeNode, engine: 'sandbox' | 'etcd', protocol: ProtocolName, position: (value: number) => Position): NodeObservation {
  const about = {
    clusterId: cluster.id, nodeId: node.id, name: node.id, atMs: cluster.nowMs,
    source: { endpoint: `127.0.0.1:${4700 + cluster.nodes.indexOf(node)}`, path: engine === 'etcd' ? ('direct' as const) : ('process' as const) },
  }
  if (node.state === 'killed' || node.state === 'stopped') return silentObservation(about, engine === 'etcd' ? 'refused' : 'stopped', `connect ECONNREFUSED ${about.source.endpoint}`)
  if (node.state === 'paused') return silentObservation(about, 'timeout', 'No answer within 1,000 ms.')
  const leads = node.role === 'leader'
  return {
    ...about, reachability: 'ok', rttMs: 0.4 + cluster.random.next() * (engine === 'etcd' ? 2.4 : 0.5), links: engine === 'etcd' ? [] : linksOf(cluster, node), alarms: [],
    version: engine === 'etcd' ? '3.5.21' : '0.1.0',
    storage: { usedBytes: BigInt(node.last) * BigInt(ENTRY_BYTES) + 4_194_304n, inUseBytes: unknown('not-reported'), quotaBytes: engine === 'etcd' ? 2_147_483_648n : unknown('not-supported') },
    extras: engine === 'etcd' ? { 'raft-index': BigInt(node.last) } : { restarts: node.restarts },
    groups: [{
      groupId: 'main', ...reignOf(node, protocol), leaderId: node.leaderId,
      members: cluster.nodes.map((other, at) => ({ id: other.id, name: other.id, address: `127.0.0.1:${4700 + at}`, voter: true })),
      log: {
        firstAvailable: position(Math.max(1, node.last - 20_000)), last: position(node.last), persisted: position(node.last),
        committed: position(node.committed), applied: position(node.applied),
      },
      peers: !leads || engine === 'etcd' ? [] : cluster.nodes.filter((other) => other !== node).map((other) => {
        const match = node.match.get(other.id) ?? 0
        const silentForMs = cluster.nowMs - (node.heardFrom.get(other.id) ?? cluster.nowMs)
        return {
          id: other.id, stage: 'flushed' as const, position: position(match), flow: silentForMs > 1_000 ? 'probe' : 'replicate',
          lag: {
            entries: BigInt(Math.max(0, node.last - match)), bytes: BigInt(Math.max(0, node.last - match) * ENTRY_BYTES), seconds: unknown('not-reported'),
            silentForMs, basis: 'leader-progress' as const,
          },
        }
      }),
    }],
  }
}

export function observeCluster(cluster: FakeCluster, engine: 'sandbox' | 'etcd', protocol: ProtocolName = 'raft'): ClusterMoment {
  const position = (value: number): Position => ({ unit: 'entries', lineage: cluster.id, value: BigInt(value) })
  return {
    clusterId: cluster.id, atMs: cluster.nowMs,
    expected: cluster.nodes.map((node, at) => ({ id: node.id, name: node.id, endpoint: `127.0.0.1:${4700 + at}`, voter: true })),
    observations: cluster.nodes.map((node) => observe(cluster, node, engine, protocol, position)),
  }
}
