/**
 * A ClusterMoment read once for all derivations: who is a member, who is a voter, whose word is fresh, and on which reign
 * (leader and fence) the voters agree.
 */
import type { ClusterMoment, Fence, GroupObservation, Measured, MemberClaim, NodeObservation } from '../observation'
import { isUnknown } from '../observation'
import { muteAmong } from './mute'
import { ruleOf, quorumSize, type QuorumRule } from './quorum-rule'
import type { Thresholds } from './types'

export interface Voice {
  readonly id: string
  readonly name: string
  readonly endpoint: string
  readonly domain: string | undefined
  readonly voter: boolean
  /** Between two configurations: it votes in this one only. */
  readonly half: MemberClaim['half']
  readonly expected: boolean
  /** The latest word, or the latest failure to get one. */
  readonly observation: NodeObservation | null
  readonly ageMs: number | null
  /** Nothing recent is known of it: neither an answer nor a failure to answer. */
  readonly stale: boolean
  /** It answered, and recently. */
  readonly answering: boolean
  /** What it says of the replication group; only while it is answering. */
  readonly group: GroupObservation | null
}

/** The largest set of voters that name one leader in one fence. */
export interface Reign {
  readonly leaderId: string
  readonly fence: Measured<Fence>
  readonly agreeing: readonly string[]
  /** The leader they name says otherwise, or is known not to run. */
  readonly denied: boolean
}

export interface Survey {
  readonly moment: ClusterMoment
  readonly nowMs: number
  readonly thresholds: Thresholds
  /** Expected members first, in their order, then the others by name. */
  readonly voices: readonly Voice[]
  readonly byId: ReadonlyMap<string, Voice>
  readonly voters: readonly Voice[]
  /** What the group decides by. */
  readonly rule: QuorumRule
  /** Voters that it takes at least. */
  readonly needed: number
  /** The sets of voters each of which has to agree: two between two configurations (joint consensus), else one. */
  readonly electorates: readonly (readonly string[])[]
  /** Voters that say nothing to the others, by the word of enough of them. Only where members may lie. */
  readonly mute: readonly string[]
  readonly reign: Reign | null
  /** A quorum of voters, between two configurations one of each, agrees and the leader does not deny it. */
  readonly quorum: boolean
}

export const fenceText = (fence: Fence): string => `${fence.kind}:${fence.value}`

/** As the protocol itself writes it. */
export const fenceLabel = (fence: Fence): string => fence.label ?? fence.value.toString()

/** Negative, zero or positive; null where the two do not compare. */
export function compareFences(left: Fence, right: Fence): number | null {
  if (left.kind !== right.kind) return null
  return left.value < right.value ? -1 : left.value > right.value ? 1 : 0
}

/** What a member says of its replication group: the first one it takes part in. */
export const mainGroup = (observation: NodeObservation): GroupObservation | null => observation.groups[0] ?? null

export const leads = (group: GroupObservation): boolean => group.role === 'leader' || group.role === 'primary'

export const nameOf = (survey: Survey, id: string): string => survey.byId.get(id)?.name ?? id

const isAnswering = (observation: NodeObservation, nowMs: number, staleAfterMs: number): boolean =>
  observation.reachability === 'ok' && nowMs - observation.atMs <= staleAfterMs

/** Membership by the word of the leading member in the highest fence, else of the member in the highest fence. */
export function authoritativeMembers(moment: ClusterMoment, nowMs: number, staleAfterMs: number): readonly MemberClaim[] | null {
  let best: { fence: bigint; leading: boolean; members: readonly MemberClaim[] } | null = null
  for (const observation of moment.observations) {
    const group = isAnswering(observation, nowMs, staleAfterMs) ? mainGroup(observation) : null
    if (group === null || isUnknown(group.members) || isUnknown(group.fence)) continue
    if (!group.members.some((member) => member.id === observation.nodeId)) continue
    const candidate = { fence: group.fence.value, leading: leads(group), members: group.members }
    const better = best === null || candidate.fence > best.fence || (candidate.fence === best.fence && candidate.leading && !best.leading)
    // A candidate alone in a newer term does not decide who is a member: a leader's word goes before it.
    if (best?.leading === true && !candidate.leading) continue
    if (better || (candidate.leading && best?.leading === false)) best = candidate
  }
  return best?.members ?? null
}

interface Identity {
  name: string
  endpoint: string
  domain: string | undefined
  voter: boolean
  half: MemberClaim['half']
  expected: boolean
}

function identities(moment: ClusterMoment, claims: readonly MemberClaim[] | null): Map<string, Identity> {
  const found = new Map<string, Identity>()
  for (const { id, name, endpoint, voter, domain } of moment.expected) found.set(id, { name, endpoint, domain, voter, half: undefined, expected: true })
  const claimed = new Map((claims ?? []).map((claim) => [claim.id, claim]))
  // In a consensus group the leader's membership decides; an expected member that it does not list is no voter any more.
  if (claims !== null) for (const [id, identity] of found) [identity.voter, identity.half] = [claimed.get(id)?.voter ?? false, claimed.get(id)?.half]
  const extra: [string, Identity][] = []
  for (const claim of claimed.values()) {
    if (found.has(claim.id)) continue
    extra.push([claim.id, { name: claim.name, endpoint: claim.address, domain: undefined, voter: claim.voter, half: claim.half, expected: false }])
  }
  for (const observation of moment.observations) {
    if (found.has(observation.nodeId) || claimed.has(observation.nodeId)) continue
    const role = mainGroup(observation)?.role
    const voter = claims === null && role !== 'learner' && role !== 'observer'
    extra.push([observation.nodeId, { name: observation.name, endpoint: observation.source.endpoint, domain: undefined, voter, half: undefined, expected: false }])
  }
  extra.sort(([, left], [, right]) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0))
  for (const [id, identity] of extra) found.set(id, identity)
  return found
}

