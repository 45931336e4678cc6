/** Changes who the members of a running cluster are: the group decides, and processes are started and stopped to follow. */
import type { Result } from '../../../core/base'
import { fail, ok } from '../../../core/base'
import type { SandboxMemberChange } from '../../../contract/sandbox'
import type { Cluster } from './cluster'
import type { ControlCode } from './controls'
import { addMember, forgetMember, memberAddress, type Changed, type MembershipOptions } from './joining'
import { replaceMember } from './replacement'

export type TransferCode = ControlCode | 'protocol-unsupported' | 'wrong-state' | 'not-found'

export async function changeMembers(cluster: Cluster, change: SandboxMemberChange, options: MembershipOptions): Promise<Changed> {
  if (cluster.protocol === 'pbft') return fail('protocol-unsupported', 'The members of a PBFT cluster are fixed when it is created.', 'Create another cluster with the number of nodes you want.')
  if (cluster.phase !== 'running') return fail('wrong-state', 'The cluster is not running.', 'Start it first.')
  if (cluster.isReplacing) return replacing()
  if (change.kind === 'add') return addMember(cluster, change.member ?? 'voter', options)
  const { nodeId } = change
  if (cluster.node(nodeId) === undefined) return fail('not-found', `There is no node ${nodeId} in this cluster.`)
  switch (change.kind) {
    case 'remove': return removeMember(cluster, nodeId, options)
    case 'promote': return promoteMember(cluster, nodeId)
    case 'replace': return replaceMember(cluster, nodeId, options)
  }
}

export const replacing = () => fail('wrong-state', 'A member of the cluster is being replaced.', 'Wait until that has ended.')

async function removeMember(cluster: Cluster, nodeId: string, options: MembershipOptions): Promise<Changed> {
  if (cluster.file.nodes.length === 1) return fail('group-refused', 'The only node cannot be removed.', 'Delete the cluster instead.')
  const removed = await cluster.control({ kind: 'change-members', mode: 'auto', changes: [{ kind: 'remove', id: nodeId }] })
  // What the group does not know any more has gone before, unheard: only what is left of it here goes now.
  if (!removed.ok && removed.error.code !== 'no-such-member') return removed
  return forgetMember(cluster, nodeId, options)
}

async function promoteMember(cluster: Cluster, nodeId: string): Promise<Changed> {
  const promoted = await cluster.control({
    kind: 'change-members', mode: 'auto', changes: [{ kind: 'set', id: nodeId, address: memberAddress(cluster, nodeId), member: 'voter', promote: false }],
  })
  return promoted.ok ? ok({ nodeId }) : promoted
}

/** `to` null: to the most up-to-date voter. */
export async function transferLeadership(cluster: Cluster, to: string | null): Promise<Result<null, TransferCode>> {
  if (cluster.protocol === 'pbft') return fail('protocol-unsupported', 'The primary of a PBFT cluster follows from its view; it is not chosen.', 'Stop the primary: the others change the view.')
  if (cluster.phase !== 'running') return fail('wrong-state', 'The cluster is not running.', 'Start it first.')
  if (to !== null && cluster.node(to) === undefined) return fail('not-found', `There is no node ${to} in this cluster.`)
  return cluster.control({ kind: 'transfer-leadership', to })
}
