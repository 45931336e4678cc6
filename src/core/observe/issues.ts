/** Conditions that call for attention, each with whose word it rests on, a likely cause and what to do. */
import type { Reachability } from '../observation'
import { isUnknown } from '../observation'
import { accusationsOf, MISBEHAVIOUR } from './accusations'
import { CONSOLE, sentence } from './sentence'
import type { Survey, Voice } from './survey'
import { nameOf } from './survey'
import { figure } from './topology'
import type { ClusterState, Disagreement, FollowerLag, HealthIssue, QuorumMargin, TopologyLink } from './types'

export interface IssueInput {
  readonly survey: Survey
  readonly state: ClusterState
  readonly margin: QuorumMargin
  readonly links: readonly TopologyLink[]
  readonly disagreements: readonly Disagreement[]
  readonly lag: readonly FollowerLag[]
}

const CAUSE_OF: Readonly<Record<Exclude<Reachability, 'ok'>, string>> = {
  refused: 'cause.process-down',
  timeout: 'cause.hangs-or-cut-off',
  'auth-failed': 'cause.credentials',
  'tunnel-down': 'cause.tunnel',
  stopped: 'cause.stopped',
  ended: 'cause.ended',
  unknown: 'cause.not-told',
}

function nodeFailed({ survey }: IssueInput): HealthIssue[] {
  return survey.voices.flatMap((voice) => {
    const reachability = voice.observation?.reachability
    if (voice.stale || reachability === undefined || reachability === 'ok') return []
    return [{
      key: `node-failed:${voice.id}`, code: 'node-failed' as const, severity: 'warning' as const,
      clusterId: survey.moment.clusterId, nodeId: voice.id, by: [CONSOLE],
      sentence: sentence('issue.node-failed', { name: voice.name, whyKey: `reachability.${reachability}` }),
      cause: CAUSE_OF[reachability],
      advice: reachability === 'auth-failed' ? 'advice.check-credentials' : reachability === 'tunnel-down' ? 'advice.check-tunnel' : 'advice.check-node',
    }]
  })
}

function linkFailed({ survey, links }: IssueInput): HealthIssue[] {
  return links.flatMap((link) => {
    // A link to a member that is down itself is explained by that.
    if (link.state !== 'down' || survey.byId.get(link.from)?.answering !== true || survey.byId.get(link.to)?.answering !== true) return []
    return [{
      key: `link-failed:${link.from}>${link.to}`, code: 'link-failed' as const, severity: 'warning' as const,
      clusterId: survey.moment.clusterId, nodeId: link.from, peerId: link.to, by: [link.from, link.to],
      sentence: sentence('issue.link-failed', { from: nameOf(survey, link.from), to: nameOf(survey, link.to) }),
      cause: 'cause.network-cut', advice: 'advice.check-network',
    }]
  })
}

function highLatency({ survey, links }: IssueInput): HealthIssue[] {
  const { clusterId } = survey.moment
  const limit = survey.thresholds.highLatencyMs
  const slow = (voice: Voice): HealthIssue[] => {
    const value = voice.answering && voice.observation !== null ? figure(voice.observation.rttMs) : null
    if (value === null || value <= limit) return []
    return [{
      key: `high-latency:${voice.id}`, code: 'high-latency', severity: 'warning', clusterId, nodeId: voice.id, by: [CONSOLE],
      sentence: sentence('issue.high-latency.node', { name: voice.name, rttMs: Math.round(value), limitMs: limit }),
      cause: 'cause.overload-or-distance', advice: 'advice.check-load', measure: { value, limit, unit: 'ms' },
    }]
  }
  const slowLinks = links.flatMap((link): HealthIssue[] => {
    const value = figure(link.rttMs)
    if (value === null || value <= limit || link.state === 'down') return []
    return [{
      key: `high-latency:${link.from}>${link.to}`, code: 'high-latency', severity: 'warning', clusterId, nodeId: link.from, peerId: link.to, by: [link.from],
      sentence: sentence('issue.high-latency.link', { from: nameOf(survey, link.from), to: nameOf(survey, link.to), rttMs: Math.round(value), limitMs: limit }),
      cause: 'cause.overload-or-distance', advice: 'advice.check-network', measure: { value, limit, unit: 'ms' },
    }]
  })
  return [...survey.voices.flatMap(slow), ...slowLinks]
}

function lowAvailability({ survey, state, margin }: IssueInput): HealthIssue[] {
  if (state === 'unknown' || state === 'starting' || margin.voters < 2) return []
  const value = margin.answering / margin.voters
  const limit = survey.thresholds.lowAvailabilityShare
  if (value >= limit) return []
  return [{
    key: 'low-availability', code: 'low-availability', severity: 'warning', clusterId: survey.moment.clusterId, by: [CONSOLE],
    sentence: sentence('issue.low-availability', { answering: margin.answering, voters: margin.voters, share: Math.round(value * 100) }),
    cause: 'cause.several-down', advice: 'advice.restore-members', measure: { value, limit, unit: 'share' },
  }]
}

