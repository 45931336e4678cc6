/** Changes worth a line in the list of events, found by comparing two moments of one cluster. */
import type { Alarm, ClusterMoment, Fence, Measured, NodeObservation } from '../observation'
import { isUnknown } from '../observation'
import { disagreementsOf } from './disagreements'
import type { Earlier } from './earlier'
import { linkKey, NOTHING_EARLIER } from './earlier'
import { marginOf, stateOf } from './margin'
import { fenceParameters, sentence } from './sentence'
import type { Survey } from './survey'
import { authoritativeMembers, compareFences, fenceLabel, fenceText, leads, mainGroup, nameOf, surveyOf } from './survey'
import { DEFAULT_THRESHOLDS } from './thresholds'
import type { ClusterEvent, Sentence, Severity, Thresholds } from './types'

interface Pair {
  readonly before: Survey
  readonly after: Survey
  readonly earlier: Earlier | null
}

type Draft = Pick<ClusterEvent, 'kind' | 'severity' | 'sentence'> & { readonly nodeId?: string }

const draft = (kind: ClusterEvent['kind'], severity: Severity, words: Sentence, nodeId?: string): Draft =>
  nodeId === undefined ? { kind, severity, sentence: words } : { kind, severity, sentence: words, nodeId }

/** Every (leader, fence) that some member names, by its text. */
function namedReigns(survey: Survey): Map<string, { leaderId: string; fence: Fence }> {
  const named = new Map<string, { leaderId: string; fence: Fence }>()
  for (const { observation } of survey.voices) {
    const group = observation?.reachability === 'ok' ? mainGroup(observation) : null
    if (group === null || isUnknown(group.fence) || typeof group.leaderId !== 'string') continue
    named.set(`${fenceText(group.fence)} ${group.leaderId}`, { leaderId: group.leaderId, fence: group.fence })
  }
  return named
}

function highestFence(survey: Survey): Fence | null {
  let highest: Fence | null = null
  for (const { observation } of survey.voices) {
    const fence = observation?.reachability === 'ok' ? mainGroup(observation)?.fence : undefined
    if (fence === undefined || isUnknown(fence)) continue
    if (highest === null || (compareFences(fence, highest) ?? 0) > 0) highest = fence
  }
  return highest
}

function reignEvents({ before, after }: Pair): Draft[] {
  const drafts: Draft[] = []
  const known = highestFence(before)
  const now = highestFence(after)
  if (known !== null && now !== null && (compareFences(now, known) ?? 0) > 0) {
    drafts.push(draft('epoch-changed', 'info', sentence('event.epoch-changed', { ...fenceParameters(now), earlier: fenceLabel(known) })))
  }
  const named = namedReigns(before)
  // A reign is new when nobody named it before. Where no member told its fence before, new cannot be told from newly heard.
  for (const [text, { leaderId, fence }] of namedReigns(after)) {
    if (known === null || named.has(text) || (compareFences(fence, known) ?? -1) < 0) continue
    drafts.push(draft('leader-elected', 'info', sentence(fence.kind === 'view' ? 'event.primary-named' : 'event.leader-elected', { leader: nameOf(after, leaderId), ...fenceParameters(fence) }), leaderId))
  }
  const lost = before.quorum && before.reign !== null && !after.quorum ? before.reign : null
  if (lost !== null && stateOf(after, NOTHING_EARLIER) !== 'unknown') {
    drafts.unshift(draft('leader-lost', 'warning', sentence('event.leader-lost', { leader: nameOf(before, lost.leaderId), ...fenceParameters(lost.fence) }), lost.leaderId))
  }
  return drafts
}

function reachEvents({ earlier }: Pair, was: NodeObservation, is: NodeObservation, name: string): Draft[] {
  if (was.reachability === 'ok' && is.reachability !== 'ok') {
    return [draft('node-down', 'warning', sentence('event.node-down', { name, whyKey: `reachability.${is.reachability}` }), is.nodeId)]
  }
  if (was.reachability !== 'ok' && is.reachability === 'ok') {
    const again = earlier?.answeredAtMs.has(is.nodeId) ?? true
    return [draft('node-up', 'info', sentence(again ? 'event.node-up' : 'event.node-answers', { name }), is.nodeId)]
  }
  return []
}

const isView = (fence: Measured<Fence>): boolean => !isUnknown(fence) && fence.kind === 'view'

function roleEvents(was: NodeObservation, is: NodeObservation, name: string): Draft[] {
  const earlier = mainGroup(was)
  const group = mainGroup(is)
  if (group === null || isUnknown(group.role)) return []
  if (group.role === 'candidate') {
    const sameBid = earlier?.role === 'candidate' && !isUnknown(earlier.fence) && !isUnknown(group.fence) && fenceText(earlier.fence) === fenceText(group.fence)
    return sameBid ? [] : [draft('election-started', 'info', sentence(isView(group.fence) ? 'event.view-change-started' : 'event.election-started', { name, ...fenceParameters(group.fence) }), is.nodeId)]
  }
  // Winning is told by leader-elected, and losing an election is nothing new.
  if (earlier === null || isUnknown(earlier.role) || earlier.role === group.role || leads(group) || earlier.role === 'candidate') return []
  return [draft('role-changed', 'info', sentence('event.role-changed', { name, fromKey: `role.${earlier.role}`, toKey: `role.${group.role}` }), is.nodeId)]
}

