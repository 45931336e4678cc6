import { accusationsOf, faultyAtLeast } from './accusations'
import type { Earlier } from './earlier'
import { hasBeenLed } from './earlier'
import { spareAmong, type Survey, type Voice } from './survey'
import type { ClusterState, QuorumMargin } from './types'

/** It is known not to take part. A member that refused, or whose process is known not to run, is down; a timeout tells so only while others do answer. */
function isKnownDown(voice: Voice, othersAnswer: boolean): boolean {
  if (voice.stale || voice.observation === null) return false
  const { reachability } = voice.observation
  return reachability === 'refused' || reachability === 'stopped' || reachability === 'ended' || (reachability === 'timeout' && othersAnswer)
}

/** It may well take part without the console knowing. */
function isBlindSpot(voice: Voice, othersAnswer: boolean): boolean {
  if (!voice.answering) return !isKnownDown(voice, othersAnswer)
  return voice.group === null || (typeof voice.group.leaderId === 'object' && voice.group.leaderId !== null)
}

export function stateOf(survey: Survey, earlier: Earlier): ClusterState {
  const { voters, needed, reign, quorum } = survey
  if (voters.length === 0) return 'unknown'
  if (quorum) {
    const whole = (reign?.agreeing.length ?? 0) === voters.length && voters.length > needed
    return whole && faultyAtLeast(accusationsOf(survey), reign?.agreeing ?? []) === 0 ? 'quorate' : 'at-risk'
  }
  if (voters.every((voice) => !voice.stale && voice.observation?.reachability === 'stopped')) return 'stopped'
  if (voters.every((voice) => voice.stale)) return 'unknown'
  const answering = voters.filter((voice) => voice.answering).length
  if (answering > 0 && !earlier.everLed && !hasBeenLed(survey.moment)) return 'starting'
  const blind = voters.filter((voice) => isBlindSpot(voice, answering > 0)).map(({ id }) => id)
  const agreeing = reign === null || reign.denied ? [] : reign.agreeing
  return blind.length > 0 && spareAmong(survey, [...agreeing, ...blind]) >= 0 ? 'unknown' : 'no-quorum'
}

function criticalOf(survey: Survey, agreeing: readonly string[], canLose: number): string[] {
  const spare = spareAmong(survey, agreeing)
  const decisive = survey.electorates.filter((each) => spareAmong({ electorates: [each], rule: survey.rule }, agreeing) === spare)
  const members = canLose === 0 ? agreeing.filter((id) => decisive.some((each) => each.includes(id))) : []
  const perDomain = new Map<string, number>()
  for (const id of agreeing) {
    const domain = survey.byId.get(id)?.domain
    if (domain !== undefined) perDomain.set(domain, (perDomain.get(domain) ?? 0) + 1)
  }
  const domains = [...perDomain].filter(([, count]) => count > canLose && count > 1).map(([domain]) => domain)
  return [...members, ...domains]
}

/**
 * Counted over voters only. A member that answers but does not agree cannot be counted on, so what may still fail is
 * counted from those that agree; of these, those that lie are not counted on either.
 */
export function marginOf(survey: Survey, state: ClusterState): QuorumMargin {
  const { voters, needed, reign, quorum } = survey
  const agreeing = reign === null || reign.denied ? [] : reign.agreeing
  const faulty = faultyAtLeast(accusationsOf(survey), agreeing)
  const spare = spareAmong(survey, agreeing) - faulty
  const canLose = state === 'unknown' || state === 'stopped' ? null : quorum ? Math.max(spare, 0) : Math.min(-1, spare)
  return {
    voters: voters.length,
    answering: voters.filter((voice) => voice.answering).length,
    agreeing: agreeing.length,
    faulty,
    needed,
    canLose,
    critical: quorum ? criticalOf(survey, agreeing, Math.max(spare, 0)) : [],
  }
}
