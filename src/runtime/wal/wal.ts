/**
 * The log itself. Appends are laid out in memory at once and go to the disk at the end of the turn; while one flush runs,
 * later appends collect in the next batch. One flush at a time, so batches become durable in order.
 */
import fs from 'node:fs'
import { assert, present, type Result } from '../../core/base'
import type { LogRecord, RecordLocation, Storage, StorageFailureCode } from '../ports'
import { Batch, newBatchMemory } from './batch'
import { storageFailure } from './failures'
import { DirectFlushes, writeDurably } from './flusher'
import { WAL_LIMITS } from './limits'
import { locationOf, offsetOf, segmentOf } from './location'
import { Releases } from './releases'
import { readRecord, RECORD_HEADER_BYTES, recordBytes } from './record'
import { RecentSamples } from './samples'
import { createSegment, SEGMENT_HEADER_BYTES, type Segment } from './segment'
import type { Failure, WalStatistics } from './types'

type Outcome = Result<undefined, StorageFailureCode>

export interface WalStart {
  readonly directory: string
  /** All segments in order and without a gap; at least one. */
  readonly segments: readonly Segment[]
  /** The number of the first flush in each segment that holds one. */
  readonly firstBatches: ReadonlyMap<number, number>
  /** Where the next record goes. */
  readonly tail: { readonly segment: number; readonly offset: number; readonly nextBatch: number }
  readonly segmentBytes: number
  /** Monotonic milliseconds, for statistics only. */
  readonly nowMs: () => number
  readonly release: (released: () => void) => void
}

export class Wal implements Storage {
  private readonly start: WalStart
  private readonly segments: Map<number, Segment>
  private lastSegment: number
  private tailSegment: number
  private tailOffset: number
  private nextBatch: number
  /** Collects what is appended; the ones before it are full and wait for their flush. */
  private readonly waiting: Batch[] = []
  private flushing: Batch | null = null
  private scheduled = false
  private preparing = false
  /** The next segment could not be prepared; no failure as long as the one in use has room. */
  private earlyFailed = false
  private failure: Failure | null = null
  private closing: (() => void) | null = null
  private readonly releases: Releases
  private spare: Buffer[] = []
  private flushes = 0
  private recordsFlushed = 0
  private bytesFlushed = 0
  private readonly direct = new DirectFlushes()
  private readonly flushMs = new RecentSamples(WAL_LIMITS.flushSamplesKept)
  private readonly flushRecords = new RecentSamples(WAL_LIMITS.flushSamplesKept)

  constructor(start: WalStart) {
    this.start = start
    this.segments = new Map(start.segments.map((segment) => [segment.sequence, segment]))
    this.lastSegment = present(start.segments.at(-1), 'a log has a segment').sequence
    this.tailSegment = start.tail.segment
    this.tailOffset = start.tail.offset
    this.nextBatch = start.tail.nextBatch
    this.releases = new Releases(start.directory, this.segments, start.firstBatches)
    if (this.tailOffset === SEGMENT_HEADER_BYTES) this.releases.segmentBegins(this.tailSegment, this.nextBatch)
  }

  append(records: readonly LogRecord[], done: (outcome: Outcome) => void): readonly RecordLocation[] {
    assert(this.closing === null, 'nothing is appended to a log that is closing')
    const failure = this.failure
    if (failure !== null) {
      setImmediate(() => { done({ ok: false, error: failure }) })
      return records.map(() => 0)
    }
    const locations = new Array<RecordLocation>(records.length)
    for (let i = 0; i < records.length; i += 1) locations[i] = this.place(present(records[i], 'within the records'))
    this.collecting().done.push(done)
    this.schedule()
    return locations
  }

