/** The one entry from observations to everything that is shown. */
import type { Claim, ClusterMoment, Fence } from '../observation'
import { isUnknown, unknown } from '../observation'
import { disagreementsOf } from './disagreements'
import type { Earlier } from './earlier'
import { recall } from './earlier'
import { issuesOf } from './issues'
import { lagOf } from './lag'
import { marginOf, stateOf } from './margin'
import { matrixOf } from './matrix'
import { CONSOLE, sentenceOf } from './sentence'
import type { Survey, Voice } from './survey'
import { compareFences, surveyOf } from './survey'
import { DEFAULT_THRESHOLDS } from './thresholds'
import { topologyOf } from './topology'
import type { ClusterDerivation, ClusterState, LogPositions, Thresholds } from './types'

function leaderClaim(survey: Survey, state: ClusterState): Claim<string | null> {
  const { reign, quorum, byId, nowMs } = survey
  if (quorum && reign !== null) {
    const by = reign.agreeing.includes(reign.leaderId) ? reign.leaderId : (reign.agreeing[0] ?? CONSOLE)
    return { value: reign.leaderId, by, atMs: byId.get(by)?.observation?.atMs ?? nowMs }
  }
  if (state === 'unknown' || state === 'stopped') return { unknown: 'unreachable', by: CONSOLE, atMs: nowMs }
  return { value: null, by: CONSOLE, atMs: nowMs }
}

function fenceClaim(survey: Survey): Claim<Fence> {
  const { reign, quorum, byId, nowMs } = survey
  if (quorum && reign !== null && !isUnknown(reign.fence)) {
    const by = reign.agreeing.includes(reign.leaderId) ? reign.leaderId : (reign.agreeing[0] ?? CONSOLE)
    return { value: reign.fence, by, atMs: byId.get(by)?.observation?.atMs ?? nowMs }
  }
  let best: { fence: Fence; voice: Voice } | null = null
  for (const voice of survey.voices) {
    const fence = voice.group?.fence
    if (fence === undefined || isUnknown(fence)) continue
    if (best === null || (compareFences(fence, best.fence) ?? 0) > 0) best = { fence, voice }
  }
  if (best === null) return { unknown: survey.voices.some((voice) => voice.answering) ? 'not-reported' : 'unreachable', by: CONSOLE, atMs: nowMs }
  return { value: best.fence, by: best.voice.id, atMs: best.voice.observation?.atMs ?? nowMs }
}

function positionsOf(survey: Survey): LogPositions[] {
  return survey.voices.map(({ id, name, group, observation }) => {
    const none = unknown(observation === null ? 'not-measured' : 'unreachable')
    const log = group?.log
    return {
      nodeId: id, name,
      firstAvailable: log?.firstAvailable ?? none, applied: log?.applied ?? none, committed: log?.committed ?? none,
      persisted: log?.persisted ?? none, last: log?.last ?? none,
    }
  })
}

/**
 * Derives state, margin, topology, matrix, lag and issues of a cluster as of `nowMs` (console clock). `earlier` gives
 * durations and trends: a list of moments (oldest first), or what `remember` has kept of them.
 */
export function derive(
  moment: ClusterMoment,
  nowMs: number,
  thresholds: Thresholds = DEFAULT_THRESHOLDS,
  earlier: Earlier | readonly ClusterMoment[] = [],
): ClusterDerivation {
  const before: Earlier = 'answeredAtMs' in earlier ? earlier : recall(earlier, thresholds)
  const survey = surveyOf(moment, nowMs, thresholds)
  const state = stateOf(survey, before)
  const margin = marginOf(survey, state)
  const topology = topologyOf(survey)
  const disagreements = disagreementsOf(survey)
  const lag = lagOf(survey, before)
  return {
    clusterId: moment.clusterId, atMs: nowMs, state,
    sentence: sentenceOf(survey, state, margin, before),
    leader: leaderClaim(survey, state), fence: fenceClaim(survey), margin, topology,
    matrix: matrixOf(survey), disagreements, positions: positionsOf(survey), lag,
    issues: issuesOf({ survey, state, margin, links: topology.links, disagreements, lag }),
  }
}
