/** What the fake console has recorded: in memory, bounded, for the time bar, charts and events. */
import type { EventFilter, Metric, RecordedEvent, SeriesPoints } from '../../../../contract/history'
import type { ClusterMoment, NodeObservation } from '../../../../core/observation'
import { applyChange, eventsBetween, samplesOf, type ClusterEvent } from '../../../../core/observe'

const LIMITS = { changesMax: 20_000, eventsMax: 5_000, samplesMax: 20_000 } as const

interface Series {
  readonly nodeId: string
  readonly metric: Metric
  readonly peerId: string | undefined
  readonly atMs: number[]
  readonly values: number[]
}

export class FakeHistory {
  private readonly changes: NodeObservation[] = []
  private readonly series = new Map<string, Series>()
  private readonly events: RecordedEvent[] = []
  private readonly tails = new Set<{ filter: EventFilter; push: (event: RecordedEvent) => void }>()
  private first: ClusterMoment | null = null
  private before: ClusterMoment | null = null
  private nextEventId: number

  constructor(firstEventId: number) {
    this.nextEventId = firstEventId
  }

  get fromMs(): number | null {
    return this.first?.atMs ?? null
  }

  add(moment: ClusterMoment): void {
    this.first ??= { ...moment, observations: [] }
    for (const observation of moment.observations) {
      this.changes.push(observation)
      for (const sample of samplesOf(observation)) this.addSample(sample.nodeId, sample.metric, sample.peerId, sample.atMs, sample.value)
    }
    if (this.changes.length > LIMITS.changesMax) this.changes.splice(0, LIMITS.changesMax / 10)
    for (const event of eventsBetween(this.before, moment)) this.record(event)
    this.before = moment
  }

  addSample(nodeId: string, metric: Metric, peerId: string | undefined, atMs: number, value: number): void {
    const key = `${nodeId}|${metric}|${peerId ?? ''}`
    let series = this.series.get(key)
    if (!series) this.series.set(key, (series = { nodeId, metric, peerId, atMs: [], values: [] }))
    series.atMs.push(atMs)
    series.values.push(value)
    if (series.atMs.length > LIMITS.samplesMax) {
      series.atMs.splice(0, LIMITS.samplesMax / 10)
      series.values.splice(0, LIMITS.samplesMax / 10)
    }
  }

  record(event: Omit<ClusterEvent, 'kind'> & { readonly kind: string }): void {
    const recorded: RecordedEvent = {
      id: this.nextEventId++, atMs: event.atMs, clusterId: event.clusterId, nodeId: event.nodeId ?? null, kind: event.kind, severity: event.severity, sentence: event.sentence,
    }
    this.events.push(recorded)
    if (this.events.length > LIMITS.eventsMax) this.events.shift()
    for (const tail of this.tails) if (fits(recorded, tail.filter)) tail.push(recorded)
  }

  tail(filter: EventFilter, push: (event: RecordedEvent) => void): () => void {
    const tail = { filter, push }
    this.tails.add(tail)
    return () => this.tails.delete(tail)
  }

  momentAt(atMs: number): ClusterMoment | null {
    if (!this.first) return null
    let moment = this.first
    for (const change of this.changes) {
      if (change.atMs > atMs) break
      moment = applyChange(moment, change)
    }
    return { ...moment, atMs }
  }

  changesBetween(fromMs: number, toMs: number): readonly NodeObservation[] {
    return this.changes.filter((change) => change.atMs > fromMs && change.atMs <= toMs)
  }

  /** Newest first. */
  find(filter: EventFilter, beforeId: number | null): readonly RecordedEvent[] {
    return this.events.filter((event) => (beforeId === null || event.id < beforeId) && fits(event, filter)).toReversed()
  }

  points(metrics: readonly Metric[], nodeIds: readonly string[] | null, fromMs: number, toMs: number, pointsMax: number): readonly SeriesPoints[] {
    const stepMs = Math.max(1_000, Math.ceil((toMs - fromMs) / pointsMax))
    const wanted = [...this.series.values()].filter((series) => metrics.includes(series.metric) && (!nodeIds || nodeIds.includes(series.nodeId)))
    return wanted.map((series) => bucket(series, fromMs, toMs, stepMs)).filter((points) => points.atMs.length > 0)
  }
}

function bucket(series: Series, fromMs: number, toMs: number, stepMs: number): SeriesPoints {
  const atMs: number[] = []
  const minimum: number[] = []
  const maximum: number[] = []
  const last: number[] = []
  series.atMs.forEach((at, index) => {
    if (at < fromMs || at > toMs) return
    const value = series.values[index] ?? 0
    const start = fromMs + Math.floor((at - fromMs) / stepMs) * stepMs
    const open = atMs.length - 1
    if (atMs[open] === start) {
      minimum[open] = Math.min(minimum[open] ?? value, value)
      maximum[open] = Math.max(maximum[open] ?? value, value)
      last[open] = value
    } else {
      atMs.push(start)
      minimum.push(value)
      maximum.push(value)
      last.push(value)
    }
  })
  const key = series.peerId === undefined ? { nodeId: series.nodeId, metric: series.metric } : { nodeId: series.nodeId, metric: series.metric, peerId: series.peerId }
  return { key, atMs, minimum, maximum, last, stepMs }
}

export function fits(event: RecordedEvent, filter: EventFilter): boolean {
  const words = `${event.kind} ${Object.values(event.sentence.parameters).join(' ')}`.toLowerCase()
  return (
    (filter.clusterId === null || event.clusterId === filter.clusterId) &&
    (filter.nodeIds.length === 0 || (event.nodeId !== null && filter.nodeIds.includes(event.nodeId))) &&
    (filter.kinds.length === 0 || filter.kinds.includes(event.kind)) &&
    (filter.severities.length === 0 || filter.severities.includes(event.severity)) &&
    (filter.text === '' || words.includes(filter.text.toLowerCase())) &&
    (filter.fromMs === null || event.atMs >= filter.fromMs) &&
    (filter.toMs === null || event.atMs <= filter.toMs)
  )
}
