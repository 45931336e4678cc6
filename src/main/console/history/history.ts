/** The history of a console: what it records, and what it tells of the past. */
import { statSync } from 'node:fs'
import type { AlertState } from '../../../contract/health'
import type { EventFilter, HistoryExtent, RecordedEvent, SeriesPoints } from '../../../contract/history'
import { ok, type Result } from '../../../core/base'
import type { ClusterMoment, ExpectedMember, NodeObservation } from '../../../core/observation'
import { samplesOf, type Sample, type Sentence } from '../../../core/observe'
import { canLoad } from './database'
import { documentText, saveDocument, type Documents } from './documents'
import { matches } from './event-store'
import { exportEvents } from './export'
import { Keeper, type HistoryLog } from './keeper'
import { HISTORY_LIMITS } from './limits'
import { momentAt, recordingOf, type Recording } from './observation-reader'
import type { SeriesQuery } from './sample-store'

export interface HistoryOptions {
  readonly file: string
  /** A build of the database module for this runtime; null: the package's own. */
  readonly nativeBinding?: string | null
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly log: HistoryLog
  /** null: the caller calls `tick` itself. */
  readonly flushEveryMs?: number | null
}

export interface HistoryStatus {
  readonly recording: boolean
  /** What the user must be told: that and why nothing is recorded, and that a file was set aside. */
  readonly notices: readonly Sentence[]
}

export type NewEvent = Omit<RecordedEvent, 'id'>

/** The part of it that keeps alerts; made for the health domain. */
export interface AlertHistory {
  open(): readonly AlertState[]
  /** Keeps the alert as it now is, and the transition to it. True once it is on the disk. */
  save(alerts: readonly AlertState[], atMs: number): boolean
  resolved(clusterId: string | null, sinceMs: number, limit: number): readonly AlertState[]
  at(clusterId: string | null, atMs: number): readonly AlertState[]
}

export interface History {
  status(): HistoryStatus
  /** Called when the status changes. */
  onStatus(listener: () => void): () => void
  /** Takes an observation, and the samples in it. */
  record(observation: NodeObservation): void
  /** Takes further samples: load, computed lag. */
  recordSamples(clusterId: string, samples: readonly Sample[]): void
  /** Keeps whom the cluster is expected to have from now on; cheap when nothing changed. */
  recordExpected(clusterId: string, atMs: number, expected: readonly ExpectedMember[]): void
  /** On the disk when this returns, unless the disk refuses; then as soon as it can be. */
  recordEvents(events: readonly NewEvent[]): readonly RecordedEvent[]
  extent(clusterId: string | null): Result<HistoryExtent, 'unavailable'>
  series(query: SeriesQuery): Result<readonly SeriesPoints[], 'unavailable'>
  moment(clusterId: string, atMs: number): Result<ClusterMoment, 'unavailable'>
  recording(clusterId: string, fromMs: number, toMs: number, changesMax: number): Result<Recording, 'unavailable'>
  events(filter: EventFilter, beforeId: number | null, limit: number): Result<{ events: readonly RecordedEvent[]; more: boolean }, 'unavailable'>
  exportEvents(filter: EventFilter, format: 'csv' | 'ndjson'): Result<{ text: string; rows: number; truncated: boolean }, 'unavailable'>
  /** Events as they are recorded. Gives the way to stop. */
  tail(filter: EventFilter, listener: (event: RecordedEvent) => void): () => void
  readonly alerts: AlertHistory
  documents(scope: string): Documents
  /** Days after which samples, observations, events and resolved alerts are dropped. */
  setRetention(days: number): void
  /** The most the file may take; null: as the disk allows. */
  limitBytes(bytesMax: number | null): void
  /** Deletes all that is known of a cluster. */
  forget(clusterId: string): void
  /** Size of the file with its log; null while nothing is recorded. */
  bytes(): number | null
  /** Writes what is in memory, retries after trouble, drops what is old. Runs each second by itself. */
  tick(): void
  close(): void
}

const DAY_MS = 24 * 3_600_000
const EVENT_IDS_PER_MS = 8

class FileHistory implements History {
  private readonly options: HistoryOptions
  private readonly keeper: Keeper
  private readonly statusListeners = new Set<() => void>()
  private readonly eventListeners = new Set<(event: RecordedEvent) => void>()
  private readonly expected = new Map<string, string>()
  private readonly timer: NodeJS.Timeout | null
  private lastEventId = 0
  private retentionDays: number | null = null
  private retainAtMs = Number.NEGATIVE_INFINITY

  constructor(options: HistoryOptions) {
    this.options = options
    const { file, now, log } = options
    this.keeper = new Keeper({
      file, now, log, nativeBinding: options.nativeBinding ?? null,
      onChange: () => this.statusListeners.forEach((each) => each()),
      onNewFile: () => this.expected.clear(),
    })
    const every = options.flushEveryMs === undefined ? HISTORY_LIMITS.flushEveryMs : options.flushEveryMs
    this.timer = every === null ? null : setInterval(() => this.tick(), every)
    this.timer?.unref()
  }

  readonly alerts: AlertHistory = {
    open: () => this.readOr([], (stores) => stores.alerts.open()),
    save: (alerts, atMs) => this.keeper.durably((stores) => alerts.forEach((alert) => stores.alerts.save(alert, atMs))),
    resolved: (clusterId, sinceMs, limit) => this.readOr([], (stores) => stores.alerts.resolved(clusterId, sinceMs, limit)),
    at: (clusterId, atMs) => this.readOr([], (stores) => stores.alerts.at(clusterId, atMs)),
  }

