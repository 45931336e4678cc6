/** What an operator asks of the group: leadership moved, members changed. Asked of the leader, as the console does. */
import type { MemberChange } from '../../core/machine'
import type { Cluster } from '../cluster'
import type { SimulatedNode } from '../node'

/** A change that is not heard of again is taken for over. */
const CHANGE_MAX_MS = 10_000

/** Who leads in the highest term, as far as it knows. */
export function leaderOf(cluster: Cluster): SimulatedNode | null {
  let best: SimulatedNode | null = null
  for (const node of cluster.nodes) {
    if (!node.isRunning || node.isByzantine || !node.machine.status().isLeader) continue
    if (best === null || node.machine.status().term > best.machine.status().term) best = node
  }
  return best
}

export function transferLeadership(cluster: Cluster, to: string | null): (() => void) | null {
  const leader = leaderOf(cluster)
  if (leader === null || !(cluster.plan.options.leadershipTransfer ?? cluster.adapter.supports.transfer)) return null
  cluster.request(leader, (node) => {
    node.driver?.control({ kind: 'transfer-leadership', to }, (outcome) => { if (outcome.kind === 'done') cluster.trace.did('leadership-transfer') })
  })
  return () => undefined
}

export function changeMembers(cluster: Cluster, changes: readonly MemberChange[], mode: 'auto' | 'joint' | 'single'): (() => void) | null {
  const leader = leaderOf(cluster)
  if (leader === null || !cluster.adapter.supports.membership) return null
  // Whoever is to be added runs by then, with nothing on its disk.
  for (const change of changes) if (change.kind === 'set') cluster.start(cluster.node(change.id))
  cluster.phases.reconfiguring(cluster.nowMs + CHANGE_MAX_MS)
  cluster.request(leader, (node) => {
    node.driver?.control({ kind: 'change-members', changes, mode }, (outcome) => {
      cluster.phases.reconfiguring(cluster.nowMs)
      cluster.trace.hash.text(outcome.kind)
      if (outcome.kind !== 'done') return
      for (const change of changes) cluster.trace.did(change.kind === 'set' ? 'member-added' : 'member-removed')
    })
  })
  return () => undefined
}
