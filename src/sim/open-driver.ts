/** Opens the real driver over the simulated ports. */
import type { Result } from '../core/base'
import type { MachineEvent } from '../core/machine'
import { Driver, type NodeDriver } from '../runtime/driver'
import type { RecoveredRecord } from '../runtime/ports'
import type { CountedMachine } from './application'
import type { Cluster } from './cluster'
import type { SimulatedNode } from './node'
import { streamOf } from './streams'

export function openDriver(
  cluster: Cluster, node: SimulatedNode, application: CountedMachine, recovered: readonly RecoveredRecord[], onEvent: (event: MachineEvent) => void,
): Result<NodeDriver, 'corrupt'> {
  const { plan, adapted } = cluster
  const { options } = plan
  const { incarnation, id, copy } = node
  return Driver.open({
    protocol: adapted.open(id, copy),
    groupId: 'simulated', nodeId: id,
    members: cluster.founders.some((member) => member.id === id) ? cluster.founders : [...cluster.founders, { id, name: id, address: id, voter: false }],
    timing: plan.timing,
    random: streamOf(plan.seed, `machine ${id} ${copy} ${incarnation}`),
    storage: node.disk,
    transport: { send: (to, bytes, kind) => { if (node.incarnation === incarnation) cluster.send(node, to, bytes, kind ?? '') }, statistics: () => [] },
    stateMachine: application,
    recovered,
    onRestored: (index) => { cluster.restored(node, index) },
    requestFlush: () => { if (node.incarnation === incarnation) node.isFlushDue = true },
    onEvent,
    onStopped: () => {
      if (node.incarnation !== incarnation) return
      node.hasStopped = true
      cluster.trace.did('fail-stop')
    },
    limits: {
      appendBytesMax: options.appendBytesMax, inflightMessagesMax: options.inflightMessagesMax, logWindowBytesMax: options.logWindowBytesMax,
      trailingEntriesMax: options.trailingEntriesMax, snapshotChunkBytes: options.snapshotChunkBytes,
      snapshotAfterEntries: options.snapshotAfterEntries === 0 ? Number.MAX_SAFE_INTEGER : options.snapshotAfterEntries, snapshotExpansion: 0,
      ...options.limits,
    },
  })
}