  status(): HistoryStatus {
    const { trouble, setAsideNotice } = this.keeper
    const notices = setAsideNotice === null ? [] : [setAsideNotice]
    if (trouble === 'full') notices.push({ key: 'notice.history.disk-full', parameters: {} })
    else if (trouble !== null) notices.push({ key: 'notice.history.not-writable', parameters: { file: this.options.file } })
    return { recording: trouble === null, notices }
  }

  onStatus(listener: () => void): () => void {
    this.statusListeners.add(listener)
    return () => this.statusListeners.delete(listener)
  }

  record(observation: NodeObservation): void {
    this.keeper.take(observation.clusterId, observation, samplesOf(observation))
  }

  recordSamples(clusterId: string, samples: readonly Sample[]): void {
    this.keeper.take(clusterId, null, samples)
  }

  recordExpected(clusterId: string, atMs: number, expected: readonly ExpectedMember[]): void {
    const text = documentText(expected)
    if (this.expected.get(clusterId) === text) return
    this.expected.set(clusterId, text)
    this.keeper.durably((stores) => stores.observations.recordExpected(clusterId, atMs, expected))
  }

  recordEvents(events: readonly NewEvent[]): readonly RecordedEvent[] {
    if (events.length === 0) return []
    if (this.lastEventId === 0) this.lastEventId = this.firstEventId()
    const recorded = events.map((event) => ({ id: ++this.lastEventId, ...event }))
    this.keeper.durably((stores) => recorded.forEach((event) => stores.events.insert(event)))
    for (const event of recorded) this.eventListeners.forEach((listener) => listener(event))
    return recorded
  }

  extent(clusterId: string | null): Result<HistoryExtent, 'unavailable'> {
    return this.keeper.read((stores) => stores.observations.extent(clusterId))
  }

  series(query: SeriesQuery): Result<readonly SeriesPoints[], 'unavailable'> {
    return this.keeper.read((stores) => stores.samples.query(query))
  }

  moment(clusterId: string, atMs: number): Result<ClusterMoment, 'unavailable'> {
    return this.keeper.read((stores) => momentAt(stores.observations, clusterId, atMs))
  }

  recording(clusterId: string, fromMs: number, toMs: number, changesMax: number): Result<Recording, 'unavailable'> {
    return this.keeper.read((stores) => recordingOf(stores.observations, clusterId, fromMs, toMs, changesMax))
  }

  events(filter: EventFilter, beforeId: number | null, limit: number): Result<{ events: readonly RecordedEvent[]; more: boolean }, 'unavailable'> {
    return this.keeper.read((stores) => stores.events.list(filter, beforeId, limit))
  }

  exportEvents(filter: EventFilter, format: 'csv' | 'ndjson'): Result<{ text: string; rows: number; truncated: boolean }, 'unavailable'> {
    return this.keeper.read((stores) => {
      const { events, more } = stores.events.list(filter, null, HISTORY_LIMITS.exportRowsMax)
      return exportEvents(events, more, format)
    })
  }

  tail(filter: EventFilter, listener: (event: RecordedEvent) => void): () => void {
    const filtered = (event: RecordedEvent): void => {
      if (matches(event, filter)) listener(event)
    }
    this.eventListeners.add(filtered)
    return () => this.eventListeners.delete(filtered)
  }

  documents(scope: string): Documents {
    const memory = this.keeper.documents
    const write = (key: string, value: string | null): boolean => this.keeper.durably((stores) => saveDocument(stores.db, scope, key, value))
    return {
      get: (key) => memory.read(scope, key),
      keys: () => memory.keys(scope),
      put: (key, value) => {
        const text = documentText(value)
        memory.set(scope, key, text)
        return write(key, text)
      },
      remove: (key) => {
        memory.set(scope, key, null)
        return write(key, null)
      },
    }
  }

  setRetention(days: number): void {
    this.retentionDays = days
    this.retainAtMs = Number.NEGATIVE_INFINITY
  }

  limitBytes(bytesMax: number | null): void {
    this.keeper.limitBytes(bytesMax)
  }

  forget(clusterId: string): void {
    this.expected.delete(clusterId)
    this.keeper.durably((stores) => stores.forget(clusterId))
  }

  bytes(): number | null {
    if (this.keeper.trouble !== null) return null
    return ['', '-wal'].reduce((sum, suffix) => sum + (statSync(this.options.file + suffix, { throwIfNoEntry: false })?.size ?? 0), 0)
  }

  tick(): void {
    this.keeper.flush()
    const nowMs = this.options.now()
    if (this.retentionDays === null || nowMs < this.retainAtMs) return
    const more = this.keeper.dropBefore(nowMs - this.retentionDays * DAY_MS)
    this.retainAtMs = more ? nowMs : nowMs + HISTORY_LIMITS.retainEveryMs
  }

  close(): void {
    if (this.timer !== null) clearInterval(this.timer)
    this.keeper.close()
  }

  /** Above every id in the file; where that cannot be read now, above what a clock that runs forward can have given. */
  private firstEventId(): number {
    const last = this.readOr(null, (stores) => stores.events.lastId())
    return last ?? Math.floor(this.options.now()) * EVENT_IDS_PER_MS
  }

  private readOr<Value>(otherwise: Value, work: Parameters<typeof this.keeper.read<Value>>[0]): Value {
    const result = this.keeper.read(work)
    return result.ok ? result.value : otherwise
  }
}

/**
 * Opens the history, or a new one in place of a file that cannot be used (see `status().notices`). Trouble of the disk is no
 * failure: the history then records nothing, says so, and tries again. It fails only where the database module cannot run.
 */
export function openHistory(options: HistoryOptions): Result<History, 'no-database'> {
  const loaded = canLoad(options.nativeBinding ?? null)
  return loaded.ok ? ok(new FileHistory(options)) : loaded
}