function voicesOf(moment: ClusterMoment, nowMs: number, staleAfterMs: number): Voice[] {
  const latest = new Map<string, NodeObservation>()
  for (const observation of moment.observations) {
    const known = latest.get(observation.nodeId)
    if (known === undefined || known.atMs <= observation.atMs) latest.set(observation.nodeId, observation)
  }
  const voices: Voice[] = []
  for (const [id, identity] of identities(moment, authoritativeMembers(moment, nowMs, staleAfterMs))) {
    const observation = latest.get(id) ?? null
    const ageMs = observation === null ? null : Math.max(0, nowMs - observation.atMs)
    const stale = ageMs === null || ageMs > staleAfterMs
    const answering = !stale && observation?.reachability === 'ok'
    const name = identity.name === '' ? (observation?.name ?? id) : identity.name
    voices.push({ id, ...identity, name, observation, ageMs, stale, answering, group: answering && observation !== null ? mainGroup(observation) : null })
  }
  return voices
}

function isDenied(leader: Voice | undefined, leaderId: string, fence: Measured<Fence>, rule: QuorumRule): boolean {
  if (leader === undefined || leader.stale) return false
  const reachability = leader.observation?.reachability
  // Where the primary follows from the view, one that is gone is replaced as soon as there is something to decide.
  if (rule === 'byzantine' && reachability !== 'ok') return false
  if (reachability === 'refused' || reachability === 'stopped' || reachability === 'ended') return true
  if (leader.group === null) return false
  if (!isUnknown(leader.group.role) && !leads(leader.group)) return true
  if (!isUnknown(leader.group.leaderId) && leader.group.leaderId !== leaderId) return true
  return !isUnknown(leader.group.fence) && !isUnknown(fence) && fenceText(leader.group.fence) !== fenceText(fence)
}

function reignOf(voters: readonly Voice[], byId: ReadonlyMap<string, Voice>, rule: QuorumRule): Reign | null {
  const groups = new Map<string, { leaderId: string; fence: Measured<Fence>; agreeing: string[] }>()
  for (const { id, group } of voters) {
    if (group === null || isUnknown(group.leaderId) || group.leaderId === null) continue
    const key = `${isUnknown(group.fence) ? '' : fenceText(group.fence)} ${group.leaderId}`
    const known = groups.get(key) ?? { leaderId: group.leaderId, fence: group.fence, agreeing: [] }
    known.agreeing.push(id)
    groups.set(key, known)
  }
  let best: { leaderId: string; fence: Measured<Fence>; agreeing: string[] } | null = null
  for (const each of groups.values()) if (best === null || each.agreeing.length > best.agreeing.length) best = each
  return best === null ? null : { ...best, denied: isDenied(byId.get(best.leaderId), best.leaderId, best.fence, rule) }
}

function electoratesOf(voters: readonly Voice[]): readonly (readonly string[])[] {
  const without = (half: MemberClaim['half']): readonly string[] => voters.filter((voice) => voice.half !== half).map(({ id }) => id)
  return voters.some(({ half }) => half !== undefined) ? [without('incoming'), without('outgoing')] : [voters.map(({ id }) => id)]
}

/** How many of `ids` are beyond what a quorum takes, where that is fewest; negative where it takes more. */
export function spareAmong({ electorates, rule }: Pick<Survey, 'electorates' | 'rule'>, ids: readonly string[]): number {
  return Math.min(...electorates.map((each) => each.filter((id) => ids.includes(id)).length - quorumSize(rule, each)))
}

export function surveyOf(moment: ClusterMoment, nowMs: number, thresholds: Thresholds): Survey {
  const voices = voicesOf(moment, nowMs, thresholds.staleAfterMs)
  const byId = new Map(voices.map((voice) => [voice.id, voice]))
  const voters = voices.filter((voice) => voice.voter)
  const rule = ruleOf(voices.flatMap(({ group }) => (group === null || isUnknown(group.fence) ? [] : [group.fence.kind])))
  const electorates = electoratesOf(voters)
  const needed = Math.max(...electorates.map((each) => quorumSize(rule, each)))
  const mute = rule === 'byzantine' ? muteAmong(voters, thresholds.staleAfterMs) : []
  const reign = reignOf(voters.filter(({ id }) => !mute.includes(id)), byId, rule)
  const quorum = reign !== null && !reign.denied && spareAmong({ electorates, rule }, reign.agreeing) >= 0
  return { moment, nowMs, thresholds, voices, byId, voters, rule, needed, electorates, mute, reign, quorum }
}
