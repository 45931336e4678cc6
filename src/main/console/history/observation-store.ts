/** Every observation, as changes: segments per member, each with a keyframe, and a head in memory with a table beside it. */
import { fromJson, toJson } from '../../../core/base'
import type { ExpectedMember, NodeObservation } from '../../../core/observation'
import type { Sqlite, Statement } from './database'
import { HISTORY_LIMITS } from './limits'
import { bodyOf, decodeSegment, encodeSegment, Replay, type Body, type StoredRecord } from './observation-stream'
import { diff, type Patch } from './patch'
import { seal, unseal } from './sealed'

interface HeadRecord extends StoredRecord {
  /** Shares with the one before what did not change. */
  readonly said: NodeObservation
}

export interface Stream {
  readonly id: number
  readonly clusterId: string
  readonly nodeId: string
  /** Not in a segment yet, oldest first. */
  head: HeadRecord[]
  /** How many of the head are in the file. */
  written: number
  /** What the next record is compared with; null: with nothing, for it begins anew. */
  last: Body | null
  lastAtMs: number
  stored: boolean
}

export interface SegmentRow {
  readonly id: number
  readonly stream_id: number
  readonly from_ms: number
  readonly to_ms: number
}

/** A clock set back by less than this makes an observation late; by more, it is the clock that counts from now on. */
const LATE_MS_MAX = 2_000

export class ObservationStore {
  private readonly db: Sqlite
  private readonly insertHead: Statement
  private readonly streams = new Map<string, Map<string, Stream>>()
  private nextId = 1
  /** Most recently used last. */
  private readonly decoded = new Map<number, readonly NodeObservation[]>()

  constructor(db: Sqlite) {
    this.db = db
    this.insertHead = db.prepare('INSERT INTO observation_head (stream_id, at_ms, data) VALUES (?, ?, ?)')
    this.load()
  }

  streamsOf(clusterId: string): Stream[] {
    return [...(this.streams.get(clusterId)?.values() ?? [])]
  }

  clusterIds(): string[] {
    return [...this.streams.keys()]
  }

  append(observation: NodeObservation): void {
    const stream = this.streamOf(observation.clusterId, observation.nodeId)
    const atMs = Math.round(observation.atMs)
    if (!Number.isSafeInteger(atMs)) return
    if (atMs < stream.lastAtMs && stream.lastAtMs - atMs < LATE_MS_MAX) return
    // While the disk refuses, nothing can be sealed: start over rather than grow without end.
    if (stream.head.length >= HISTORY_LIMITS.pendingObservationsMax) Object.assign(stream, { head: [], written: 0 })
    const body = bodyOf(observation)
    const before = stream.head.length === 0 ? null : stream.last
    const patch: Patch | undefined = before === null ? [body] : diff(before, body)
    this.extend(stream, atMs, patch ?? null, patch === undefined ? '' : toJson(patch))
  }

  /** Call inside a transaction; call what it returns once that is committed. */
  flush(nowMs: number): () => void {
    const done: (() => void)[] = []
    for (const stream of [...this.streams.values()].flatMap((each) => [...each.values()])) {
      if (!stream.stored) {
        this.db.prepare('INSERT OR REPLACE INTO stream (id, cluster_id, node_id) VALUES (?, ?, ?)').run(stream.id, stream.clusterId, stream.nodeId)
        done.push(() => (stream.stored = true))
      }
      const old = nowMs - (stream.head[0]?.atMs ?? nowMs) >= HISTORY_LIMITS.segmentAgeMsMax
      if (stream.head.length >= HISTORY_LIMITS.segmentRecords || old) {
        done.push(this.sealStream(stream))
        continue
      }
      for (const { atMs, patch } of stream.head.slice(stream.written)) this.insertHead.run(stream.id, atMs, seal(Buffer.from(patch)))
      const written = stream.head.length
      done.push(() => (stream.written = written))
    }
    return () => done.forEach((each) => each())
  }

  recordExpected(clusterId: string, atMs: number, expected: readonly ExpectedMember[]): void {
    const text = toJson(expected)
    if (this.expectedAt(clusterId, Number.MAX_SAFE_INTEGER) === text) return
    this.db.prepare('INSERT OR REPLACE INTO expected (cluster_id, at_ms, data) VALUES (?, ?, ?)').run(clusterId, Math.round(atMs), text)
  }

  /** Segments that overlap the range, without their content. */
  segmentsIn(stream: Stream, fromMs: number, toMs: number, rowsMax: number): SegmentRow[] {
    return this.db
      .prepare<[number, number, number, number], SegmentRow>(
        'SELECT id, stream_id, from_ms, to_ms FROM segment WHERE stream_id = ? AND from_ms <= ? AND to_ms >= ? ORDER BY from_ms LIMIT ?',
      )
      .all(stream.id, toMs, fromMs, rowsMax)
  }

  /** The latest segments that begin at or before the time, newest first. */
  segmentsBefore(stream: Stream, atMs: number, rowsMax: number): SegmentRow[] {
    return this.db
      .prepare<[number, number, number], SegmentRow>('SELECT id, stream_id, from_ms, to_ms FROM segment WHERE stream_id = ? AND from_ms <= ? ORDER BY from_ms DESC LIMIT ?')
      .all(stream.id, atMs, rowsMax)
  }

  readSegment(stream: Stream, id: number): readonly NodeObservation[] {
    const known = this.decoded.get(id)
    this.decoded.delete(id)
    const observations = known ?? decodeSegment(stream.clusterId, stream.nodeId, this.db.prepare('SELECT data FROM segment WHERE id = ?').pluck().get(id))
    this.decoded.set(id, observations)
    const oldest = this.decoded.keys().next()
    if (this.decoded.size > HISTORY_LIMITS.segmentsCached && oldest.done !== true) this.decoded.delete(oldest.value)
    return observations
  }

