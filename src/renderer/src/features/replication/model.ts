/** From recorded series and current lag to the panels of the page. Pure. */
import { isUnknown, type Measured } from '../../../../core/observation'
import type { FollowerLag } from '../../../../core/observe/types'
import type { Metric, SeriesPoints } from '../../../../contract/history'
import { peaksOf, type ChartSeries } from '../../composables/charts/points'

export type LagUnit = 'entries' | 'bytes' | 'seconds'
export const LAG_METRICS: Readonly<Record<LagUnit, Metric>> = { entries: 'lag-entries', bytes: 'lag-bytes', seconds: 'lag-seconds' }

/** More charts than this are not read at once and cost too much while live. */
export const CHARTS_MAX = 6

/** The recorded lag of one follower: a line for each member that reported it, for its words are its own. */
export function linesOf(series: readonly SeriesPoints[], metric: Metric, followerId: string, reporter: (id: string) => Pick<ChartSeries, 'label' | 'colour'>): readonly ChartSeries[] {
  return series
    .filter((one) => one.key.metric === metric && one.key.peerId === followerId && one.atMs.length > 0)
    .map((one) => ({ id: one.key.nodeId, points: peaksOf(one) }))
    .sort((a, b) => a.id.localeCompare(b.id))
    .map(({ id, points }) => ({ id, ...reporter(id), points }))
}

export type LagStanding = 'level' | 'behind' | 'falling-behind' | 'catching-up' | 'silent' | 'unknown'

/** How a follower stands now. One that has said nothing for `silentAfterMs` is silent, whatever figure is left of it. */
export function standingOf(lag: FollowerLag, silentAfterMs: number): LagStanding {
  if (!isUnknown(lag.silentForMs) && lag.silentForMs > silentAfterMs) return 'silent'
  if (isUnknown(lag.entries) && isUnknown(lag.bytes) && isUnknown(lag.seconds)) return 'unknown'
  const none = [lag.entries, lag.bytes].every((value) => isUnknown(value) || value === 0n) && (isUnknown(lag.seconds) || lag.seconds === 0)
  if (none) return 'level'
  if (!isUnknown(lag.trendPerSecond) && lag.trendPerSecond > TREND_STEADY_PER_SECOND) return 'falling-behind'
  if (!isUnknown(lag.trendPerSecond) && lag.trendPerSecond < -TREND_STEADY_PER_SECOND) return 'catching-up'
  return 'behind'
}

/** A slope below this is noise of the sampling. */
const TREND_STEADY_PER_SECOND = 1

export function currentOf(lag: FollowerLag, unit: LagUnit): Measured<number> {
  const value = lag[unit]
  return isUnknown(value) ? value : Number(value)
}

const BYTE_STEPS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

export function lagText(value: number, unit: LagUnit, locale: string): string {
  const number = (amount: number, digits: number): string => new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(amount)
  if (unit === 'entries') return number(value, value < 10 && value % 1 !== 0 ? 1 : 0)
  if (unit === 'seconds') return value < 1 && value > 0 ? `${number(value * 1000, 0)} ms` : `${number(value, value < 10 ? 1 : 0)} s`
  const step = value < 1 ? 0 : Math.min(BYTE_STEPS.length - 1, Math.floor(Math.log2(value) / 10))
  return `${number(value / 1024 ** step, step === 0 ? 0 : 1)} ${BYTE_STEPS[step] ?? 'B'}`
}

/** Followers that get a chart: those the user chose, else the first in order. Order never follows the figures. */
export function chartedOf(followerIds: readonly string[], chosen: ReadonlySet<string> | null): readonly string[] {
  return followerIds.filter((id) => chosen === null || chosen.has(id)).slice(0, CHARTS_MAX)
}

/** Everyone there is a word about, now or recorded, in one order that does not change with the leader. */
export function followersOf(
  members: readonly { readonly id: string; readonly name: string }[], lag: readonly FollowerLag[], series: readonly SeriesPoints[],
): readonly { readonly id: string; readonly name: string }[] {
  const spoken = new Set([...lag.map((one) => one.nodeId), ...series.flatMap((one) => (one.key.peerId === undefined ? [] : [one.key.peerId]))])
  const strangers = [...spoken].filter((id) => !members.some((member) => member.id === id)).map((id) => ({ id, name: lag.find((one) => one.nodeId === id)?.name ?? id }))
  return [...members.filter((member) => spoken.has(member.id)), ...strangers]
}
