/** Who leads, and who is a member of which kind, by the members' own words. Pure. */
import type { MemberKind } from '../../../core/machine'
import { isUnknown, type GroupObservation, type NodeObservation } from '../../../core/observation'

const groupOf = (observation: NodeObservation): GroupObservation | undefined => (observation.reachability === 'ok' ? observation.groups[0] : undefined)

const leads = (group: GroupObservation): boolean => group.role === 'leader' || group.role === 'primary'

const fenceOf = (group: GroupObservation | undefined): bigint => (group === undefined || isUnknown(group.fence) ? -1n : group.fence.value)

function leadersFirst(observations: readonly NodeObservation[]): NodeObservation[] {
  const rank = (observation: NodeObservation): readonly [number, bigint] => {
    const group = groupOf(observation)
    return [group !== undefined && leads(group) ? 0 : 1, -fenceOf(group)]
  }
  return [...observations].sort((left, right) => {
    const [a, b] = [rank(left), rank(right)]
    return a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0)
  })
}

/** Whoever says that it leads in the highest epoch comes first. */
export const leadershipOrder = (observations: readonly NodeObservation[]): readonly string[] => leadersFirst(observations).map(({ nodeId }) => nodeId)

/** The end of a member's log by its own word: the term of its last entry, and where that lies. */
function logEnd(observation: NodeObservation): readonly [bigint, bigint] {
  const last = groupOf(observation)?.log.last
  const { lastTerm } = observation.extras
  return [typeof lastTerm === 'number' || typeof lastTerm === 'bigint' ? BigInt(lastTerm) : -1n, last === undefined || isUnknown(last) ? -1n : last.value]
}

/**
 * Whoever holds most comes first, as in an election of Raft (section 5.4.1): the later last term, then the longer log. What a member knows to be
 * committed says nothing: one that was started again knows of little, and may be the only one that holds the rest.
 */
export function fullestFirst(observations: readonly NodeObservation[]): readonly { readonly nodeId: string; readonly lastIndex: bigint }[] {
  const ends = observations.map((observation) => ({ nodeId: observation.nodeId, end: logEnd(observation) }))
  ends.sort(({ end: a }, { end: b }) => (a[0] === b[0] ? Number(b[1] - a[1]) : a[0] < b[0] ? 1 : -1))
  return ends.map(({ nodeId, end: [, lastIndex] }) => ({ nodeId, lastIndex }))
}

/** What each member is by the word of whoever leads; empty where nobody does. */
export function membersByLeader(observations: readonly NodeObservation[]): ReadonlyMap<string, MemberKind> {
  const [first] = leadersFirst(observations)
  const group = first === undefined ? undefined : groupOf(first)
  if (group === undefined || !leads(group) || isUnknown(group.members)) return new Map()
  return new Map(group.members.map(({ id, voter, witness }) => [id, witness === true ? 'witness' : voter ? 'voter' : 'learner']))
}
