/**
 * The way on for a cluster whose majority is lost for good: the survivor that holds the most decides alone. Explicit, checked against
 * what the members say at this moment, and told to whoever keeps the record.
 */
import type { Result } from '../../../core/base'
import { fail, ok } from '../../../core/base'
import { derive } from '../../../core/observe'
import { AGENT_LIMITS } from '../../../contract/agent'
import type { Cluster } from './cluster'
import { removeNodeDirectory } from './cluster-file'
import { fullestFirst } from './leadership'
import { SANDBOX_LIMITS } from './limits'
import type { MemberCode } from './joining'
import type { LifeCode } from './node'
import { addressOf } from './node-start'

export type RecoverCode = Exclude<MemberCode, 'too-many'> | 'still-quorate'

export interface Recovered {
  /** The survivor. */
  readonly nodeId: string
  /** Who was given up. */
  readonly lost: readonly string[]
}

export async function recoverCluster(cluster: Cluster, directory: string): Promise<Result<Recovered, RecoverCode>> {
  if (cluster.protocol !== 'raft') return fail('protocol-unsupported', 'Only a Raft cluster can go on without its majority.', 'Bring members back until a majority answers.')
  if (cluster.phase !== 'running') return fail('wrong-state', 'The cluster is not running.', 'Start it first: its members may all be there.')
  const moment = await cluster.observeAnew(AGENT_LIMITS.observeTimeoutMs + SANDBOX_LIMITS.ownDelayMs)
  if (derive(moment, moment.atMs).state !== 'no-quorum') {
    return fail('still-quorate', 'It is not certain that the majority is lost: enough members answer, or too little is known.', 'Change its members in the ordinary way, or look again in a moment.')
  }
  const voters = new Set(cluster.file.nodes.flatMap(({ nodeId, member }) => (member === 'voter' ? [nodeId] : [])))
  // A witness keeps no data and cannot become a member that does: it is given up with the lost, and another added afterwards.
  const witnesses = new Set(cluster.file.nodes.flatMap(({ nodeId, member }) => (member === 'witness' ? [nodeId] : [])))
  const answering = moment.observations.filter(({ nodeId, reachability, groups }) => reachability === 'ok' && groups.length > 0 && !witnesses.has(nodeId) && cluster.node(nodeId)?.state === 'running')
  const [survivor] = fullestFirst(answering.filter(({ nodeId }) => voters.has(nodeId)))
  if (survivor === undefined) return fail('no-leader', 'No voter answers that could go on.', 'Start one of them first.')
  const lost = cluster.file.nodes.map(({ nodeId }) => nodeId).filter((nodeId) => !answering.some((each) => each.nodeId === nodeId))
  const forced = await forceOnlyVoter(cluster, survivor.nodeId, Number(survivor.lastIndex), answering.map(({ nodeId }) => nodeId))
  if (!forced.ok) return forced
  for (const nodeId of lost) {
    await cluster.removeNode(nodeId)
    // A folder that stays costs space only: its node is not started any more.
    await removeNodeDirectory(directory, cluster.file.clusterId, nodeId)
  }
  return (await leadsSoon(cluster, survivor.nodeId))
    ? ok({ nodeId: survivor.nodeId, lost })
    : fail('unknown-outcome', `${survivor.nodeId} was made the only voter and does not lead yet.`, 'Look at what it says.')
}

/** Restarts a node as the only voter, with the others given as learners. `lastIndex` is of its log, as it was seen. */
async function forceOnlyVoter(cluster: Cluster, nodeId: string, lastIndex: number, staying: readonly string[]): Promise<Result<null, LifeCode | 'not-found'>> {
  const node = cluster.node(nodeId)
  if (!node) return fail('not-found', `There is no node ${nodeId} in this cluster.`)
  const members = cluster.file.nodes.filter((each) => staying.includes(each.nodeId))
    .map((each) => ({ ...addressOf(each), member: each.nodeId === nodeId ? ('voter' as const) : ('learner' as const) }))
  const forced = await node.restartForced({ members, lastIndex })
  // It runs on as it was: nothing was changed.
  if (!forced.ok) await node.start()
  return forced
}

async function leadsSoon(cluster: Cluster, nodeId: string): Promise<boolean> {
  const endMs = performance.now() + AGENT_LIMITS.controlTimeoutMs
  while (performance.now() < endMs) {
    if (cluster.observation(nodeId)?.groups[0]?.role === 'leader') return true
    await new Promise((resolve) => setTimeout(resolve, SANDBOX_LIMITS.leaderSearchEveryMs))
  }
  return false
}
