/** Alerts of all clusters: the book of each, the calls of a window, what is kept and what is notified. */
import type { CallDefinition, CodeOf, CommonErrorCode, InputOf, OutputOf, PayloadOf } from '../../../contract/define'
import type { AlertRule, AlertState, healthContract } from '../../../contract/health'
import { fail, ok, type Result } from '../../../core/base'
import type { ClusterDerivation, Thresholds } from '../../../core/observe'
import { amend, EMPTY_BOOK, reopenBook, stepAlerts, type AlertBook } from './alerts'
import { changedRule, rulesFrom, storedRules, thresholdsOf } from './rules'

/** Where alerts are kept. The history's `alerts` is one. Nothing here throws. */
export interface AlertPersistence {
  /** Pending and firing ones, as they were last saved. */
  open(): readonly AlertState[]
  /** Keeps each alert as it now is, and that it became so. */
  save(alerts: readonly AlertState[], atMs: number): unknown
  /** Newest first. */
  resolved(clusterId: string | null, sinceMs: number, limit: number): readonly AlertState[]
  /** Pending and firing ones at a past moment, as they then were. */
  at(clusterId: string | null, atMs: number): readonly AlertState[]
}

export interface HealthPorts {
  readonly alerts: AlertPersistence
  /** The rules as the user has set them. */
  readonly rules: { get(): unknown; put(value: unknown): Result<null> }
  /** Console clock, milliseconds since 1970. */
  readonly nowMs: () => number
  /** Stopped on purpose: no alerts are raised. */
  readonly isPaused: (clusterId: string) => boolean
  /** An alert fired that is neither silenced nor told not to notify. */
  readonly notify: (alert: AlertState) => void
  /** An alert fired, was resolved after it had fired, was acknowledged or silenced; for the list of events. */
  readonly onTransition: (alert: AlertState, kind: AlertTransition) => void
}

export type AlertTransition = 'alert-fired' | 'alert-resolved' | 'alert-acknowledged' | 'alert-silenced' | 'alert-unsilenced'

type C = typeof healthContract

export type HealthHandlers = {
  readonly [Name in keyof C]: C[Name] extends CallDefinition
    ? (input: InputOf<C[Name]>) => Result<OutputOf<C[Name]>, CodeOf<C[Name]>>
    : (input: InputOf<C[Name]>, sink: { push(payload: PayloadOf<C[Name]>): void }) => Result<() => void, CommonErrorCode>
}

export interface Health {
  readonly handlers: HealthHandlers
  /** The state of a cluster now. Call it for each new derivation, and each second where there is none. */
  observe(derivation: ClusterDerivation): void
  /** Pending and firing alerts, the gravest first. */
  open(clusterId?: string): readonly AlertState[]
  /** What to derive with, so that issues appear at the limits of the rules. */
  thresholds(base?: Thresholds): Thresholds
  onChange(listener: () => void): () => void
  /** The cluster is no more: its alerts end. Call it before its history is deleted. */
  forget(clusterId: string): void
  /** Forgets every cluster not named. Call it at start, for clusters that went while the console was down. */
  keepOnly(clusterIds: readonly string[]): void
}

const SEVERITIES = ['critical', 'warning', 'info']
/** How far back silences of resolved alerts are looked for at start: the longest there are. */
const SILENCE_MS_MAX = 30 * 24 * 3_600_000
const SILENCES_READ_MAX = 1_000

const gravestFirst = (left: AlertState, right: AlertState): number =>
  Number(right.phase === 'firing') - Number(left.phase === 'firing') || SEVERITIES.indexOf(left.severity) - SEVERITIES.indexOf(right.severity) || right.sinceMs - left.sinceMs
const newestFirst = (left: AlertState, right: AlertState): number => (right.firedAtMs ?? right.sinceMs) - (left.firedAtMs ?? left.sinceMs)
const noSuchAlert = fail('not-found', 'There is no such open alert.', 'It may have been resolved meanwhile.')

class AlertingHealth implements Health {
  private readonly ports: HealthPorts
  private readonly books = new Map<string, AlertBook>()
  private readonly listeners = new Set<() => void>()
  private rules: ReadonlyMap<string, AlertRule>

  constructor(ports: HealthPorts) {
    this.ports = ports
    this.rules = new Map(rulesFrom(ports.rules.get()).map((rule) => [rule.code, rule]))
    const nowMs = ports.nowMs()
    const silent = ports.alerts.resolved(null, nowMs - SILENCE_MS_MAX, SILENCES_READ_MAX).filter((alert) => (alert.silencedUntilMs ?? 0) > nowMs)
    const perCluster = new Map<string, AlertState[]>()
    for (const alert of [...silent, ...ports.alerts.open()]) perCluster.set(alert.clusterId, [...(perCluster.get(alert.clusterId) ?? []), alert])
    for (const [clusterId, alerts] of perCluster) this.books.set(clusterId, reopenBook(alerts))
  }

