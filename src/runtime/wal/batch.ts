import { present } from '../../core/base'
import type { LogRecord, Storage } from '../ports'
import { WAL_LIMITS } from './limits'
import { FLAG_END, FLAG_SEAL, RECORD_HEADER_BYTES, recordBytes, writeChecksum, writeHeader } from './record'

type Done = Parameters<Storage['append']>[1]

/** The records of one flush, laid out in memory as they will lie in the segment. */
export class Batch {
  readonly segment: number
  /** Where in the segment it begins. */
  readonly start: number
  readonly number: number
  readonly done: Done[] = []
  records = 0
  bytes = 0
  /** It ends its segment. */
  sealed = false
  private buffer: Buffer
  /** The last record, whose checksum waits until it is known whether another follows. */
  private last = -1

  constructor(segment: number, start: number, number: number, buffer: Buffer) {
    this.segment = segment
    this.start = start
    this.number = number
    this.buffer = buffer
  }

  /** Adds a record behind the others; returns its offset in the segment. */
  add(record: LogRecord): number {
    return this.place(record.type, 0, record.payload)
  }

  /** Ends the segment: the batch must not be added to any more. */
  seal(): void {
    this.place(0, FLAG_SEAL, undefined)
    this.sealed = true
  }

  /** Ends the batch; returns the bytes to write at `start`. */
  close(): Buffer {
    if (this.last >= 0) this.finish(FLAG_END)
    this.last = -1
    return this.buffer.subarray(0, this.bytes)
  }

  /** The memory, to be used again once the batch is durable. */
  memory(): Buffer {
    return this.buffer
  }

  read(offset: number): LogRecord {
    const at = offset - this.start
    const length = this.buffer.readUInt32LE(at + 4)
    return { type: present(this.buffer[at + 14], 'the record lies in the batch'), payload: Uint8Array.prototype.slice.call(this.buffer, at + RECORD_HEADER_BYTES, at + RECORD_HEADER_BYTES + length) }
  }

  private place(type: number, flags: number, payload: Uint8Array | undefined): number {
    if (this.last >= 0) this.finish(0)
    const length = payload === undefined ? 0 : payload.length
    const size = recordBytes(length)
    this.reserve(this.bytes + size)
    const at = this.bytes
    writeHeader(this.buffer, at, { length, batch: this.number, type, flags })
    if (payload !== undefined) this.buffer.set(payload, at + RECORD_HEADER_BYTES)
    this.buffer.fill(0, at + RECORD_HEADER_BYTES + length, at + size)
    this.last = at
    this.bytes += size
    this.records += 1
    return this.start + at
  }

  private finish(flag: number): void {
    const at = this.last
    this.buffer[at + 15] = present(this.buffer[at + 15], 'the record lies in the batch') | flag
    writeChecksum(this.buffer, at, this.buffer.readUInt32LE(at + 4), this.segment, this.start + at)
  }

  private reserve(bytes: number): void {
    if (bytes <= this.buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(bytes, this.buffer.length * 2))
    this.buffer.copy(larger, 0, 0, this.bytes)
    this.buffer = larger
  }
}

export const newBatchMemory = (): Buffer => Buffer.allocUnsafeSlow(WAL_LIMITS.batchBytesInitial)
