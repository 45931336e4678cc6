/** When a member may be restarted, which one is next, and when it is back. Pure. */
import { isUnknown, type NodeObservation } from '../../../core/observation'
import type { ClusterDerivation } from '../../../core/observe'

/** Whom the members agree to follow; null where they do not, or where it is not known. */
export function leaderOf({ leader }: Pick<ClusterDerivation, 'leader'>): string | null {
  return 'value' in leader ? leader.value : null
}

/** Whoever leads comes last, so that leadership moves once. */
export function leaderLast(nodeIds: readonly string[], leader: string | null): readonly string[] {
  return [...nodeIds.filter((nodeId) => nodeId !== leader), ...nodeIds.filter((nodeId) => nodeId === leader)]
}

/** Those of the given that may lead, whether or not they answer: voters with data. */
export function electable({ topology }: Pick<ClusterDerivation, 'topology'>, prefer: readonly string[]): readonly string[] {
  return prefer.filter((nodeId) => topology.nodes.some(({ id, voter, role }) => id === nodeId && voter && role !== 'witness'))
}

/** The first of those that are preferred that can lead now. */
export function preferredLeader(derivation: Pick<ClusterDerivation, 'topology'>, prefer: readonly string[]): string | null {
  return electable(derivation, prefer).find((nodeId) => derivation.topology.nodes.some(({ id, reachability }) => id === nodeId && reachability === 'ok')) ?? null
}

export function votes({ topology }: Pick<ClusterDerivation, 'topology'>, nodeId: string): boolean {
  // A member that nobody has told about may be a voter.
  return topology.nodes.find(({ id }) => id === nodeId)?.voter ?? true
}

/** Without it a quorum of voters still agrees. What is not known is no. */
export function canSpare(derivation: Pick<ClusterDerivation, 'topology' | 'margin'>, nodeId: string): boolean {
  const { canLose } = derivation.margin
  return canLose !== null && canLose >= (votes(derivation, nodeId) ? 1 : 0)
}

/** The furthest that anybody says to be committed; null where nobody says. */
export function committedAmong(observations: readonly NodeObservation[]): bigint | null {
  return observations.reduce<bigint | null>((furthest, { reachability, groups }) => {
    const committed = reachability === 'ok' ? groups[0]?.log.committed : undefined
    if (committed === undefined || isUnknown(committed)) return furthest
    return furthest === null || committed.value > furthest ? committed.value : furthest
  }, null)
}

/** It answers, follows whom the others follow or leads itself, and has applied everything up to `target`. A witness has nothing to apply. */
export function hasCaughtUp(observation: NodeObservation | undefined, leader: string | null, target: bigint): boolean {
  const group = observation?.reachability === 'ok' ? observation.groups[0] : undefined
  if (group === undefined || leader === null || group.leaderId !== leader) return false
  const { applied } = group.log
  return group.role === 'witness' || (!isUnknown(applied) && applied.value >= target)
}
