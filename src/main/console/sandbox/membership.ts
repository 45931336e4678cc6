/** Changes who the members of a running cluster are: the group decides, and processes are started and stopped to follow. */
import type { Result } from '../../../core/base'
import { fail, ok } from '../../../core/base'
import type { SandboxMemberChange } from '../../../contract/sandbox'
import type { MemberKind } from '../../../core/machine'
import type { Cluster } from './cluster'
import { removeNodeDirectory } from './cluster-file'
import type { ControlCode } from './controls'
import { LOOPBACK, SANDBOX_LIMITS } from './limits'
import type { LifeCode } from './node'
import { freePorts } from './ports'

export type MemberCode = ControlCode | LifeCode | 'protocol-unsupported' | 'wrong-state' | 'too-many' | 'not-found'

export type TransferCode = ControlCode | 'protocol-unsupported' | 'wrong-state' | 'not-found'

export interface MembershipOptions {
  /** The folder of all local clusters. */
  readonly directory: string
  /** Ports of all local clusters. */
  readonly portsTaken: () => ReadonlySet<number>
  /** Once the nodes there are now are on disk, or could not be written. */
  readonly remembered: () => Promise<Result<null, LifeCode>>
}

type Changed = Result<{ readonly nodeId: string }, MemberCode>

export async function changeMembers(cluster: Cluster, change: SandboxMemberChange, options: MembershipOptions): Promise<Changed> {
  if (cluster.protocol === 'pbft') return fail('protocol-unsupported', 'The members of a PBFT cluster are fixed when it is created.', 'Create another cluster with the number of nodes you want.')
  if (cluster.phase !== 'running') return fail('wrong-state', 'The cluster is not running.', 'Start it first.')
  if (change.kind === 'add') return addMember(cluster, change.member ?? 'voter', options)
  const { nodeId } = change
  if (cluster.node(nodeId) === undefined) return fail('not-found', `There is no node ${nodeId} in this cluster.`)
  return change.kind === 'remove' ? removeMember(cluster, nodeId, options) : promoteMember(cluster, nodeId)
}

/** The node runs before the group is asked, so that the group does not wait for it; what fails is taken back, but for its name. */
async function addMember(cluster: Cluster, kind: MemberKind, options: MembershipOptions): Promise<Changed> {
  const { file } = cluster
  if (kind === 'witness' && cluster.protocol !== 'raft') {
    return fail('protocol-unsupported', 'Paxos has no witnesses: every acceptor keeps the values that it accepts.', 'Add a voter or a learner.')
  }
  if (file.nodes.length >= SANDBOX_LIMITS.nodesMax) return fail('too-many', `A local cluster has at most ${SANDBOX_LIMITS.nodesMax} nodes.`, 'Remove one first.')
  const ports = await freePorts(1, options.portsTaken())
  if (!ports.ok) return ports
  const [port] = ports.value
  if (port === undefined) return fail('port-in-use', 'No free port was found.')
  const nodeId = `n${file.nextNode}`
  // A voter catches up as a learner first. A witness has nothing to catch up with but terms, and never changes its kind.
  const joining = { nodeId, port, member: kind === 'witness' ? kind : ('learner' as const) }
  const among = [...file.nodes.map((each) => ({ nodeId: each.nodeId, port: each.port, member: each.member })), joining]
  const node = cluster.addNode({ ...joining, among }, file.nextNode + 1)
  const takenBack = async (failed: Changed): Promise<Changed> => {
    await cluster.removeNode(nodeId)
    await removeNodeDirectory(options.directory, file.clusterId, nodeId)
    return failed
  }
  const started = await node.start()
  if (!started.ok) return takenBack(started)
  // A name that the group has heard must not be given again, whatever becomes of the console.
  const remembered = await options.remembered()
  if (!remembered.ok) return takenBack(remembered)
  const address = `${LOOPBACK}:${port}`
  const added = await cluster.control({ kind: 'change-members', mode: 'auto', changes: [{ kind: 'set', id: nodeId, address, member: joining.member, promote: kind === 'voter' }] })
  if (added.ok) return ok({ nodeId })
  // Whether it is a member is not known: its process stays, for the group may count on it.
  return added.error.code === 'unknown-outcome' ? added : takenBack(added)
}

async function removeMember(cluster: Cluster, nodeId: string, options: MembershipOptions): Promise<Changed> {
  if (cluster.file.nodes.length === 1) return fail('group-refused', 'The only node cannot be removed.', 'Delete the cluster instead.')
  const removed = await cluster.control({ kind: 'change-members', mode: 'auto', changes: [{ kind: 'remove', id: nodeId }] })
  if (!removed.ok) return removed
  await cluster.removeNode(nodeId)
  const gone = await removeNodeDirectory(options.directory, cluster.file.clusterId, nodeId)
  return gone.ok ? ok({ nodeId }) : gone
}

async function promoteMember(cluster: Cluster, nodeId: string): Promise<Changed> {
  const port = cluster.file.nodes.find((each) => each.nodeId === nodeId)?.port ?? 0
  const promoted = await cluster.control({
    kind: 'change-members', mode: 'auto', changes: [{ kind: 'set', id: nodeId, address: `${LOOPBACK}:${port}`, member: 'voter', promote: false }],
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
