/** A node is started for a group and joins it, and what the group has taken out is removed: the two halves that changes of the members are made of. */
import type { Result } from '../../../core/base'
import { fail, ok, present } from '../../../core/base'
import type { MemberKind } from '../../../core/machine'
import type { Cluster } from './cluster'
import { removeNodeDirectory } from './cluster-file'
import type { ControlCode } from './controls'
import { SANDBOX_LIMITS } from './limits'
import type { LifeCode } from './node'
import { freePorts } from './ports'

export type MemberCode = ControlCode | LifeCode | 'protocol-unsupported' | 'wrong-state' | 'too-many' | 'not-found'

export interface MembershipOptions {
  /** The folder of all local clusters. */
  readonly directory: string
  /** Ports of all local clusters. */
  readonly portsTaken: () => ReadonlySet<number>
  /** Once the nodes there are now are on disk, or could not be written. */
  readonly remembered: () => Promise<Result<null, LifeCode>>
}

export type Changed = Result<{ readonly nodeId: string }, MemberCode>

/** A node that runs and that the group has not heard of. */
export interface Joining {
  readonly nodeId: string
  readonly address: string
  readonly member: MemberKind
  /** It was never here, but for its name. */
  readonly takeBack: () => Promise<void>
}

/** The node runs before the group is asked, so that the group does not wait for it. */
export async function startJoining(cluster: Cluster, kind: MemberKind, options: MembershipOptions): Promise<Result<Joining, MemberCode>> {
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
  const takeBack = async (): Promise<void> => {
    await cluster.removeNode(nodeId)
    await removeNodeDirectory(options.directory, file.clusterId, nodeId)
  }
  const started = await node.start()
  // A name that the group has heard must not be given again, whatever becomes of the console.
  const remembered = started.ok ? await options.remembered() : started
  if (remembered.ok) return ok({ nodeId, address: memberAddress(cluster, nodeId), member: joining.member, takeBack })
  await takeBack()
  return remembered
}

export async function addMember(cluster: Cluster, kind: MemberKind, options: MembershipOptions): Promise<Changed> {
  const joining = await startJoining(cluster, kind, options)
  if (!joining.ok) return joining
  const { nodeId, address, member, takeBack } = joining.value
  const added = await cluster.control({ kind: 'change-members', mode: 'auto', changes: [{ kind: 'set', id: nodeId, address, member, promote: kind === 'voter' }] })
  if (added.ok) return ok({ nodeId })
  // Whether it is a member is not known: its process stays, for the group may count on it.
  if (added.error.code !== 'unknown-outcome') await takeBack()
  return added
}

/** Where the group finds it. */
export function memberAddress(cluster: Cluster, nodeId: string): string {
  const { host, port } = present(cluster.members.find((each) => each.nodeId === nodeId), 'a member of the cluster')
  return `${host}:${port}`
}

/** The group has taken it out. */
export async function forgetMember(cluster: Cluster, nodeId: string, options: MembershipOptions): Promise<Changed> {
  await cluster.removeNode(nodeId)
  const gone = await removeNodeDirectory(options.directory, cluster.file.clusterId, nodeId)
  return gone.ok ? ok({ nodeId }) : gone
}
