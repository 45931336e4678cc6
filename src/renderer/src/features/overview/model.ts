/** A cluster as one line of the overview. Pure. */
import type { ClusterInfo } from '../../../../contract/clusters'
import type { AlertState } from '../../../../contract/health'
import { isUnknown, type Fence, type Unknown } from '../../../../core/observation'
import type { ClusterDerivation, ClusterState, FollowerLag, Sentence } from '../../../../core/observe'

export interface WorstLag {
  readonly nodeName: string
  readonly entries: bigint | Unknown
  /** Says nothing to the leader: its lag is not known and grows. */
  readonly silentForMs: number | null
  readonly trend: 'grows' | 'shrinks' | 'steady' | null
}
export interface OverviewRow {
  readonly cluster: ClusterInfo
  readonly state: ClusterState
  readonly sentence: Sentence | null
  /** null: there is none. */
  readonly leaderName: string | null | Unknown
  readonly fence: Fence | Unknown
  readonly canLose: number | null
  readonly voters: number
  readonly answering: number
  readonly lag: WorstLag | null | Unknown
  readonly alerts: number
  readonly worstAlert: 'critical' | 'warning' | 'info' | null
  readonly heardAtMs: number | null
}

export const STATE_ORDER: readonly ClusterState[] = ['no-quorum', 'at-risk', 'unknown', 'starting', 'stopped', 'quorate']
/** Entries a second below which a lag counts as steady. */
const STEADY_PER_SECOND = 1
const SILENT_AFTER_MS = 3_000

function worstLag(lags: readonly FollowerLag[]): WorstLag | null | Unknown {
  if (lags.length === 0) return { unknown: 'not-reported' }
  const weight = (lag: FollowerLag): number => {
    const silent = isUnknown(lag.silentForMs) ? 0 : lag.silentForMs
    return silent > SILENT_AFTER_MS ? Number.MAX_SAFE_INTEGER + silent : isUnknown(lag.entries) ? -1 : Number(lag.entries)
  }
  const worst = lags.toSorted((one, other) => weight(other) - weight(one))[0]
  if (!worst) return null
  const silentForMs = !isUnknown(worst.silentForMs) && worst.silentForMs > SILENT_AFTER_MS ? worst.silentForMs : null
  const rate = worst.trendPerSecond
  const trend = isUnknown(rate) ? null : rate > STEADY_PER_SECOND ? 'grows' : rate < -STEADY_PER_SECOND ? 'shrinks' : 'steady'
  return { nodeName: worst.name, entries: worst.entries, silentForMs, trend }
}

export function rowOf(cluster: ClusterInfo, derivation: ClusterDerivation | null, alerts: readonly AlertState[], heardAtMs: number | null): OverviewRow {
  const none: Unknown = { unknown: 'not-measured' }
  const severities = alerts.map((alert) => alert.severity)
  const counted = { alerts: alerts.length, worstAlert: (['critical', 'warning', 'info'] as const).find((each) => severities.includes(each)) ?? null }
  if (!derivation) {
    return { cluster, state: 'unknown', sentence: null, leaderName: none, fence: none, canLose: null, voters: 0, answering: 0, lag: none, heardAtMs, ...counted }
  }
  const { leader, fence, margin } = derivation
  const nameOf = (id: string): string => derivation.topology.nodes.find((node) => node.id === id)?.name ?? id
  return {
    cluster, state: derivation.state, sentence: derivation.sentence, heardAtMs, ...counted,
    leaderName: 'unknown' in leader ? { unknown: leader.unknown } : leader.value === null ? null : nameOf(leader.value),
    fence: 'unknown' in fence ? { unknown: fence.unknown } : fence.value,
    canLose: margin.canLose, voters: margin.voters, answering: margin.answering,
    lag: derivation.state === 'quorate' || derivation.state === 'at-risk' ? worstLag(derivation.lag) : { unknown: 'unreachable' },
  }
}

export type StateFilter = 'all' | 'quorate' | 'at-risk' | 'no-quorum' | 'other'
export const groupOf = (state: ClusterState): Exclude<StateFilter, 'all'> => (state === 'quorate' || state === 'at-risk' || state === 'no-quorum' ? state : 'other')

/** Rows whose name, engine, leader or group holds the text, in the state chosen. */
export function filterRows(rows: readonly OverviewRow[], text: string, state: StateFilter): readonly OverviewRow[] {
  const wanted = text.trim().toLocaleLowerCase()
  return rows.filter((row) => {
    if (state !== 'all' && groupOf(row.state) !== state) return false
    const words = [row.cluster.name, row.cluster.engine, row.cluster.group ?? '', typeof row.leaderName === 'string' ? row.leaderName : '']
    return wanted === '' || words.some((word) => word.toLocaleLowerCase().includes(wanted))
  })
}

/** Fewer points than this say nothing as a line. */
const POINTS_MIN = 2
export const worthDrawing = (values: readonly (number | null)[]): boolean => values.filter((value) => value !== null).length >= POINTS_MIN

/** How often the epoch changed along a series of its values. */
export const changesIn = (values: readonly (number | null)[]): number => {
  const known = values.filter((value) => value !== null)
  return known.filter((value, at) => at > 0 && value !== known[at - 1]).length
}

/** Points on an even grid, null where nothing was measured; the highest of each bucket over all series. */
export function onGrid(series: readonly { readonly atMs: readonly number[]; readonly last: readonly number[] }[], fromMs: number, toMs: number, buckets: number): readonly (number | null)[] {
  const grid = Array.from({ length: buckets }, (): number | null => null)
  for (const { atMs, last } of series) {
    atMs.forEach((at, index) => {
      const bucket = Math.min(buckets - 1, Math.floor(((at - fromMs) / (toMs - fromMs)) * buckets))
      const value = last[index]
      if (bucket >= 0 && value !== undefined) grid[bucket] = Math.max(grid[bucket] ?? value, value)
    })
  }
  return grid
}
