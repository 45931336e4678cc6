/**
 * The disk of one simulated node, byte for byte, under the same port as the real log. Appends are laid into the image at once, as into a
 * page cache; a flush makes them durable after a time; a crash takes away what was not, sector by sector. Damage is done to the image
 * itself and has to be found when it is read.
 */
import { assert, ok, present, type Failure, type Random, type Result } from '../../core/base'
import type { LogRecord, RecordLocation, RecoveredRecord, Storage, StorageFailureCode } from '../../runtime/ports'
import type { DiskFault, DiskPlan } from '../plan'
import { exponential, quantise } from '../streams'
import { HEADER_BYTES, layRecord, lengthAt, readHeader, recordBytes, sealRecord } from './framing'
import { LOG_START, scan } from './scan'

type Done = (result: Result<undefined, StorageFailureCode>) => void

/** A durable record did not read back as it was written: the process ends, as the real one does. */
export class DamagedRead extends Error {
  override readonly name = 'DamagedRead'
}

/** Faults that lie in wait for the next flush or read: they strike with it. */
export type MomentaryFault = Extract<DiskFault['kind'], 'fsync-error' | 'misdirected-write' | 'misdirected-read'>

export interface DiskCounts {
  flushes: number
  tornWrites: number
  lostWrites: number
}

const IMAGE_BYTES_MIN = 16 * 1024
/** Given back only when it is at least so much, as whole segments are. */
const RELEASE_BYTES_MIN = 8192

export class SimulatedDisk implements Storage {
  readonly counts: DiskCounts = { flushes: 0, tornWrites: 0, lostWrites: 0 }
  readonly #plan: DiskPlan
  readonly #random: Random
  readonly #startFlush: (doneAtMs: number, epoch: number) => void
  readonly #nowMs: () => number
  readonly #onStruck: (kind: MomentaryFault) => void
  #image = new Uint8Array(IMAGE_BYTES_MIN)
  /** Location of the first byte of the image; locations begin behind 0. */
  #base = LOG_START
  /** From here on, offsets into the image: durable, of the flush under way, of all that was appended. */
  #durable = 0
  #flushing = 0
  #tail = 0
  /** Where the last durable batch began. */
  #lastBatchAt = 0
  #batch = 1
  #waiting: Done[] = []
  #inFlight: Done[] = []
  #epoch = 0
  #failure: Failure<StorageFailureCode> | null = null
  isFailingNext = false
  isMisdirectingNext = false
  isMisreadingNext = false
  isFull = false
  stalledUntilMs = 0

  constructor(
    plan: DiskPlan, random: Random, nowMs: () => number, startFlush: (doneAtMs: number, epoch: number) => void,
    onStruck: (kind: MomentaryFault) => void = () => undefined,
  ) {
    this.#plan = plan
    this.#random = random
    this.#nowMs = nowMs
    this.#startFlush = startFlush
    this.#onStruck = onStruck
  }

