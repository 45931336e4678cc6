import type { LinkObservation, Measured } from '../observation'
import { isUnknown, unknown } from '../observation'
import { leadingVoice } from './lag-readings'
import type { Survey, Voice } from './survey'
import type { ClusterDerivation, TopologyLink, TopologyNode } from './types'

function nodeOf(voice: Voice): TopologyNode {
  const why = unknown(voice.observation === null ? 'not-measured' : 'unreachable')
  const { id, name, endpoint, voter, half, expected, stale, ageMs, group, domain } = voice
  const node = {
    id, name, endpoint, voter, expected, stale, ageMs,
    role: group?.role ?? why,
    reachability: voice.observation?.reachability ?? ('unknown' as const),
    fence: group?.fence ?? why,
  }
  return { ...node, ...(domain === undefined ? {} : { domain }), ...(half === undefined ? {} : { half }) }
}

const linkSeenBy = (voice: Voice | undefined, peerId: string): LinkObservation | undefined =>
  voice?.answering === true ? voice.observation?.links.find((link) => link.peerId === peerId) : undefined

const exceeds = (value: Measured<number> | undefined, limit: number): boolean => typeof value === 'number' && value > limit

/**
 * The direction from one member to another. The sender tells whether it is connected; whether anything arrives is the
 * receiver's word, so a fault of one direction shows on that direction only.
 */
export function linkBetween(survey: Survey, from: Voice, to: Voice): TopologyLink | null {
  const sent = linkSeenBy(from, to.id)
  const received = linkSeenBy(to, from.id)
  if (sent === undefined && received === undefined) return null
  const silent = from.answering && exceeds(received?.silentForMs, survey.thresholds.staleAfterMs)
  const disconnected = sent?.connected === false
  const up = sent?.connected === true || (sent === undefined && received?.connected === true && from.answering)
  return {
    from: from.id, to: to.id, state: disconnected || silent ? 'down' : up ? 'up' : 'unknown',
    rttMs: sent?.rttMs ?? unknown('unreachable'),
    bytesPerSecond: sent?.bytesPerSecond ?? unknown('unreachable'),
    messagesPerSecond: sent?.messagesPerSecond ?? {},
  }
}

function measuredLinks(survey: Survey): TopologyLink[] {
  const links: TopologyLink[] = []
  for (const from of survey.voices) {
    for (const to of survey.voices) {
      const link = from.id === to.id ? null : linkBetween(survey, from, to)
      if (link !== null) links.push(link)
    }
  }
  return links
}

/** Engines that measure no links still have a flow from the leader to each of the others; what it is like is unknown. */
function assumedLinks(survey: Survey): TopologyLink[] {
  const leader = leadingVoice(survey)
  if (leader === null) return []
  const none = unknown('not-supported')
  return survey.voices
    .filter((voice) => voice.id !== leader.id)
    .map((voice) => ({ from: leader.id, to: voice.id, state: 'unknown' as const, rttMs: none, bytesPerSecond: none, messagesPerSecond: {} }))
}

export function topologyOf(survey: Survey): ClusterDerivation['topology'] {
  const measured = measuredLinks(survey)
  return { nodes: survey.voices.map(nodeOf), links: measured.length > 0 ? measured : assumedLinks(survey) }
}

/** A figure, if it is known. */
export const figure = (value: Measured<number>): number | null => (isUnknown(value) ? null : value)
