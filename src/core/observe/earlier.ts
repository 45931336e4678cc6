/**
 * What came before a moment, as far as a derivation needs it: when each member last answered, when a quorum was last seen,
 * and the latest lag readings. Built from a list of moments or kept up to date moment by moment.
 */
import type { ClusterMoment } from '../observation'
import { isUnknown } from '../observation'
import { lagReadings } from './lag-readings'
import { leads, mainGroup, surveyOf } from './survey'
import { DEFAULT_THRESHOLDS, TREND_LIMITS } from './thresholds'
import type { Thresholds } from './types'

export interface LagPoint {
  readonly atMs: number
  readonly value: number
}

export interface Earlier {
  /** Per member: its last answer. */
  readonly answeredAtMs: ReadonlyMap<string, number>
  /** When a quorum was last seen to hold; null: never. */
  readonly quorumAtMs: number | null
  /** Since when the quorum is missing, if it was ever there. */
  readonly quorumLostAtMs: number | null
  readonly marginAtQuorum: 'quorate' | 'at-risk' | null
  /** Directions that have been up, as "from>to". */
  readonly linked: ReadonlySet<string>
  /** Some member has named a leader, or holds entries that only a leader can have written. */
  readonly everLed: boolean
  /** Per follower, oldest first. */
  readonly lag: ReadonlyMap<string, readonly LagPoint[]>
}

export const linkKey = (fromId: string, toId: string): string => `${fromId}>${toId}`

export const NOTHING_EARLIER: Earlier = {
  answeredAtMs: new Map(), linked: new Set(), quorumAtMs: null, quorumLostAtMs: null, marginAtQuorum: null, everLed: false, lag: new Map(),
}

export function hasBeenLed(moment: ClusterMoment): boolean {
  return moment.observations.some((observation) => {
    const group = mainGroup(observation)
    if (group === null) return false
    if (leads(group) || (!isUnknown(group.leaderId) && group.leaderId !== null)) return true
    return [group.log.last, group.log.committed].some((position) => !isUnknown(position) && position.value > 0n)
  })
}

function extendLag(known: Earlier['lag'], moment: ClusterMoment, readings: readonly { nodeId: string; atMs: number; value: number | null }[]): Earlier['lag'] {
  const lag = new Map(known)
  for (const { nodeId, atMs, value } of readings) {
    if (value === null) continue
    const points = lag.get(nodeId) ?? []
    if ((points.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) >= atMs) continue
    const recent = points.filter((point) => moment.atMs - point.atMs <= TREND_LIMITS.windowMs)
    lag.set(nodeId, [...recent.slice(-(TREND_LIMITS.pointsMax - 1)), { atMs, value }])
  }
  return lag
}

/** The same set while nothing new is up: it is kept for every moment. */
function extendLinked(known: Earlier['linked'], moment: ClusterMoment): Earlier['linked'] {
  const fresh = moment.observations.flatMap(({ nodeId, links }) => links.filter(({ connected }) => connected === true).map(({ peerId }) => linkKey(nodeId, peerId)))
  return fresh.every((key) => known.has(key)) ? known : new Set([...known, ...fresh])
}

/** Adds one more moment to what is remembered. */
export function remember(earlier: Earlier, moment: ClusterMoment, thresholds: Thresholds = DEFAULT_THRESHOLDS): Earlier {
  const survey = surveyOf(moment, moment.atMs, thresholds)
  const answeredAtMs = new Map(earlier.answeredAtMs)
  for (const { nodeId, reachability, atMs } of moment.observations) {
    if (reachability === 'ok') answeredAtMs.set(nodeId, Math.max(atMs, answeredAtMs.get(nodeId) ?? 0))
  }
  const agreeing = survey.reign?.agreeing.length ?? 0
  const whole = agreeing === survey.voters.length && agreeing > survey.needed
  return {
    answeredAtMs,
    linked: extendLinked(earlier.linked, moment),
    quorumAtMs: survey.quorum ? moment.atMs : earlier.quorumAtMs,
    quorumLostAtMs: survey.quorum ? null : (earlier.quorumLostAtMs ?? (earlier.quorumAtMs === null ? null : moment.atMs)),
    marginAtQuorum: survey.quorum ? (whole ? 'quorate' : 'at-risk') : earlier.marginAtQuorum,
    everLed: earlier.everLed || hasBeenLed(moment),
    lag: extendLag(earlier.lag, moment, lagReadings(survey).map(({ voice, atMs, distance }) => ({ nodeId: voice.id, atMs, value: distance }))),
  }
}

/** What is remembered of a list of moments, oldest first. */
export function recall(moments: readonly ClusterMoment[], thresholds: Thresholds = DEFAULT_THRESHOLDS): Earlier {
  return moments.reduce((earlier, moment) => remember(earlier, moment, thresholds), NOTHING_EARLIER)
}