  append(records: readonly LogRecord[], done: Done): readonly RecordLocation[] {
    assert(this.#failure === null, 'nothing is written to a storage that has failed')
    const locations: number[] = []
    for (const { type, payload } of records) {
      const size = recordBytes(payload.length)
      this.#reserve(size)
      layRecord(this.#image, this.#tail, this.isFlushing ? this.#batch + 1 : this.#batch, type, payload)
      locations.push(this.#base + this.#tail)
      this.#tail += size
    }
    this.#waiting.push(done)
    return locations
  }

  /** A copy: the image changes under the reader. */
  read(location: RecordLocation): LogRecord {
    const at = location - this.#base
    assert(at >= 0 && at < this.#tail, 'a location is of a record that is still kept')
    const image = this.#image
    if (at >= this.#durable) {
      const length = lengthAt(image, at)
      return { type: image[at + 12] as number, payload: image.slice(at + HEADER_BYTES, at + HEADER_BYTES + length) }
    }
    const isMisread = this.isMisreadingNext
    this.isMisreadingNext = false
    if (isMisread) this.#onStruck('misdirected-read')
    const header = isMisread ? null : readHeader(image, at, location)
    if (header === null) throw new DamagedRead(`The record at ${location} does not read back as it was written.`)
    return { type: header.type, payload: image.slice(at + HEADER_BYTES, at + HEADER_BYTES + header.length) }
  }

  /** For whoever looks on: meets no fault that waits for a read of the node itself, and takes none away. Null where it is damaged. */
  watched<Result>(look: () => Result): Result | null {
    const isMisreading = this.isMisreadingNext
    this.isMisreadingNext = false
    try {
      return look()
    } catch (error) {
      if (error instanceof DamagedRead) return null
      throw error
    } finally {
      this.isMisreadingNext = isMisreading
    }
  }

  release(location: RecordLocation): void {
    const bytes = Math.min(location - this.#base, this.#lastBatchAt)
    // The last durable batch stays: it is what damage before it is told by.
    if (bytes < RELEASE_BYTES_MIN || this.isFlushing) return
    this.#image.copyWithin(0, bytes, this.#tail)
    this.#image.fill(0, this.#tail - bytes, this.#tail)
    this.#base += bytes
    this.#durable -= bytes
    this.#flushing -= bytes
    this.#tail -= bytes
    this.#lastBatchAt -= bytes
  }

  bytesUsed(): number {
    return this.#tail
  }

  get isFlushing(): boolean {
    return this.#inFlight.length > 0
  }

  get hasPending(): boolean {
    return this.isFlushing || this.#waiting.length > 0
  }

  /** A write has failed since the process started: it must say nothing more. */
  get hasFailed(): boolean {
    return this.#failure !== null
  }

  /** Starts a flush of what waits, unless one is under way. */
  flush(): void {
    if (this.isFlushing || this.#waiting.length === 0 || this.#failure !== null) return
    this.#inFlight = this.#waiting
    this.#waiting = []
    this.#flushing = this.#tail
    for (let at = this.#durable; at < this.#flushing;) {
      const size = recordBytes(lengthAt(this.#image, at))
      sealRecord(this.#image, at, this.#base + at, at + size === this.#flushing)
      at += size
    }
    const { flushMinMs, flushMeanMs } = this.#plan
    const now = this.#nowMs()
    const doneAtMs = now + flushMinMs + exponential(this.#random, Math.max(0, flushMeanMs - flushMinMs))
    this.#startFlush(quantise(Math.max(doneAtMs, this.stalledUntilMs)), this.#epoch)
  }

  /** The flush of `epoch` ends. */
  flushed(epoch: number): 'durable' | 'failed' | 'of-the-past' {
    if (epoch !== this.#epoch || !this.isFlushing) return 'of-the-past'
    const dones = this.#inFlight
    this.#inFlight = []
    this.counts.flushes++
    const isFull = this.isFull || this.#tail > this.#plan.capacityBytes
    if (this.isFailingNext || isFull) {
      if (this.isFailingNext) this.#onStruck('fsync-error')
      this.isFailingNext = false
      // The pages count as clean now: what was in them is in memory only, and gone with it.
      this.#failure = isFull
        ? { code: 'no-space', message: 'No space is left on the disk.', hint: 'Free some.' }
        : { code: 'disk-failed', message: 'The disk did not make a write durable.', hint: 'Replace it.' }
      this.#tear(this.#durable, this.#flushing)
      this.#image.fill(0, this.#flushing, this.#tail)
      for (const done of [...dones, ...this.#waiting.splice(0)]) done({ ok: false, error: this.#failure })
      return 'failed'
    }
    this.#lastBatchAt = this.#durable
    this.#durable = this.#flushing
    this.#batch++
    if (this.isMisdirectingNext) this.#misdirect()
    for (const done of dones) done(ok())
    this.flush()
    return 'durable'
  }

  /** The process dies, and with it what was not durable, but for the sectors of an unfinished flush that happen to be there. */
  crash(): void {
    this.#epoch++
    if (this.#failure === null) {
      if (this.isFlushing) this.#tear(this.#durable, this.#flushing)
      if (this.#tail > this.#flushing) this.counts.lostWrites++
      this.#image.fill(0, Math.max(this.#durable, this.#flushing), this.#tail)
    }
    this.#waiting = []
    this.#inFlight = []
  }

  /** The process starts: what the medium holds. Damage is told and nothing is given. */
  recover(): Result<readonly RecoveredRecord[], 'corrupt'> {
    this.#failure = null
    this.isFailingNext = false
    const found = scan(this.#image, this.#base)
    if (!found.ok) return found
    const { end, nextBatch, records } = found.value
    this.#image.fill(0, end)
    this.#durable = end
    this.#flushing = end
    this.#tail = end
    this.#lastBatchAt = Math.min(this.#lastBatchAt, end)
    this.#batch = nextBatch
    return ok(records)
  }

  /**
   * Turns one bit of what was durable before the last flush. False where there is nothing yet. Damage of the last flush itself cannot be
   * told from a torn write by any log without redundancy, so it is left alone (docs/simulator.md).
   */
  rot(): boolean {
    if (this.#lastBatchAt === 0) return false
    const at = this.#random.integer(0, this.#lastBatchAt)
    this.#image[at] = present(this.#image[at], 'within the image') ^ (1 << this.#random.integer(0, 8))
    return true
  }

  /** A sector of the flush that has just ended is written over another one's place too. */
  #misdirect(): void {
    const { sectorBytes } = this.#plan
    if (this.#lastBatchAt < sectorBytes) return
    this.isMisdirectingNext = false
    this.#onStruck('misdirected-write')
    const bytes = Math.min(sectorBytes, this.#durable - this.#lastBatchAt)
    const place = this.#random.integer(0, Math.floor(this.#lastBatchAt / sectorBytes)) * sectorBytes
    this.#image.copyWithin(place, this.#lastBatchAt, this.#lastBatchAt + Math.min(bytes, this.#lastBatchAt - place))
  }

  /** Of the sectors from `from` to `to` only some are on the medium. */
  #tear(from: number, to: number): void {
    const { sectorBytes, tornShare } = this.#plan
    let kept = 0
    let gone = 0
    // Sectors are counted from the beginning of the log; a sector that also holds older data keeps that.
    let at = from
    while (at < to) {
      const place = this.#base + at
      const next = Math.min(to, at + sectorBytes - (place % sectorBytes))
      if (this.#random.next() < tornShare) kept++
      else {
        this.#image.fill(0, at, next)
        gone++
      }
      at = next
    }
    if (kept > 0 && gone > 0) this.counts.tornWrites++
    else if (gone > 0) this.counts.lostWrites++
  }

  #reserve(bytes: number): void {
    if (this.#tail + bytes <= this.#image.length) return
    const larger = new Uint8Array(Math.max(this.#image.length * 2, this.#tail + bytes))
    larger.set(this.#image)
    this.#image = larger
  }
}
