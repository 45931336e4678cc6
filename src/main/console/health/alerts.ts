/**
 * The state machine of alerts, for one cluster: issues in, transitions out. Pure: time comes with each step.
 *
 * An issue that appears makes a pending alert; once it has been seen to hold for the rule's time, the alert fires; once a
 * firing one has been seen to be gone for the rule's time, it is resolved. A pending one whose issue goes is resolved at once,
 * without ever having fired. Only observed time counts: between two steps that are further apart than the gap limit, and
 * for a while after, clocks stand still, so that neither sleep nor a stalled console raises or ends anything.
 */
import type { AlertRule, AlertState } from '../../../contract/health'
import type { HealthIssue } from '../../../core/observe'

export const ALERT_LIMITS = {
  /** Steps further apart than this mean that nobody was watching. */
  gapMs: 5_000,
  /** After such a gap, connections are being made again; what is seen meanwhile counts for nothing. */
  settleMs: 3_000,
  /** Alerts of one cluster that are open at a time; further issues wait. */
  openMax: 500,
} as const

export interface TrackedAlert {
  readonly alert: AlertState
  /** Whether the issue was there at the last step that could tell. */
  readonly present: boolean
  /** Whether the last step could tell at all: time after one that could not counts for nothing. */
  readonly told: boolean
  /** Observed time that it has held without a break; while firing: that it has been gone. */
  readonly heldMs: number
  readonly goneMs: number
}

export interface AlertBook {
  readonly open: ReadonlyMap<string, TrackedAlert>
  /** By issue: an alert that comes back within its silence stays silent. */
  readonly silencedUntilMs: ReadonlyMap<string, number>
  readonly lastStepMs: number | null
  readonly settledAtMs: number
}

export const EMPTY_BOOK: AlertBook = { open: new Map(), silencedUntilMs: new Map(), lastStepMs: null, settledAtMs: Number.NEGATIVE_INFINITY }

export interface AlertStep {
  readonly clusterId: string
  readonly atMs: number
  readonly issues: readonly HealthIssue[]
  /** Whether enough was heard to tell that this alert's issue is gone. Silence is no recovery. */
  readonly canTell: (alert: Pick<AlertState, 'nodeId' | 'peerId'>) => boolean
  /** Stopped on purpose: open alerts end, and none is raised. */
  readonly paused: boolean
  readonly rules: ReadonlyMap<string, AlertRule>
}

export interface AlertOutcome {
  readonly book: AlertBook
  /** Alerts that began, fired, were resolved, or say something else now. */
  readonly changed: readonly AlertState[]
  readonly fired: readonly AlertState[]
}

const wordsOf = ({ severity, sentence, by, cause, advice }: AlertState): string => JSON.stringify([severity, sentence, by, cause, advice])

function begin(issue: HealthIssue, atMs: number, silencedUntilMs: number | null): AlertState {
  return {
    id: `${issue.clusterId}/${issue.key}/${atMs}`, clusterId: issue.clusterId, issueKey: issue.key, code: issue.code, severity: issue.severity, phase: 'pending',
    nodeId: issue.nodeId ?? null, peerId: issue.peerId ?? null, sinceMs: atMs, firedAtMs: null, resolvedAtMs: null, seenAtMs: atMs,
    by: issue.by, sentence: issue.sentence, cause: issue.cause, advice: issue.advice, acknowledged: null, silencedUntilMs,
  }
}

function hold(tracked: TrackedAlert, issue: HealthIssue, rule: AlertRule, atMs: number, countedMs: number): TrackedAlert {
  const heldMs = tracked.present && tracked.told ? tracked.heldMs + countedMs : tracked.heldMs
  const { severity, by, sentence, cause, advice } = issue
  const told: AlertState = { ...tracked.alert, severity, by, sentence, cause, advice, seenAtMs: atMs }
  const fires = told.phase === 'pending' && heldMs >= rule.pendingForMs
  return { alert: fires ? { ...told, phase: 'firing', firedAtMs: atMs } : told, present: true, told: true, heldMs, goneMs: 0 }
}

function miss(tracked: TrackedAlert, rule: AlertRule, atMs: number, countedMs: number): TrackedAlert {
  const goneMs = tracked.present ? 0 : tracked.told ? tracked.goneMs + countedMs : tracked.goneMs
  const ends = tracked.alert.phase === 'pending' || goneMs >= rule.resolveAfterMs
  return { ...tracked, alert: ends ? resolve(tracked.alert, atMs) : tracked.alert, present: false, told: true, goneMs }
}

