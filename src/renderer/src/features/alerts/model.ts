/** Alerts sorted into the page's lists. Pure. */
import type { AlertRule, AlertState } from '../../../../contract/health'

export interface AlertLists {
  readonly firing: readonly AlertState[]
  readonly pending: readonly AlertState[]
  readonly silenced: readonly AlertState[]
  readonly resolved: readonly AlertState[]
}

const WEIGHT: Readonly<Record<AlertState['severity'], number>> = { critical: 0, warning: 1, info: 2 }

/** Worst first, then the oldest: an order that does not change while nothing does. */
const byWeight = (a: AlertState, b: AlertState): number => WEIGHT[a.severity] - WEIGHT[b.severity] || a.sinceMs - b.sinceMs || a.id.localeCompare(b.id)

export function isSilenced(alert: AlertState, nowMs: number): boolean {
  return alert.silencedUntilMs !== null && alert.silencedUntilMs > nowMs
}

export function listsOf(alerts: readonly AlertState[], clusterId: string, nowMs: number): AlertLists {
  const own = alerts.filter((alert) => alert.clusterId === clusterId)
  const open = own.filter((alert) => alert.phase !== 'resolved').sort(byWeight)
  const loud = open.filter((alert) => !isSilenced(alert, nowMs))
  return {
    firing: loud.filter((alert) => alert.phase === 'firing'),
    pending: loud.filter((alert) => alert.phase === 'pending'),
    silenced: open.filter((alert) => isSilenced(alert, nowMs)),
    resolved: own.filter((alert) => alert.phase === 'resolved').sort((a, b) => (b.resolvedAtMs ?? 0) - (a.resolvedAtMs ?? 0) || b.id.localeCompare(a.id)),
  }
}

export const SILENCE_CHOICES_MS = [15 * 60_000, 3_600_000, 4 * 3_600_000, 24 * 3_600_000, 7 * 24 * 3_600_000] as const

/** How long the condition held, or has held. */
export function heldMs(alert: AlertState, nowMs: number): number {
  return Math.max(0, (alert.resolvedAtMs ?? nowMs) - alert.sinceMs)
}

/** A rule as its form edits it: durations in seconds. */
export interface RuleDraft {
  readonly enabled: boolean
  readonly pendingForSeconds: number
  readonly resolveAfterSeconds: number
  readonly notify: boolean
  readonly limit: number | null
}

export function draftOf(rule: AlertRule): RuleDraft {
  return {
    enabled: rule.enabled, pendingForSeconds: rule.pendingForMs / 1000, resolveAfterSeconds: rule.resolveAfterMs / 1000, notify: rule.notify,
    limit: rule.limit === null ? null : rule.limit.unit === 'share' ? Math.round(rule.limit.value * 1000) / 10 : rule.limit.value,
  }
}

export function ruleOf(code: string, draft: RuleDraft, unit: 'ms' | 'share' | 'entries' | null): Omit<AlertRule, 'limit'> & { readonly limit: number | null } {
  return {
    code, enabled: draft.enabled, pendingForMs: Math.round(draft.pendingForSeconds * 1000), resolveAfterMs: Math.round(draft.resolveAfterSeconds * 1000),
    notify: draft.notify, limit: draft.limit === null || unit === null ? null : unit === 'share' ? draft.limit / 100 : draft.limit,
  }
}