  read(location: RecordLocation): LogRecord {
    const sequence = segmentOf(location)
    const offset = offsetOf(location)
    const buffered = this.flushing !== null && holds(this.flushing, sequence, offset)
      ? this.flushing
      : this.waiting.find((batch) => holds(batch, sequence, offset))
    if (buffered) return buffered.read(offset)
    const { fd } = present(this.segments.get(sequence), 'a location names a segment of this log')
    const header = Buffer.allocUnsafe(RECORD_HEADER_BYTES)
    fs.readSync(fd, header, 0, header.length, offset)
    const length = header.readUInt32LE(4)
    assert(length <= WAL_LIMITS.recordBytesMax, 'a location names the beginning of a record')
    const record = Buffer.allocUnsafe(RECORD_HEADER_BYTES + length)
    fs.readSync(fd, record, 0, record.length, offset)
    const read = readRecord(record, 0, sequence, offset)
    assert(read !== undefined, 'a durable record reads back as it was written')
    return { type: read.type, payload: record.subarray(RECORD_HEADER_BYTES) }
  }

  /** Whole segments before the one that holds `location` are removed, once all that is written behind them is durable. */
  release(location: RecordLocation): void {
    this.releases.want(segmentOf(location))
    this.removeReleased()
  }

  private removeReleased(): void {
    if (this.failure !== null || this.closing !== null) return
    // What is not durable yet is still to be written to its segment.
    const inUse = this.flushing?.segment ?? this.waiting[0]?.segment ?? this.tailSegment
    this.releases.advance(Math.min(inUse, this.lastSegment), () => {
      this.removeReleased()
      this.finishIfIdle()
    })
  }

  bytesUsed(): number {
    let bytes = 0
    for (const segment of this.segments.values()) bytes += segment.bytes
    return bytes
  }

  /** Bytes of records, without what is only prepared. */
  bytesInUse(): number {
    let bytes = this.tailOffset
    for (const segment of this.segments.values()) if (segment.sequence < this.tailSegment) bytes += segment.bytes
    return bytes
  }

  statistics(): WalStatistics {
    const [p50, p99] = this.flushMs.percentiles([0.5, 0.99])
    return {
      flushes: this.flushes, records: this.recordsFlushed, bytes: this.bytesFlushed,
      flushP50Ms: p50 ?? null, flushP99Ms: p99 ?? null, recordsPerFlush: this.flushRecords.mean(),
    }
  }

  /** Finishes what is under way, closes the files and gives the folder up. Appends are not accepted any more. */
  close(closed: () => void): void {
    assert(this.closing === null, 'a log is closed once')
    this.closing = closed
    this.finishIfIdle()
  }

  /** Makes the next segment ahead of need. Always the one behind the last that exists: a gap would read as damage. */
  private prepareAhead(): void {
    const sequence = this.lastSegment + 1
    const early = !this.waitsFor(sequence)
    if (this.preparing || this.failure !== null || sequence > this.tailSegment + 1) return
    // An early attempt that failed is not repeated with every flush: the next is made when the segment is needed.
    if (early && (this.closing !== null || this.earlyFailed)) return
    this.preparing = true
    createSegment(this.start.directory, sequence, this.start.segmentBytes, (error, segment) => {
      this.preparing = false
      if (segment) {
        this.segments.set(sequence, segment)
        this.lastSegment = sequence
        this.earlyFailed = false
      } else if (early) this.earlyFailed = true
      else this.fail(error, 'preparing a log segment')
      this.flush()
      this.finishIfIdle()
    })
  }

  private place(record: LogRecord): RecordLocation {
    const bytes = recordBytes(record.payload.length)
    assert(bytes <= WAL_LIMITS.recordBytesMax && bytes <= this.recordBytesMax(), 'a record is no larger than a segment takes')
    let batch = this.collecting()
    const segmentBytes = this.segments.get(this.tailSegment)?.bytes ?? this.start.segmentBytes
    if (this.tailOffset + bytes + RECORD_HEADER_BYTES > segmentBytes) {
      batch.seal()
      this.tailSegment += 1
      this.tailOffset = SEGMENT_HEADER_BYTES
      batch = this.openBatch()
      this.releases.segmentBegins(batch.segment, batch.number)
    } else if (batch.bytes >= WAL_LIMITS.batchBytesMax) {
      batch = this.openBatch()
    }
    const offset = batch.add(record)
    this.tailOffset = offset + bytes
    return locationOf(this.tailSegment, offset)
  }

  /** Largest record, header included, that any segment takes. */
  recordBytesMax(): number {
    return Math.min(WAL_LIMITS.recordBytesMax, this.start.segmentBytes - SEGMENT_HEADER_BYTES - RECORD_HEADER_BYTES)
  }