  readonly handlers: HealthHandlers = {
    'health.list': ({ clusterId, resolvedSinceMs, limit }) => {
      const resolved = resolvedSinceMs === null ? [] : this.ports.alerts.resolved(clusterId, resolvedSinceMs, limit)
      return ok([...this.open(clusterId ?? undefined), ...resolved].sort(newestFirst).slice(0, limit))
    },
    'health.at': ({ clusterId, atMs }) => ok([...this.ports.alerts.at(clusterId, atMs)].sort(gravestFirst)),
    'health.acknowledge': ({ alertId, note }) => this.amend(alertId, { acknowledged: { atMs: this.ports.nowMs(), note } }, 'alert-acknowledged'),
    'health.silence': ({ alertId, forMs }) => this.amend(alertId, { silencedUntilMs: this.ports.nowMs() + forMs }, 'alert-silenced'),
    'health.unsilence': ({ alertId }) => this.amend(alertId, { silencedUntilMs: null }, 'alert-unsilenced'),
    'health.rules': () => ok([...this.rules.values()]),
    'health.setRule': (change) => {
      const before = this.rules.get(change.code)
      if (before === undefined) return fail('not-found', `There is no rule for ${change.code}.`)
      const rules = new Map(this.rules).set(change.code, changedRule(before, change))
      const kept = this.ports.rules.put(storedRules([...rules.values()]))
      if (!kept.ok) return fail('internal', kept.error.message, kept.error.hint)
      this.rules = rules
      return ok(null)
    },
    'health.watch': (_input, sink) => {
      const push = (): void => sink.push(this.open())
      push()
      return ok(this.onChange(push))
    },
  }

  observe(derivation: ClusterDerivation): void {
    const { clusterId, issues, state, topology } = derivation
    const atMs = derivation.atMs
    const before = this.books.get(clusterId) ?? EMPTY_BOOK
    const stale = new Set(topology.nodes.flatMap((node) => (node.stale ? [node.id] : [])))
    const { book, changed, fired } = stepAlerts(before, {
      clusterId, atMs, issues, rules: this.rules, paused: this.ports.isPaused(clusterId),
      canTell: ({ nodeId, peerId }) => {
        if (nodeId !== null && stale.has(nodeId)) return false
        return peerId !== null ? !stale.has(peerId) : nodeId !== null || state !== 'unknown'
      },
    })
    this.books.set(clusterId, book)
    if (changed.length === 0) return
    // What only reads differently is shown, but is no transition to keep.
    const kept = changed.filter((alert) => {
      const was = before.open.get(alert.issueKey)?.alert
      return was?.phase !== alert.phase || was.severity !== alert.severity
    })
    if (kept.length > 0) this.ports.alerts.save(kept, atMs)
    for (const alert of kept) if (alert.phase === 'resolved' && alert.firedAtMs !== null) this.ports.onTransition(alert, 'alert-resolved')
    for (const alert of fired) {
      this.ports.onTransition(alert, 'alert-fired')
      const silenced = alert.silencedUntilMs !== null && alert.silencedUntilMs > atMs
      if (!silenced && this.rules.get(alert.code)?.notify === true) this.ports.notify(alert)
    }
    this.changed()
  }

  open(clusterId?: string): readonly AlertState[] {
    const books = clusterId === undefined ? [...this.books.values()] : [this.books.get(clusterId) ?? EMPTY_BOOK]
    return books.flatMap((book) => [...book.open.values()].map(({ alert }) => alert)).sort(gravestFirst)
  }

  thresholds(base?: Thresholds): Thresholds {
    return thresholdsOf([...this.rules.values()], base)
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  forget(clusterId: string): void {
    const atMs = this.ports.nowMs()
    const ended = this.open(clusterId).map((alert): AlertState => ({ ...alert, phase: 'resolved', resolvedAtMs: atMs }))
    if (!this.books.delete(clusterId)) return
    if (ended.length > 0) this.ports.alerts.save(ended, atMs)
    this.changed()
  }

  keepOnly(clusterIds: readonly string[]): void {
    for (const clusterId of [...this.books.keys()]) if (!clusterIds.includes(clusterId)) this.forget(clusterId)
  }

  private amend(alertId: string, change: Partial<Pick<AlertState, 'acknowledged' | 'silencedUntilMs'>>, kind: AlertTransition): Result<null, CommonErrorCode> {
    for (const [clusterId, book] of this.books) {
      const amended = amend(book, alertId, change)
      if (amended === null) continue
      this.books.set(clusterId, amended.book)
      this.ports.alerts.save([amended.alert], this.ports.nowMs())
      this.ports.onTransition(amended.alert, kind)
      this.changed()
      return ok(null)
    }
    return noSuchAlert
  }

  private changed(): void {
    for (const listener of this.listeners) listener()
  }
}

/** Takes up the alerts that were open when the console last ran; they are not notified again. */
export function startHealth(ports: HealthPorts): Health {
  return new AlertingHealth(ports)
}
