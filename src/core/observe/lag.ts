import { unknown } from '../observation'
import type { Earlier, LagPoint } from './earlier'
import { lagReadings } from './lag-readings'
import type { Survey } from './survey'
import { TREND_LIMITS } from './thresholds'
import type { FollowerLag } from './types'

/** Least-squares slope in units per second; null where the points are too few or too close to tell. */
export function slopePerSecond(points: readonly LagPoint[]): number | null {
  const first = points[0]
  const last = points.at(-1)
  if (first === undefined || last === undefined || points.length < TREND_LIMITS.pointsMin) return null
  if (last.atMs - first.atMs < TREND_LIMITS.spanMsMin) return null
  let sumX = 0
  let sumY = 0
  let sumXY = 0
  let sumXX = 0
  for (const { atMs, value } of points) {
    const x = (atMs - first.atMs) / 1_000
    sumX += x
    sumY += value
    sumXY += x * value
    sumXX += x * x
  }
  const divisor = points.length * sumXX - sumX * sumX
  return divisor === 0 ? null : (points.length * sumXY - sumX * sumY) / divisor
}

/** Lag of every follower by the leader's word or, where it gives none, by the difference of the members' own positions. */
export function lagOf(survey: Survey, earlier: Earlier): FollowerLag[] {
  return lagReadings(survey).map(({ voice, distance, ...reading }) => {
    const points = (earlier.lag.get(voice.id) ?? []).filter((point) => point.atMs < reading.atMs && reading.atMs - point.atMs <= TREND_LIMITS.windowMs)
    const slope = distance === null ? null : slopePerSecond([...points, { atMs: reading.atMs, value: distance }])
    const answeredAtMs = earlier.answeredAtMs.get(voice.id)
    const silentForMs =
      typeof reading.silentForMs === 'number' || voice.answering || answeredAtMs === undefined
        ? reading.silentForMs
        : Math.max(0, survey.nowMs - answeredAtMs)
    const etaSeconds = distance === 0 ? 0 : distance !== null && slope !== null && slope < 0 ? distance / -slope : unknown('not-measured')
    return { nodeId: voice.id, name: voice.name, ...reading, silentForMs, trendPerSecond: slope ?? unknown('not-measured'), etaSeconds }
  })
}
