/** The load generator: a process of its own that writes to and reads from a sandbox cluster as its clients would. */
import * as v from 'valibot'
import { call, stream } from './define'
import { clusterId } from './fields'

export const loadSettingsSchema = v.object({
  /** Operations asked for a second, all clients together; null: as fast as answers come. */
  ratePerSecond: v.nullable(v.pipe(v.number(), v.minValue(1), v.maxValue(200_000))),
  valueBytes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_536)),
  /** Share of operations that are reads. */
  readShare: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  clients: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(512)),
})
export type LoadSettings = v.InferOutput<typeof loadSettingsSchema>

export const LOAD_DEFAULTS: LoadSettings = { ratePerSecond: 200, valueBytes: 256, readShare: 0.5, clients: 8 }

/** Results of one interval of about a second. Latencies are of completed operations, null where there were none. */
export interface LoadSample {
  readonly atMs: number
  readonly intervalMs: number
  readonly completed: number
  readonly reads: number
  readonly writes: number
  readonly errors: number
  /** Sent, never answered: they may or may not have taken effect. */
  readonly unknownOutcomes: number
  /** Answers of members that enough others contradicted: lies, where members may lie. */
  readonly outvoted: number
  readonly p50Ms: number | null
  readonly p90Ms: number | null
  readonly p99Ms: number | null
  readonly maxMs: number | null
}

export interface LoadState {
  readonly clusterId: string
  readonly running: boolean
  readonly settings: LoadSettings
  readonly startedAtMs: number | null
  /** The newest last; at most 600. */
  readonly samples: readonly LoadSample[]
  readonly totals: { readonly completed: number; readonly errors: number; readonly unknownOutcomes: number; readonly outvoted: number }
  readonly reason?: string
}

export const loadContract = {
  'load.start': call<null>()(v.object({ clusterId, settings: loadSettingsSchema }), ['not-a-sandbox', 'not-running', 'start-failed']),
  'load.adjust': call<null>()(v.object({ clusterId, settings: loadSettingsSchema }), ['not-running']),
  'load.stop': call<null>()(v.object({ clusterId }), []),
  'load.watch': stream<LoadState>()(v.object({ clusterId }), { policy: 'coalesce', itemsMax: 1 }),
} as const
