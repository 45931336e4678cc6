import * as v from 'valibot'
import type { AlertRule } from '../../../contract/health'
import { DEFAULT_THRESHOLDS, type IssueCode, type Thresholds } from '../../../core/observe'

const rule = (code: IssueCode, pendingForMs: number, resolveAfterMs: number, notify: boolean, limit: AlertRule['limit'] = null): AlertRule => ({
  code, enabled: true, pendingForMs, resolveAfterMs, notify, limit,
})

/**
 * Quick enough to see in a sandbox, slow enough to sit out an election (under half a second on loopback, a few seconds in
 * etcd). One failure raises several alerts: only the ones that say most are notified.
 */
export const DEFAULT_RULES: readonly AlertRule[] = [
  rule('quorum-lost', 1_000, 2_000, true),
  rule('no-leader', 2_000, 2_000, true),
  rule('members-disagree', 3_000, 3_000, true),
  rule('node-failed', 2_000, 3_000, true),
  rule('quorum-at-risk', 2_000, 3_000, false),
  rule('link-failed', 3_000, 5_000, true),
  rule('engine-alarm', 0, 5_000, true),
  rule('misbehaviour', 0, 5_000, true),
  rule('low-availability', 2_000, 3_000, false, { value: DEFAULT_THRESHOLDS.lowAvailabilityShare, unit: 'share' }),
  rule('high-latency', 5_000, 10_000, false, { value: DEFAULT_THRESHOLDS.highLatencyMs, unit: 'ms' }),
  rule('replication-lag', 10_000, 10_000, false, { value: DEFAULT_THRESHOLDS.lagEntries, unit: 'entries' }),
]

const storedRule = v.object({
  code: v.string(), enabled: v.boolean(), pendingForMs: v.pipe(v.number(), v.minValue(0)), resolveAfterMs: v.pipe(v.number(), v.minValue(0)),
  notify: v.boolean(), limit: v.nullable(v.pipe(v.number(), v.minValue(0))),
})

export type RuleChange = v.InferOutput<typeof storedRule>

/** The rule after a change. A rule without a limit gets none, and one with a limit keeps it where none is given. */
export function changedRule(before: AlertRule, change: RuleChange): AlertRule {
  const { enabled, pendingForMs, resolveAfterMs, notify } = change
  const limit = before.limit === null || change.limit === null ? before.limit : { ...before.limit, value: change.limit }
  return { code: before.code, enabled, pendingForMs, resolveAfterMs, notify, limit }
}

/** Defaults, with what was stored of them; what does not parse is left out. */
export function rulesFrom(stored: unknown): AlertRule[] {
  const changes = new Map<string, RuleChange>()
  for (const each of Array.isArray(stored) ? (stored as unknown[]) : []) {
    const parsed = v.safeParse(storedRule, each)
    if (parsed.success) changes.set(parsed.output.code, parsed.output)
  }
  return DEFAULT_RULES.map((each) => {
    const change = changes.get(each.code)
    return change === undefined ? each : changedRule(each, change)
  })
}

export const storedRules = (rules: readonly AlertRule[]): RuleChange[] => rules.map((each) => ({ ...each, limit: each.limit?.value ?? null }))

/** The thresholds that derivations must use, so that an issue appears at the limit its rule states. */
export function thresholdsOf(rules: readonly AlertRule[], base: Thresholds = DEFAULT_THRESHOLDS): Thresholds {
  const limit = (code: IssueCode, otherwise: number): number => rules.find((each) => each.code === code)?.limit?.value ?? otherwise
  return {
    ...base,
    highLatencyMs: limit('high-latency', base.highLatencyMs),
    lowAvailabilityShare: limit('low-availability', base.lowAvailabilityShare),
    lagEntries: limit('replication-lag', base.lagEntries),
  }
}
