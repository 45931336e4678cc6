/** What is recorded and what is made of it: history and health, fed with everything that settles. */
import path from 'node:path'
import type { ClusterInfo } from '../../contract/clusters'
import type { AlertState, healthContract } from '../../contract/health'
import type { historyContract } from '../../contract/history'
import type { LoadSample } from '../../contract/load'
import type { Settings } from '../../contract/system'
import type { Result } from '../../core/base'
import { samplesOfLag, say, type ClusterEvent, type Sample, type Thresholds } from '../../core/observe'
import type { Handlers } from './binder'
import type { NewEvent } from './events'
import { startHealth, type AlertPersistence, type AlertTransition, type Health } from './health'
import { historyHandlers, openHistory, type History } from './history'
import type { Settled } from './live'
import type { ConsoleOptions } from './options'
import type { Notices } from './system'

export interface RecordingOptions {
  readonly options: ConsoleOptions
  readonly directory: string
  readonly notices: Notices
  readonly settings: () => Settings
  /** The rules of alerts as the user has set them. */
  readonly rules: { get(): unknown; put(rules: unknown): Result<null> }
  readonly cluster: (clusterId: string) => ClusterInfo | null
}

export interface Recording {
  readonly handlers: Handlers<typeof historyContract & typeof healthContract>
  settled(settled: Settled): void
  event(event: NewEvent): void
  loadSample(clusterId: string, sample: LoadSample): void
  /** The same with the limits of the alert rules in it. */
  thresholds(base: Thresholds): Thresholds
  /** Pending and firing ones. */
  openAlerts(): readonly AlertState[]
  onAlerts(listener: () => void): void
  /** Removes everything recorded of a cluster. */
  forget(clusterId: string): void
  /** Ends the alerts of every cluster not named. */
  keepOnly(clusterIds: readonly string[]): void
  setRetentionDays(days: number): void
  /** null: nothing is being recorded. */
  databaseBytes(): number | null
  close(): void
}

/** Where history cannot be kept, alerts live as long as the console does. */
const NOT_KEPT: AlertPersistence = { open: () => [], save: () => true, resolved: () => [], at: () => [] }

const HISTORY_FILE = 'history.db'

class Recorder implements Recording {
  readonly handlers: Recording['handlers']
  private readonly given: RecordingOptions
  private readonly history: History | null
  private readonly health: Health
  private noticeIds: readonly string[] = []

  constructor(given: RecordingOptions) {
    this.given = given
    this.history = this.open()
    this.health = startHealth({
      alerts: this.history?.alerts ?? NOT_KEPT,
      rules: given.rules,
      nowMs: given.options.nowMs,
      isPaused: (clusterId) => given.cluster(clusterId)?.paused ?? true,
      notify: (alert) => this.notify(alert),
      onTransition: (alert, kind) => this.event(alertEvent(alert, kind, given.options.nowMs())),
    })
    this.handlers = { ...historyHandlers(this.history), ...this.health.handlers }
    this.history?.setRetention(given.settings().retentionDays)
    this.history?.onStatus(() => this.tellStatus())
    this.tellStatus()
  }

  settled({ moment, observations, events, derivation }: Settled): void {
    const { clusterId } = moment
    for (const observation of observations) this.history?.record(observation)
    this.history?.recordExpected(clusterId, moment.atMs, moment.expected)
    if (observations.length > 0) this.history?.recordSamples(clusterId, samplesOfLag(derivation))
    // That members of a cluster go down while it is stopped on purpose is no news.
    if (!this.given.cluster(clusterId)?.paused) this.history?.recordEvents(events.map(recordedEvent))
    this.health.observe(derivation)
  }

  event(event: NewEvent): void {
    this.history?.recordEvents([event])
  }

  loadSample(clusterId: string, sample: LoadSample): void {
    this.history?.recordSamples(clusterId, loadSamples(sample))
  }

  thresholds(base: Thresholds): Thresholds {
    return this.health.thresholds(base)
  }

  openAlerts(): readonly AlertState[] {
    return this.health.open()
  }

  onAlerts(listener: () => void): void {
    this.health.onChange(listener)
  }

  forget(clusterId: string): void {
    this.health.forget(clusterId)
    this.history?.forget(clusterId)
  }

  keepOnly(clusterIds: readonly string[]): void {
    this.health.keepOnly(clusterIds)
  }

  setRetentionDays(days: number): void {
    this.history?.setRetention(days)
  }

  databaseBytes(): number | null {
    return this.history?.bytes() ?? null
  }

  close(): void {
    this.history?.close()
  }

  private open(): History | null {
    const { options, directory, notices } = this.given
    const { nativeBinding, nowMs, log } = options
    const opened = openHistory({ file: path.join(directory, HISTORY_FILE), nativeBinding, now: nowMs, log })
    if (opened.ok) return opened.value
    log.error(`${opened.error.message} ${opened.error.hint ?? ''}`)
    notices.raise('notice.history.no-database', 'critical', 'notice.history.no-database', {}, false)
    return null
  }

  private notify({ clusterId, severity, sentence }: AlertState): void {
    const { settings, cluster, options } = this.given
    if (!settings().notifications) return
    options.notify({ title: cluster(clusterId)?.name ?? clusterId, body: say(sentence), clusterId, critical: severity === 'critical' })
  }

  /** What keeps history from being recorded stays on screen until it is over; that a file was set aside can be dismissed. */
  private tellStatus(): void {
    const { notices } = this.given
    const sentences = this.history?.status().notices ?? []
    for (const id of this.noticeIds) if (!sentences.some(({ key }) => key === id)) notices.withdraw(id)
    for (const { key, parameters } of sentences) {
      if (this.noticeIds.includes(key)) continue
      const isOver = key.startsWith('notice.history.set-aside') || key === 'notice.history.removed'
      notices.raise(key, isOver ? 'warning' : 'critical', key, parameters, isOver)
    }
    this.noticeIds = sentences.map(({ key }) => key)
  }
}

/** What opens a database that is damaged, full or not there is a notice, never a failure: the console runs without it. */
export function openRecording(options: RecordingOptions): Recording {
  return new Recorder(options)
}

function recordedEvent(event: ClusterEvent): NewEvent {
  return { ...event, nodeId: event.nodeId ?? null }
}

/** An alert in the list of events says what the alert says; its kind tells what became of it. */
function alertEvent({ clusterId, nodeId, severity, sentence }: AlertState, transition: AlertTransition, atMs: number): NewEvent {
  return { atMs, clusterId, nodeId, kind: transition, severity: transition === 'alert-fired' ? severity : 'info', sentence }
}

const LOAD_NODE_ID = 'load'

function loadSamples(sample: LoadSample): readonly Sample[] {
  const { atMs, intervalMs, completed, errors, unknownOutcomes, p50Ms, p99Ms } = sample
  if (intervalMs <= 0) return []
  const perSecond = (count: number): number => (count * 1000) / intervalMs
  const figures: readonly (readonly [Sample['metric'], number | null])[] = [
    ['load-operations-per-second', perSecond(completed)],
    ['load-p50-ms', p50Ms],
    ['load-p99-ms', p99Ms],
    ['load-errors-per-second', perSecond(errors)],
    ['load-unknown-per-second', perSecond(unknownOutcomes)],
  ]
  return figures.flatMap(([metric, value]) => (value === null ? [] : [{ nodeId: LOAD_NODE_ID, metric, atMs, value }]))
}