const resolve = (alert: AlertState, atMs: number): AlertState => ({ ...alert, phase: 'resolved', resolvedAtMs: atMs })

/** How much of the time since the last step was watched, and from when on it counts again. */
function watchedSince({ lastStepMs, settledAtMs }: AlertBook, atMs: number): { countedMs: number; settledAtMs: number } {
  if (lastStepMs === null) return { countedMs: 0, settledAtMs }
  const passedMs = atMs - lastStepMs
  if (passedMs > ALERT_LIMITS.gapMs || passedMs < 0) return { countedMs: 0, settledAtMs: atMs + ALERT_LIMITS.settleMs }
  return { countedMs: Math.max(0, atMs - Math.max(lastStepMs, settledAtMs)), settledAtMs }
}

function next(tracked: TrackedAlert, issue: HealthIssue | undefined, step: AlertStep, countedMs: number): TrackedAlert {
  const rule = step.rules.get(tracked.alert.code)
  if (step.paused || rule?.enabled !== true) return { ...tracked, alert: resolve(tracked.alert, step.atMs) }
  if (issue !== undefined) return hold(tracked, issue, rule, step.atMs, countedMs)
  return step.canTell(tracked.alert) ? miss(tracked, rule, step.atMs, countedMs) : { ...tracked, told: false }
}

/** One step. Open alerts of other clusters are not in the book. */
export function stepAlerts(book: AlertBook, step: AlertStep): AlertOutcome {
  const { countedMs, settledAtMs } = watchedSince(book, step.atMs)
  const open = new Map<string, TrackedAlert>()
  const silenced = new Map([...book.silencedUntilMs].filter(([, untilMs]) => untilMs > step.atMs))
  const changed: AlertState[] = []
  const fired: AlertState[] = []
  const issues = new Map(step.issues.map((issue) => [issue.key, issue]))
  const settle = (before: AlertState | null, after: TrackedAlert): void => {
    const { alert } = after
    if (alert.phase !== 'resolved') open.set(alert.issueKey, after)
    if (before === null || before.phase !== alert.phase || wordsOf(before) !== wordsOf(alert)) changed.push(alert)
    if (alert.phase === 'firing' && before?.phase !== 'firing') fired.push(alert)
  }
  for (const [key, tracked] of book.open) settle(tracked.alert, next(tracked, issues.get(key), step, countedMs))
  for (const issue of issues.values()) {
    const rule = step.rules.get(issue.code)
    if (step.paused || rule?.enabled !== true || book.open.has(issue.key) || open.size >= ALERT_LIMITS.openMax) continue
    const alert = begin(issue, step.atMs, silenced.get(issue.key) ?? null)
    settle(null, hold({ alert, present: false, told: false, heldMs: 0, goneMs: 0 }, issue, rule, step.atMs, 0))
  }
  return { book: { open, silencedUntilMs: silenced, lastStepMs: step.atMs, settledAtMs }, changed, fired }
}

/** The book as it was left: what was firing fires on without being told again, and clocks start anew. */
export function reopenBook(alerts: readonly AlertState[]): AlertBook {
  const open = new Map(alerts.filter((alert) => alert.phase !== 'resolved').map((alert) => [alert.issueKey, { alert, present: false, told: false, heldMs: 0, goneMs: 0 }]))
  const silencedUntilMs = new Map(alerts.flatMap((alert) => (alert.silencedUntilMs === null ? [] : [[alert.issueKey, alert.silencedUntilMs] as const])))
  return { ...EMPTY_BOOK, open, silencedUntilMs }
}

/** What the user says of an alert: acknowledged, silenced. Null: there is no such alert open. */
export function amend(book: AlertBook, alertId: string, change: Partial<Pick<AlertState, 'acknowledged' | 'silencedUntilMs'>>): { book: AlertBook; alert: AlertState } | null {
  for (const [key, tracked] of book.open) {
    if (tracked.alert.id !== alertId) continue
    const alert = { ...tracked.alert, ...change }
    const silencedUntilMs = new Map(book.silencedUntilMs)
    if (alert.silencedUntilMs === null) silencedUntilMs.delete(key)
    else silencedUntilMs.set(key, alert.silencedUntilMs)
    return { book: { ...book, open: new Map(book.open).set(key, { ...tracked, alert }), silencedUntilMs }, alert }
  }
  return null
}
