/**
 * Samples: heads in memory with a write-ahead table beside them, sealed into compressed chunks per series. Series sampled
 * at the same times share one column of times.
 */
import type { Metric, SeriesPoints } from '../../../contract/history'
import type { Sample } from '../../../core/observe'
import { aggregateOf, Buckets, ChunkWriter, decodeTimes, decodeValues, encodeTimes, encodeValues, stepFor } from '../../../core/series'
import type { Sqlite, Statement } from './database'
import { HISTORY_LIMITS } from './limits'
import { seal, unseal } from './sealed'

interface Series {
  readonly id: number
  readonly nodeId: string
  readonly metric: Metric
  readonly peerId: string
  head: ChunkWriter
  stored: boolean
}

interface Cluster {
  readonly series: Map<string, Series>
  readonly byId: Map<number, Series>
  /** Triples of series, time and value that are not in the file yet. */
  pending: number[]
  headSamples: number
  headSinceMs: number | null
  largestHead: number
}

export interface SeriesQuery {
  readonly clusterId: string
  readonly metrics: readonly Metric[]
  readonly nodeIds: readonly string[] | null
  readonly fromMs: number
  readonly toMs: number
  readonly pointsMax: number
}

interface ChunkRow {
  from_ms: number
  to_ms: number
  count: number
  minimum: number | null
  maximum: number | null
  last: number | null
  sum: number | null
  times_id: number
  data: Uint8Array
}

/** A hole of more than this many sampling intervals is a gap. */
const GAP_INTERVALS = 2.5

