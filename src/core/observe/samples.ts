import type { Measured, NodeObservation, Position } from '../observation'
import { isUnknown } from '../observation'
import { mainGroup } from './survey'
import type { ClusterDerivation, MetricName, Sample } from './types'

/**
 * The figures of one observation, for history. What is unknown gives no sample at all. Positions above 2^53 lose precision
 * in charts; the recorded observations keep them whole.
 */
export function samplesOf(observation: NodeObservation): Sample[] {
  const { nodeId, atMs } = observation
  const samples: Sample[] = []
  const put = (metric: MetricName, value: Measured<number | bigint> | undefined, peerId?: string): void => {
    if (value === undefined || isUnknown(value)) return
    const sample = { nodeId, metric, atMs, value: Number(value) }
    samples.push(peerId === undefined ? sample : { ...sample, peerId })
  }
  const position = (metric: MetricName, at: Measured<Position>): void => put(metric, isUnknown(at) ? at : at.value)
  put('up', observation.reachability === 'ok' ? 1 : 0)
  put('rtt-ms', observation.rttMs)
  put('storage-bytes', observation.storage.usedBytes)
  const group = mainGroup(observation)
  if (group !== null) {
    put('epoch', isUnknown(group.fence) ? group.fence : group.fence.value)
    position('last-index', group.log.last)
    position('committed-index', group.log.committed)
    position('applied-index', group.log.applied)
    for (const peer of group.peers) {
      put('lag-entries', peer.lag.entries, peer.id)
      put('lag-bytes', peer.lag.bytes, peer.id)
      put('lag-seconds', peer.lag.seconds, peer.id)
      put('silent-ms', peer.lag.silentForMs, peer.id)
    }
  }
  for (const link of observation.links) {
    put('link-rtt-ms', link.rttMs, link.peerId)
    put('link-bytes-per-second', link.bytesPerSecond, link.peerId)
    const kinds = Object.values(link.messagesPerSecond)
    if (kinds.length > 0) put('link-messages-per-second', kinds.reduce((sum, rate) => sum + rate, 0), link.peerId)
  }
  return samples
}

/**
 * Lag that no member reports itself (etcd): computed from two members' words, so it has no place in one observation.
 * As with reported lag, `nodeId` is the leader and `peerId` the follower. Call it once per change of the moment.
 */
export function samplesOfLag(derivation: ClusterDerivation): Sample[] {
  return derivation.lag.flatMap((lag): Sample[] => {
    if (lag.basis !== 'self-report-difference') return []
    const about = { nodeId: lag.by, peerId: lag.nodeId, atMs: lag.atMs }
    const entries: Sample[] = isUnknown(lag.entries) ? [] : [{ ...about, metric: 'lag-entries', value: Number(lag.entries) }]
    const bytes: Sample[] = isUnknown(lag.bytes) ? [] : [{ ...about, metric: 'lag-bytes', value: Number(lag.bytes) }]
    return [...entries, ...bytes]
  })
}