function quorumIssues({ survey, state, margin }: IssueInput): HealthIssue[] {
  const { clusterId } = survey.moment
  const by = survey.voters.filter((voice) => voice.answering).map((voice) => voice.id)
  const measure = { value: margin.agreeing, limit: margin.needed, unit: 'voters' } as const
  const counts = { answering: margin.answering, agreeing: margin.agreeing, voters: margin.voters, needed: margin.needed }
  if (state === 'no-quorum' && margin.answering < margin.needed) {
    return [{
      key: 'quorum-lost', code: 'quorum-lost', severity: 'critical', clusterId, by: by.length > 0 ? by : [CONSOLE],
      sentence: sentence('issue.quorum-lost', counts), cause: 'cause.majority-down', advice: 'advice.restore-majority', measure,
    }]
  }
  if (state === 'no-quorum') {
    return [{
      key: 'no-leader', code: 'no-leader', severity: 'critical', clusterId, by,
      sentence: sentence('issue.no-leader', counts), cause: 'cause.election-not-won', advice: 'advice.check-links', measure,
    }]
  }
  // Two voters, or one, can never lose any: that is how the cluster was built, not what happened to it.
  if (state !== 'at-risk' || margin.canLose !== 0 || margin.voters < 3) return []
  return [{
    key: 'quorum-at-risk', code: 'quorum-at-risk', severity: 'warning', clusterId, by,
    sentence: sentence('issue.quorum-at-risk', counts), cause: 'cause.members-missing', advice: 'advice.restore-members', measure,
  }]
}

const viewsText = (survey: Survey, { views }: Disagreement): string =>
  views.map(({ value, nodeIds }) => `${nodeIds.map((id) => nameOf(survey, id)).join(', ')}: ${value}`).join('; ')

function disagreementIssues({ survey, disagreements }: IssueInput): HealthIssue[] {
  const issueOf = (about: Disagreement['about'], severity: HealthIssue['severity'], cause: string, advice: string): HealthIssue[] => {
    const found = disagreements.find((each) => each.about === about)
    if (found === undefined) return []
    return [{
      key: `members-disagree:${about}`, code: 'members-disagree', severity, clusterId: survey.moment.clusterId,
      by: found.views.flatMap(({ nodeIds }) => nodeIds),
      sentence: sentence(`issue.members-disagree.${about}`, { views: viewsText(survey, found) }), cause, advice,
    }]
  }
  const leader = issueOf('leader', 'warning', 'cause.partition-or-election', 'advice.compare-matrix')
  return [
    ...issueOf('leaders-in-one-reign', 'critical', 'cause.protocol-violated', 'advice.stop-writes'),
    // Members in different fences usually name different leaders too: one alert, not two.
    ...(leader.length > 0 ? leader : issueOf('fence', 'warning', 'cause.partition-or-election', 'advice.compare-matrix')),
    ...issueOf('members', 'warning', 'cause.membership-change', 'advice.compare-matrix'),
  ]
}

function replicationLag({ survey, lag }: IssueInput): HealthIssue[] {
  const limit = survey.thresholds.lagEntries
  return lag.flatMap((each): HealthIssue[] => {
    if (isUnknown(each.entries) || each.entries <= BigInt(Math.floor(limit)) || survey.byId.get(each.nodeId)?.answering !== true) return []
    const value = Number(each.entries)
    return [{
      key: `replication-lag:${each.nodeId}`, code: 'replication-lag', severity: 'warning', clusterId: survey.moment.clusterId, nodeId: each.nodeId, by: [each.by],
      sentence: sentence('issue.replication-lag', { name: each.name, entries: value, limit }),
      cause: 'cause.slow-follower', advice: 'advice.check-follower', measure: { value, limit, unit: 'entries' },
    }]
  })
}

/** etcd's two alarms, NOSPACE and CORRUPT, both stop writes or forbid trust in what is read. */
const CRITICAL_ALARM = /^(nospace|no-space|corrupt|disk-failed)$/i

function engineAlarms({ survey }: IssueInput): HealthIssue[] {
  return survey.voices.flatMap((voice) =>
    (voice.answering ? (voice.observation?.alarms ?? []) : []).filter(({ code, about }) => code !== MISBEHAVIOUR || about === undefined).map((alarm) => ({
      key: `engine-alarm:${voice.id}:${alarm.code}`, code: 'engine-alarm' as const, severity: CRITICAL_ALARM.test(alarm.code) ? ('critical' as const) : ('warning' as const),
      clusterId: survey.moment.clusterId, nodeId: voice.id, by: [voice.id],
      sentence: sentence('issue.engine-alarm', { name: voice.name, alarm: alarm.code, text: alarm.text }),
      cause: 'cause.engine-says', advice: 'advice.see-engine',
    })),
  )
}

/** One for each member that is accused, whoever accuses it. */
function misbehaviour({ survey }: IssueInput): HealthIssue[] {
  const accusations = accusationsOf(survey)
  return [...new Set(accusations.map(({ about }) => about))].map((about) => {
    const found = accusations.filter((each) => each.about === about)
    const by = found.map((each) => each.by)
    return {
      key: `misbehaviour:${about}`, code: 'misbehaviour', severity: 'critical', clusterId: survey.moment.clusterId, nodeId: about, by,
      sentence: sentence('issue.misbehaviour', { name: nameOf(survey, about), by: by.map((id) => nameOf(survey, id)).join(', '), text: found[0]?.text ?? '' }),
      cause: 'cause.lies', advice: 'advice.replace-liar',
    }
  })
}

/** A cluster that is stopped on purpose has no issues; of one that nothing was heard from there is none to tell. */
export function issuesOf(input: IssueInput): HealthIssue[] {
  if (input.state === 'stopped') return []
  return [nodeFailed, quorumIssues, disagreementIssues, linkFailed, lowAvailability, highLatency, replicationLag, misbehaviour, engineAlarms].flatMap((find) => find(input))
}
