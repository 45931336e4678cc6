/** Alerts of the fake console: issues that lasted. */
import type { AlertRule, AlertState } from '../../../../contract/health'
import type { HealthIssue } from '../../../../core/observe'

export const PENDING_MS = 4_000
const RESOLVE_MS = 4_000
const RESOLVED_MAX = 200

export class FakeAlerts {
  private readonly open = new Map<string, AlertState>()
  private readonly resolved: AlertState[] = []
  private nextId = 1

  /** Returns whether anything changed. */
  update(clusterId: string, issues: readonly HealthIssue[], nowMs: number): boolean {
    let changed = false
    for (const issue of issues) {
      const known = this.open.get(`${clusterId} ${issue.key}`)
      const next = known ? advance(known, issue, nowMs) : begin(`alert-${this.nextId++}`, issue, nowMs)
      changed ||= known?.phase !== next.phase
      this.open.set(`${clusterId} ${issue.key}`, next)
    }
    for (const [key, alert] of this.open) {
      if (alert.clusterId !== clusterId || nowMs - alert.seenAtMs < RESOLVE_MS) continue
      this.open.delete(key)
      changed = true
      if (alert.phase === 'firing') this.resolved.unshift({ ...alert, phase: 'resolved', resolvedAtMs: nowMs })
    }
    this.resolved.splice(RESOLVED_MAX)
    return changed
  }

  active(): readonly AlertState[] {
    return [...this.open.values()]
  }

  list(clusterId: string | null, resolvedSinceMs: number | null, limit: number): readonly AlertState[] {
    const past = resolvedSinceMs === null ? [] : this.resolved.filter((alert) => (alert.resolvedAtMs ?? 0) >= resolvedSinceMs)
    return [...this.open.values(), ...past].filter((alert) => clusterId === null || alert.clusterId === clusterId).slice(0, limit)
  }

  at(clusterId: string | null, atMs: number): readonly AlertState[] {
    return [...this.open.values(), ...this.resolved]
      .filter((alert) => (clusterId === null || alert.clusterId === clusterId) && alert.sinceMs <= atMs && (alert.resolvedAtMs ?? Infinity) > atMs)
      .map((alert) => ({ ...alert, resolvedAtMs: null, phase: (alert.firedAtMs ?? Infinity) <= atMs ? ('firing' as const) : ('pending' as const) }))
  }

  change(alertId: string, part: Partial<AlertState>): boolean {
    for (const [key, alert] of this.open) {
      if (alert.id !== alertId) continue
      this.open.set(key, { ...alert, ...part })
      return true
    }
    return false
  }
}

const begin = (id: string, issue: HealthIssue, nowMs: number): AlertState => ({
  id, clusterId: issue.clusterId, issueKey: issue.key, code: issue.code, severity: issue.severity, phase: 'pending', nodeId: issue.nodeId ?? null,
  peerId: issue.peerId ?? null, sinceMs: nowMs, firedAtMs: null, resolvedAtMs: null, seenAtMs: nowMs, by: issue.by, sentence: issue.sentence,
  cause: issue.cause, advice: issue.advice, acknowledged: null, silencedUntilMs: null,
})

function advance(known: AlertState, issue: HealthIssue, nowMs: number): AlertState {
  const fires = known.phase === 'pending' && nowMs - known.sinceMs >= PENDING_MS
  return { ...known, seenAtMs: nowMs, sentence: issue.sentence, severity: issue.severity, by: issue.by, phase: fires ? 'firing' : known.phase, firedAtMs: fires ? nowMs : known.firedAtMs }
}

export const FAKE_RULES: readonly AlertRule[] = [
  ['node-failed', null], ['link-failed', null], ['high-latency', { value: 150, unit: 'ms' }], ['low-availability', { value: 0.7, unit: 'share' }], ['no-leader', null],
  ['members-disagree', null], ['quorum-at-risk', null], ['quorum-lost', null], ['replication-lag', { value: 1_000, unit: 'entries' }], ['engine-alarm', null], ['misbehaviour', null],
].map(([code, limit]) => ({ code, limit, enabled: true, pendingForMs: 5_000, resolveAfterMs: 5_000, notify: true }) as AlertRule)