  readHead(stream: Stream): NodeObservation[] {
    return stream.head.map(({ said }) => said)
  }

  expectedAt(clusterId: string, atMs: number): unknown {
    return this.db.prepare('SELECT data FROM expected WHERE cluster_id = ? AND at_ms <= ? ORDER BY at_ms DESC LIMIT 1').pluck().get(clusterId, atMs)
  }

  extent(clusterId: string | null): { fromMs: number | null; toMs: number | null } {
    let [fromMs, toMs]: [number | null, number | null] = [null, null]
    const first = this.db.prepare('SELECT from_ms FROM segment WHERE stream_id = ? ORDER BY from_ms LIMIT 1').pluck()
    const last = this.db.prepare('SELECT to_ms FROM segment WHERE stream_id = ? ORDER BY from_ms DESC LIMIT 1').pluck()
    for (const stream of (clusterId === null ? this.clusterIds() : [clusterId]).flatMap((id) => this.streamsOf(id))) {
      for (const time of [first.get(stream.id), last.get(stream.id), stream.head[0]?.atMs, stream.head.at(-1)?.atMs]) {
        if (typeof time !== 'number') continue
        fromMs = Math.min(fromMs ?? time, time)
        toMs = Math.max(toMs ?? time, time)
      }
    }
    return { fromMs, toMs }
  }

  dropBefore(cutoffMs: number, rowsMax: number): boolean {
    const drop = this.db.prepare('DELETE FROM segment WHERE id IN (SELECT id FROM segment WHERE stream_id = ? AND from_ms < ? AND to_ms < ? LIMIT ?)')
    let left = rowsMax
    for (const stream of [...this.streams.values()].flatMap((each) => [...each.values()])) {
      if (left > 0) left -= drop.run(stream.id, cutoffMs, cutoffMs, left).changes
    }
    return left === 0
  }

  forget(clusterId: string): void {
    for (const table of ['segment', 'observation_head']) {
      this.db.prepare(`DELETE FROM ${table} WHERE stream_id IN (SELECT id FROM stream WHERE cluster_id = ?)`).run(clusterId)
    }
    this.streams.delete(clusterId)
    this.decoded.clear()
  }

  private load(): void {
    const byId = new Map<number, Stream>()
    for (const { id, cluster_id, node_id } of this.db.prepare<[], { id: number; cluster_id: string; node_id: string }>('SELECT * FROM stream').all()) {
      byId.set(id, this.addStream(id, cluster_id, node_id, true))
      this.nextId = Math.max(this.nextId, id + 1)
    }
    const rows = this.db.prepare<[], { stream_id: number; at_ms: number; data: Uint8Array }>('SELECT stream_id, at_ms, data FROM observation_head ORDER BY id')
    const broken = new Set<number>()
    for (const { stream_id, at_ms, data } of rows.iterate()) {
      const stream = byId.get(stream_id)
      const bytes = unseal(data)
      // A record that is damaged makes the ones built on it worthless, up to the next that stands by itself.
      if (bytes === null || stream === undefined) {
        broken.add(stream_id)
        if (stream !== undefined) stream.last = null
        continue
      }
      const text = Buffer.from(bytes).toString('utf8')
      if (broken.has(stream_id) && !text.startsWith('[')) continue
      broken.delete(stream_id)
      if (this.extend(stream, at_ms, text === '' ? null : (fromJson(text) as Patch), text)) stream.written += 1
      else broken.add(stream_id)
    }
  }

  /** Adds a record to the head; false where there is nothing sound that it could build on. */
  private extend(stream: Stream, atMs: number, patch: Patch | null, text: string): boolean {
    const said = new Replay(stream.clusterId, stream.nodeId, stream.last).next(atMs, patch)
    if (said === null) return false
    stream.head.push({ atMs, patch: text, said })
    stream.last = bodyOf(said)
    stream.lastAtMs = atMs
    return true
  }

  private streamOf(clusterId: string, nodeId: string): Stream {
    const known = this.streams.get(clusterId)?.get(nodeId)
    if (known !== undefined) return known
    this.nextId += 1
    return this.addStream(this.nextId - 1, clusterId, nodeId, false)
  }

  private addStream(id: number, clusterId: string, nodeId: string, stored: boolean): Stream {
    const stream: Stream = { id, clusterId, nodeId, head: [], written: 0, last: null, lastAtMs: Number.NEGATIVE_INFINITY, stored }
    const cluster = this.streams.get(clusterId) ?? new Map<string, Stream>()
    cluster.set(nodeId, stream)
    this.streams.set(clusterId, cluster)
    return stream
  }

  private sealStream(stream: Stream): () => void {
    const taken = stream.head.length
    const times = stream.head.map(({ atMs }) => atMs)
    // Not Math.min(...times): a head that waited for the disk can be long.
    const fromMs = times.reduce((least, time) => Math.min(least, time), times[0] ?? 0)
    const toMs = times.reduce((most, time) => Math.max(most, time), times[0] ?? 0)
    this.db.prepare('INSERT INTO segment (stream_id, from_ms, to_ms, data) VALUES (?, ?, ?, ?)').run(stream.id, fromMs, toMs, encodeSegment(stream.head))
    this.db.prepare('DELETE FROM observation_head WHERE stream_id = ?').run(stream.id)
    return () => {
      stream.head = stream.head.slice(taken)
      stream.written = 0
      stream.last = null
    }
  }
}