  private collecting(): Batch {
    return this.waiting.at(-1) ?? this.openBatch()
  }

  private openBatch(): Batch {
    const batch = new Batch(this.tailSegment, this.tailOffset, this.nextBatch, this.spare.pop() ?? newBatchMemory())
    this.nextBatch += 1
    this.waiting.push(batch)
    return batch
  }

  private schedule(): void {
    if (this.scheduled || this.flushing !== null) return
    this.scheduled = true
    setImmediate(() => {
      this.scheduled = false
      this.flush()
    })
  }

  /** The next batch cannot be written while this segment is missing. */
  private waitsFor(sequence: number): boolean {
    const next = this.waiting[0]
    return next !== undefined && this.segmentNeeded(next) >= sequence
  }

  /**
   * The last segment that must exist before the batch is written. One that ends its segment needs the next as well:
   * recovery takes a sealed segment without a successor for damage.
   */
  private segmentNeeded(batch: Batch): number {
    return batch.sealed ? batch.segment + 1 : batch.segment
  }

  /** Starts writing what was appended, unless a flush is under way. Called by itself when the turn of the event loop ends. */
  flush(): void {
    const batch = this.waiting[0]
    if (batch === undefined || this.flushing !== null || this.failure !== null) return
    if (this.segmentNeeded(batch) > this.lastSegment) {
      this.prepareAhead()
      return
    }
    const segment = present(this.segments.get(batch.segment), 'segments up to the last are open')
    this.waiting.shift()
    if (batch.bytes === 0) {
      // Appends of no records: nothing reaches the disk, so the number is not used up.
      this.nextBatch = batch.number
      for (const done of batch.done) done({ ok: true, value: undefined })
      this.finishIfIdle()
      return
    }
    this.flushing = batch
    const data = batch.close()
    const begunMs = this.start.nowMs()
    writeDurably(segment.fd, data, batch.start, this.direct.allowed, (error) => {
      this.flushing = null
      if (error) { this.fail(error, 'writing the log', batch); return }
      const tookMs = this.start.nowMs() - begunMs
      this.flushMs.add(tookMs)
      this.direct.took(tookMs)
      this.flushed(batch, data.length)
    })
  }

  private flushed(batch: Batch, bytes: number): void {
    this.flushes += 1
    this.recordsFlushed += batch.records
    this.bytesFlushed += bytes
    this.flushRecords.add(batch.records)
    if (batch.memory().length <= WAL_LIMITS.batchBytesMax && this.spare.length < 2) this.spare.push(batch.memory())
    for (const done of batch.done) done({ ok: true, value: undefined })
    const inUse = present(this.segments.get(batch.segment), 'a batch lies in a segment')
    if (batch.start + bytes > inUse.bytes * WAL_LIMITS.prepareAtShare) this.prepareAhead()
    // What collected meanwhile has waited long enough.
    this.flush()
    if (this.releases.isBehind) this.removeReleased()
    this.finishIfIdle()
  }

  /** After this nothing is accepted: what the disk holds is not known, and an fdatasync tried again may lie. */
  private fail(error: unknown, doing: string, batch?: Batch): void {
    if (this.failure !== null) return
    const failure = storageFailure(error, doing)
    this.failure = failure
    const done = [...(batch?.done ?? []), ...this.waiting.flatMap((each) => each.done)]
    this.waiting.length = 0
    for (const each of done) each({ ok: false, error: failure })
    this.finishIfIdle()
  }

  private finishIfIdle(): void {
    const closed = this.closing
    if (closed === null || this.flushing !== null || this.preparing || this.releases.isRunning) return
    if (this.waiting.length > 0 && this.failure === null) { this.schedule(); return }
    this.closing = () => { /* closed already */ }
    for (const segment of this.segments.values()) fs.closeSync(segment.fd)
    this.segments.clear()
    this.start.release(closed)
  }
}

const holds = (batch: Batch, segment: number, offset: number): boolean =>
  batch.segment === segment && offset >= batch.start && offset < batch.start + batch.bytes
