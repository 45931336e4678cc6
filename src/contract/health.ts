/** Alerts: health issues that lasted, with what the user said of them. */
import * as v from 'valibot'
import { call, stream } from './define'
import { clusterId } from './fields'

export type AlertPhase = 'pending' | 'firing' | 'resolved'

export interface AlertState {
  readonly id: string
  readonly clusterId: string
  readonly issueKey: string
  readonly code: string
  readonly severity: 'info' | 'warning' | 'critical'
  readonly phase: AlertPhase
  readonly nodeId: string | null
  readonly peerId: string | null
  /** When the condition was first seen, when it began to fire, when it ended. */
  readonly sinceMs: number
  readonly firedAtMs: number | null
  readonly resolvedAtMs: number | null
  /** Last time the condition was seen to hold. */
  readonly seenAtMs: number
  readonly by: readonly string[]
  readonly sentence: { readonly key: string; readonly parameters: Readonly<Record<string, string | number>> }
  readonly cause: string
  readonly advice: string
  readonly acknowledged: { readonly atMs: number; readonly note: string } | null
  readonly silencedUntilMs: number | null
}

export interface AlertRule {
  readonly code: string
  readonly enabled: boolean
  /** The condition must hold this long before it fires, and be gone this long before it is resolved. */
  readonly pendingForMs: number
  readonly resolveAfterMs: number
  readonly notify: boolean
  /** The limit a measure is held against, where the rule has one. */
  readonly limit: { readonly value: number; readonly unit: 'ms' | 'share' | 'entries' } | null
}

const durationMs = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(24 * 3600_000))

export const healthContract = {
  /** Alerts that are pending or firing, and the resolved ones of the range asked for, newest first. */
  'health.list': call<readonly AlertState[]>()(v.object({ clusterId: v.nullable(clusterId), resolvedSinceMs: v.nullable(v.number()), limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)) }), []),
  /** The alerts as they stood at a past moment. */
  'health.at': call<readonly AlertState[]>()(v.object({ clusterId: v.nullable(clusterId), atMs: v.number() }), []),
  'health.acknowledge': call<null>()(v.object({ alertId: v.string(), note: v.pipe(v.string(), v.maxLength(500)) }), []),
  'health.silence': call<null>()(v.object({ alertId: v.string(), forMs: v.pipe(v.number(), v.integer(), v.minValue(60_000), v.maxValue(30 * 24 * 3600_000)) }), []),
  'health.unsilence': call<null>()(v.object({ alertId: v.string() }), []),
  'health.rules': call<readonly AlertRule[]>()(v.object({}), []),
  'health.setRule': call<null>()(
    v.object({ code: v.string(), enabled: v.boolean(), pendingForMs: durationMs, resolveAfterMs: durationMs, notify: v.boolean(), limit: v.nullable(v.pipe(v.number(), v.minValue(0))) }),
    [],
  ),
  /** All pending and firing alerts of all clusters, whenever one changes. */
  'health.watch': stream<readonly AlertState[]>()(v.object({}), { policy: 'coalesce', itemsMax: 1 }),
} as const