const median = (values: readonly number[]): number => [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0

export class SampleStore {
  private readonly db: Sqlite
  private readonly insertHead: Statement
  private readonly clusters = new Map<string, Cluster>()
  private nextSeriesId = 1

  constructor(db: Sqlite) {
    this.db = db
    this.insertHead = db.prepare('INSERT INTO sample_head (cluster_id, data) VALUES (?, ?)')
    this.load()
  }

  /** Takes a sample into memory; `flush` brings it to the file. */
  append(clusterId: string, samples: readonly Sample[]): void {
    const cluster = this.clusterOf(clusterId)
    for (const { nodeId, metric, peerId, atMs, value } of samples) {
      const at = Math.round(atMs)
      if (!Number.isSafeInteger(at) || Number.isNaN(value)) continue
      const series = this.seriesOf(cluster, nodeId, metric, peerId ?? '')
      this.grow(cluster, series, at, value)
      cluster.pending.push(series.id, at, value)
    }
  }

  /** Writes what is pending, and seals heads that are full or old. Call inside a transaction; call `written` once it is committed. */
  flush(nowMs: number): () => void {
    const done: (() => void)[] = []
    for (const [clusterId, cluster] of this.clusters) {
      const fresh = [...cluster.series.values()].filter((series) => !series.stored)
      for (const series of fresh) this.insertSeries(clusterId, series)
      if (fresh.length > 0) done.push(() => fresh.forEach((series) => (series.stored = true)))
      if (this.isFull(cluster, nowMs)) {
        done.push(this.sealCluster(clusterId, cluster))
      } else if (cluster.pending.length > 0) {
        const { buffer } = Float64Array.from(cluster.pending)
        this.insertHead.run(clusterId, seal(new Uint8Array(buffer)))
        const taken = cluster.pending.length
        done.push(() => (cluster.pending = cluster.pending.slice(taken)))
      }
    }
    return () => done.forEach((each) => each())
  }

  /** Points of every matching series that has any in the range. */
  query({ clusterId, metrics, nodeIds, fromMs, toMs, pointsMax }: SeriesQuery): SeriesPoints[] {
    const cluster = this.clusters.get(clusterId)
    if (cluster === undefined || toMs < fromMs) return []
    const times = new Map<number, Float64Array | null>()
    const found: SeriesPoints[] = []
    for (const series of cluster.series.values()) {
      if (!metrics.includes(series.metric) || (nodeIds !== null && !nodeIds.includes(series.nodeId))) continue
      const stepMs = stepFor(fromMs, toMs, pointsMax)
      const buckets = new Buckets(Math.floor(fromMs / stepMs) * stepMs, stepMs)
      this.readChunks(series.id, fromMs, toMs, buckets, times)
      const head = series.head.columns()
      addInRange(buckets, head.times, head.values, fromMs, toMs)
      const { atMs, minimum, maximum, last } = buckets.finish()
      if (atMs.length === 0) continue
      const intervals = atMs.slice(1).map((at, i) => at - (atMs[i] ?? 0))
      const key = { nodeId: series.nodeId, metric: series.metric, ...(series.peerId === '' ? {} : { peerId: series.peerId }) }
      found.push({ key, atMs, minimum, maximum, last, stepMs: Math.max(stepMs, Math.ceil(median(intervals) * GAP_INTERVALS)) })
    }
    return found
  }

  /** Deletes chunks that ended before the time; true when there may be more. */
  dropBefore(cutoffMs: number, rowsMax: number): boolean {
    const drop = this.db.prepare('DELETE FROM chunk WHERE id IN (SELECT id FROM chunk WHERE series_id = ? AND to_ms < ? LIMIT ?)')
    let left = rowsMax
    for (const cluster of this.clusters.values()) {
      for (const id of cluster.byId.keys()) if (left > 0) left -= drop.run(id, cutoffMs, left).changes
    }
    if (left > 0) left -= this.db.prepare('DELETE FROM times WHERE id IN (SELECT id FROM times WHERE to_ms < ? LIMIT ?)').run(cutoffMs, left).changes
    return left === 0
  }

  /** Deletes the chunks of a cluster; the caller deletes its other rows. */
  forget(clusterId: string): void {
    this.db.prepare('DELETE FROM times WHERE id IN (SELECT times_id FROM chunk WHERE series_id IN (SELECT id FROM series WHERE cluster_id = ?))').run(clusterId)
    this.db.prepare('DELETE FROM chunk WHERE series_id IN (SELECT id FROM series WHERE cluster_id = ?)').run(clusterId)
    this.clusters.delete(clusterId)
  }

  private load(): void {
    const rows = this.db.prepare<[], { id: number; cluster_id: string; node_id: string; metric: Metric; peer_id: string }>('SELECT * FROM series').all()
    for (const { id, cluster_id, node_id, metric, peer_id } of rows) {
      const cluster = this.clusterOf(cluster_id)
      const series: Series = { id, nodeId: node_id, metric, peerId: peer_id, head: new ChunkWriter(), stored: true }
      cluster.series.set(keyOf(node_id, metric, peer_id), series)
      cluster.byId.set(id, series)
      this.nextSeriesId = Math.max(this.nextSeriesId, id + 1)
    }
    for (const { cluster_id, data } of this.db.prepare<[], { cluster_id: string; data: Uint8Array }>('SELECT cluster_id, data FROM sample_head ORDER BY id').iterate()) {
      const bytes = unseal(data)
      if (bytes === null || bytes.length % 24 !== 0) continue
      const triples = new Float64Array(new Uint8Array(bytes).buffer)
      const cluster = this.clusterOf(cluster_id)
      for (let i = 0; i < triples.length; i += 3) {
        const series = cluster.byId.get(triples[i] ?? -1)
        if (series !== undefined) this.grow(cluster, series, triples[i + 1] ?? 0, triples[i + 2] ?? Number.NaN)
      }
    }
  }

  private clusterOf(clusterId: string): Cluster {
    let cluster = this.clusters.get(clusterId)
    if (cluster === undefined) {
      cluster = { series: new Map(), byId: new Map(), pending: [], headSamples: 0, headSinceMs: null, largestHead: 0 }
      this.clusters.set(clusterId, cluster)
    }
    return cluster
  }

  private seriesOf(cluster: Cluster, nodeId: string, metric: Metric, peerId: string): Series {
    const key = keyOf(nodeId, metric, peerId)
    let series = cluster.series.get(key)
    if (series === undefined) {
      series = { id: this.nextSeriesId, nodeId, metric, peerId, head: new ChunkWriter(), stored: false }
      this.nextSeriesId += 1
      cluster.series.set(key, series)
      cluster.byId.set(series.id, series)
    }
    return series
  }

  private grow(cluster: Cluster, series: Series, atMs: number, value: number): void {
    // While the disk refuses, nothing can be sealed: start over rather than grow without end.
    if (cluster.headSamples >= HISTORY_LIMITS.headSamplesMax * 2) {
      for (const each of cluster.series.values()) each.head = new ChunkWriter()
      Object.assign(cluster, { pending: [], headSamples: 0, headSinceMs: null, largestHead: 0 })
    }
    series.head.append(atMs, value)
    cluster.headSamples += 1
    cluster.largestHead = Math.max(cluster.largestHead, series.head.count)
    cluster.headSinceMs = Math.min(cluster.headSinceMs ?? atMs, atMs)
  }

  private insertSeries(clusterId: string, { id, nodeId, metric, peerId }: Series): void {
    this.db.prepare('INSERT OR REPLACE INTO series (id, cluster_id, node_id, metric, peer_id) VALUES (?, ?, ?, ?, ?)').run(id, clusterId, nodeId, metric, peerId)
  }

  private isFull({ largestHead, headSamples, headSinceMs }: Cluster, nowMs: number): boolean {
    if (headSamples === 0) return false
    const old = headSinceMs !== null && nowMs - headSinceMs >= HISTORY_LIMITS.headAgeMsMax
    return largestHead >= HISTORY_LIMITS.chunkSamples || headSamples >= HISTORY_LIMITS.headSamplesMax || old
  }

  private sealCluster(clusterId: string, cluster: Cluster): () => void {
    const insertTimes = this.db.prepare('INSERT INTO times (to_ms, data) VALUES (?, ?)')
    const insertChunk = this.db.prepare(
      'INSERT INTO chunk (series_id, from_ms, to_ms, count, minimum, maximum, last, sum, times_id, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    const shared = new Map<string, number>()
    const sealed: Series[] = []
    for (const series of cluster.series.values()) {
      if (series.head.count === 0) continue
      const { times, values } = series.head.columns()
      const bytes = Buffer.from(encodeTimes(times))
      const [fromMs, toMs] = [times[0] ?? 0, times[times.length - 1] ?? 0]
      const name = bytes.toString('latin1')
      const timesId = shared.get(name) ?? Number(insertTimes.run(toMs, seal(bytes)).lastInsertRowid)
      shared.set(name, timesId)
      const sum = aggregateOf(times, values)
      insertChunk.run(series.id, fromMs, toMs, times.length, sum?.minimum ?? null, sum?.maximum ?? null, sum?.last ?? null, sum?.sum ?? null, timesId, seal(encodeValues(values)))
      sealed.push(series)
    }
    this.db.prepare('DELETE FROM sample_head WHERE cluster_id = ?').run(clusterId)
    return () => {
      for (const series of sealed) series.head = new ChunkWriter()
      Object.assign(cluster, { pending: [], headSamples: 0, headSinceMs: null, largestHead: 0 })
    }
  }

  private readChunks(seriesId: number, fromMs: number, toMs: number, buckets: Buckets, times: Map<number, Float64Array | null>): void {
    const rows = this.db.prepare<[number, number, number], ChunkRow>('SELECT * FROM chunk WHERE series_id = ? AND to_ms >= ? AND from_ms <= ? ORDER BY to_ms')
    for (const row of rows.iterate(seriesId, fromMs, toMs)) {
      const { minimum, maximum, last, sum, count } = row
      const whole = row.from_ms >= fromMs && row.to_ms <= toMs
      if (whole && minimum !== null && maximum !== null && last !== null) {
        if (buckets.addAggregate({ fromMs: row.from_ms, toMs: row.to_ms, minimum, maximum, last, count, sum: sum ?? 0 })) continue
      }
      const at = times.has(row.times_id) ? times.get(row.times_id) : this.readTimes(row.times_id)
      times.set(row.times_id, at ?? null)
      const bytes = unseal(row.data)
      const values = bytes === null ? null : decodeValues(bytes)
      if (at !== null && at !== undefined && values !== null && at.length === values.length) addInRange(buckets, at, values, fromMs, toMs)
    }
  }

  private readTimes(id: number): Float64Array | null {
    const bytes = unseal(this.db.prepare('SELECT data FROM times WHERE id = ?').pluck().get(id))
    return bytes === null ? null : decodeTimes(bytes)
  }
}

const keyOf = (nodeId: string, metric: string, peerId: string): string => `${metric}\n${nodeId}\n${peerId}`

function addInRange(buckets: Buckets, times: Float64Array, values: Float64Array, fromMs: number, toMs: number): void {
  for (let i = 0; i < times.length; i += 1) {
    const atMs = times[i] ?? 0
    if (atMs >= fromMs && atMs <= toMs) buckets.add(atMs, values[i] ?? Number.NaN)
  }
}
