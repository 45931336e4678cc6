/** The console itself: what it is, how it fares, and its settings. */
import * as v from 'valibot'
import { call, stream } from './define'

export interface SystemNotice {
  readonly id: string
  readonly atMs: number
  readonly severity: 'info' | 'warning' | 'critical'
  /** Message key with parameters, told by the screen. */
  readonly sentence: { readonly key: string; readonly parameters: Readonly<Record<string, string | number>> }
  readonly dismissible: boolean
}

export interface SystemStatus {
  readonly version: string
  readonly transport: 'desktop' | 'loopback'
  readonly dataDirectory: string
  /** null: history is not being recorded; a notice says why. */
  readonly databaseBytes: number | null
  readonly secretStore: 'system' | 'memory-only'
  readonly startedAtMs: number
  readonly notices: readonly SystemNotice[]
}

export const settingsSchema = v.object({
  theme: v.picklist(['system', 'light', 'dark']),
  language: v.picklist(['system', 'en', 'zh-CN']),
  /** Samples older than this are dropped. */
  retentionDays: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(730)),
  pollIntervalMs: v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(60_000)),
  notifications: v.boolean(),
  /** Local clusters that ran when the window closed are started again. */
  resumeSandboxes: v.boolean(),
})
export type Settings = v.InferOutput<typeof settingsSchema>

export const SETTINGS_DEFAULTS: Settings = {
  theme: 'system', language: 'system', retentionDays: 30, pollIntervalMs: 500, notifications: true, resumeSandboxes: true,
}

/** An answer older than this is stale: six polls have brought nothing newer, and never sooner than after three seconds. */
export const staleAfterMs = (pollIntervalMs: number): number => Math.max(3_000, 6 * pollIntervalMs)

export const systemContract = {
  'system.status': call<SystemStatus>()(v.object({}), []),
  'system.dismiss': call<null>()(v.object({ noticeId: v.string() }), []),
  'system.settings': call<Settings>()(v.object({}), []),
  'system.setSettings': call<Settings>()(v.partial(settingsSchema), []),
  'system.watch': stream<SystemStatus>()(v.object({}), { policy: 'coalesce', itemsMax: 1 }),
} as const
