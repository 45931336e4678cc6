/** What was recorded: samples for charts, events, and every change of every observation. */
import * as v from 'valibot'
import type { ClusterMoment, NodeObservation } from '../core/observation'
import { call, stream } from './define'
import { clusterId, nodeId, timeMs } from './fields'

export const METRICS = [
  'up', 'rtt-ms', 'epoch', 'last-index', 'committed-index', 'applied-index', 'storage-bytes',
  'lag-entries', 'lag-bytes', 'lag-seconds', 'silent-ms', 'link-rtt-ms', 'link-bytes-per-second', 'link-messages-per-second',
  'load-operations-per-second', 'load-p50-ms', 'load-p99-ms', 'load-errors-per-second', 'load-unknown-per-second',
] as const
export type Metric = (typeof METRICS)[number]

export interface SeriesKey {
  readonly nodeId: string
  readonly metric: Metric
  readonly peerId?: string
}

/** Points of one series in time order. Where nothing was measured there is a gap: no point, never 0. */
export interface SeriesPoints {
  readonly key: SeriesKey
  readonly atMs: readonly number[]
  readonly minimum: readonly number[]
  readonly maximum: readonly number[]
  readonly last: readonly number[]
  /** The bucket each point covers; a hole longer than this is a gap. */
  readonly stepMs: number
}

export interface RecordedEvent {
  readonly id: number
  readonly atMs: number
  readonly clusterId: string | null
  readonly nodeId: string | null
  /** A ClusterEvent kind, or alert-*, operation-*, fault-*, console-*. */
  readonly kind: string
  readonly severity: 'info' | 'warning' | 'critical'
  readonly sentence: { readonly key: string; readonly parameters: Readonly<Record<string, string | number>> }
}

export const eventFilterSchema = v.object({
  clusterId: v.nullable(clusterId),
  nodeIds: v.array(nodeId),
  kinds: v.array(v.pipe(v.string(), v.maxLength(64))),
  severities: v.array(v.picklist(['info', 'warning', 'critical'])),
  text: v.pipe(v.string(), v.maxLength(200)),
  fromMs: v.nullable(timeMs),
  toMs: v.nullable(timeMs),
})
export type EventFilter = v.InferOutput<typeof eventFilterSchema>

export interface HistoryExtent {
  readonly fromMs: number | null
  readonly toMs: number | null
}

export const historyContract = {
  'history.extent': call<HistoryExtent>()(v.object({ clusterId: v.nullable(clusterId) }), ['unavailable']),
  /** Points of every series of the metrics asked for, at most `pointsMax` each (min, max and last of each bucket). */
  'history.series': call<{ readonly series: readonly SeriesPoints[] }>()(
    v.object({
      clusterId,
      metrics: v.pipe(v.array(v.picklist(METRICS)), v.minLength(1), v.maxLength(METRICS.length)),
      nodeIds: v.nullable(v.array(nodeId)),
      fromMs: timeMs,
      toMs: timeMs,
      pointsMax: v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(4000)),
    }),
    ['unavailable'],
  ),
  /** The cluster as it was: the latest word of each member at that time. */
  'history.moment': call<ClusterMoment>()(v.object({ clusterId, atMs: timeMs }), ['unavailable']),
  /** A stretch to scrub through: the moment at its beginning, then every change in time order. */
  'history.recording': call<{ readonly base: ClusterMoment; readonly changes: readonly NodeObservation[]; readonly completeUntilMs: number }>()(
    v.object({ clusterId, fromMs: timeMs, toMs: timeMs, changesMax: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5000)) }),
    ['unavailable'],
  ),
  /** Newest first. `beforeId` pages on. */
  'history.events': call<{ readonly events: readonly RecordedEvent[]; readonly more: boolean }>()(
    v.object({ filter: eventFilterSchema, beforeId: v.nullable(v.number()), limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)) }),
    ['unavailable'],
  ),
  'history.exportEvents': call<{ readonly text: string; readonly rows: number; readonly truncated: boolean }>()(
    v.object({ filter: eventFilterSchema, format: v.picklist(['csv', 'ndjson']) }),
    ['unavailable'],
  ),
  'history.tail': stream<RecordedEvent>()(v.object({ filter: eventFilterSchema }), { policy: 'drop-oldest', itemsMax: 1000 }),
} as const