function linkEvents({ after, earlier }: Pair, was: NodeObservation, is: NodeObservation, name: string): Draft[] {
  if (was.reachability !== 'ok' || is.reachability !== 'ok') return []
  const connectedBefore = new Map(was.links.map((link) => [link.peerId, link.connected]))
  return is.links.flatMap(({ peerId, connected }): Draft[] => {
    const before = connectedBefore.get(peerId)
    const words = { from: name, to: nameOf(after, peerId) }
    if (before === true && connected === false) return [draft('link-down', 'warning', sentence('event.link-down', words), is.nodeId)]
    if (before === false && connected === true) {
      const again = earlier?.linked.has(linkKey(is.nodeId, peerId)) ?? true
      return [draft('link-up', 'info', sentence(again ? 'event.link-up' : 'event.link-made', words), is.nodeId)]
    }
    return []
  })
}

function alarmEvents({ after }: Pair, was: NodeObservation, is: NodeObservation, name: string): Draft[] {
  if (was.reachability !== 'ok' || is.reachability !== 'ok') return []
  const plain = (alarms: readonly Alarm[]): string[] => alarms.flatMap(({ code, about }) => (about === undefined ? [code] : []))
  const earlier = new Set(plain(was.alarms))
  const now = new Set(plain(is.alarms))
  const words = (alarm: string): Sentence['parameters'] => ({ name, alarm })
  const accused = new Set(was.alarms.map(({ about }) => about))
  return [
    ...is.alarms.flatMap(({ about, text }) => (about === undefined || about === is.nodeId || accused.has(about)
      ? [] : [draft('misbehaviour', 'critical', sentence('event.misbehaviour', { name, accused: after.byId.get(about)?.name ?? about, text }), about)])),
    ...[...now].filter((code) => !earlier.has(code)).map((code) => draft('alarm-raised', 'warning', sentence('event.alarm-raised', words(code)), is.nodeId)),
    ...[...earlier].filter((code) => !now.has(code)).map((code) => draft('alarm-cleared', 'info', sentence('event.alarm-cleared', words(code)), is.nodeId)),
  ]
}

function versionEvents(was: NodeObservation, is: NodeObservation, name: string): Draft[] {
  if (isUnknown(was.version) || isUnknown(is.version) || was.version === is.version) return []
  return [draft('version-changed', 'info', sentence('event.version-changed', { name, from: was.version, to: is.version }), is.nodeId)]
}

function memberEvents({ before, after }: Pair): Draft[] {
  const was = authoritativeMembers(before.moment, before.nowMs, before.thresholds.staleAfterMs)
  const is = authoritativeMembers(after.moment, after.nowMs, after.thresholds.staleAfterMs)
  const earlier = was !== null && is !== null ? was : before.moment.expected
  const now = was !== null && is !== null ? is : after.moment.expected
  const added = now.filter(({ id }) => !earlier.some((member) => member.id === id))
  const removed = earlier.filter(({ id }) => !now.some((member) => member.id === id))
  return [
    ...added.map(({ id, name }) => draft('member-added', 'info', sentence('event.member-added', { name: name === '' ? id : name }), id)),
    ...removed.map(({ id, name }) => draft('member-removed', 'warning', sentence('event.member-removed', { name: name === '' ? id : name }), id)),
  ]
}

function quorumEvents({ before, after }: Pair): Draft[] {
  const was = stateOf(before, NOTHING_EARLIER)
  const is = stateOf(after, NOTHING_EARLIER)
  const margin = marginOf(after, is)
  const counts = { answering: margin.answering, agreeing: margin.agreeing, voters: margin.voters }
  if (before.quorum && is === 'no-quorum') return [draft('quorum-lost', 'critical', sentence('event.quorum-lost', counts))]
  if (was === 'no-quorum' && after.quorum) return [draft('quorum-regained', 'info', sentence('event.quorum-regained', counts))]
  return []
}

function disagreementEvents({ before, after }: Pair): Draft[] {
  const was = disagreementsOf(before)
  const is = disagreementsOf(after)
  const twoLeaders = (found: typeof is): boolean => found.some(({ about }) => about === 'leaders-in-one-reign')
  if (twoLeaders(is) && !twoLeaders(was)) return [draft('disagreement', 'critical', sentence('event.two-leaders', {}))]
  if (is.length > 0 && was.length === 0) return [draft('disagreement', 'warning', sentence('event.disagreement', { aboutKey: `about.${is[0]?.about ?? 'leader'}` }))]
  if (is.length === 0 && was.length > 0) return [draft('agreement', 'info', sentence('event.agreement', {}))]
  return []
}

/**
 * What changed between two moments, in the order in which it is best read. The first moment ever (`previous` null) changes nothing.
 * `earlier` is what came before `next`: it tells who is back from who answers for the first time. Without it everybody is taken as back.
 */
export function eventsBetween(
  previous: ClusterMoment | null, next: ClusterMoment, thresholds: Thresholds = DEFAULT_THRESHOLDS, earlier: Earlier | null = null,
): ClusterEvent[] {
  if (previous === null) return []
  const pair = { before: surveyOf(previous, previous.atMs, thresholds), after: surveyOf(next, next.atMs, thresholds), earlier }
  const drafts: Draft[] = []
  for (const { id, name, observation: is } of pair.after.voices) {
    const was = pair.before.byId.get(id)?.observation ?? null
    if (was === null || is === null || was === is) continue
    drafts.push(...reachEvents(pair, was, is, name), ...roleEvents(was, is, name), ...linkEvents(pair, was, is, name))
    drafts.push(...alarmEvents(pair, was, is, name), ...versionEvents(was, is, name))
  }
  drafts.push(...reignEvents(pair), ...quorumEvents(pair), ...memberEvents(pair), ...disagreementEvents(pair))
  return drafts.map((each) => ({ atMs: next.atMs, clusterId: next.clusterId, ...each }))
}
