/** Storage in memory whose writes become durable when the test says so, and that loses the others in a crash. */
import { assert, fail, ok, present, type Result } from '../../src/core/base'
import type { LogRecord, RecordLocation, RecoveredRecord, Storage, StorageFailureCode } from '../../src/runtime/ports'

interface Write {
  readonly end: RecordLocation
  readonly done: (result: Result<undefined, StorageFailureCode>) => void
}

export class MemoryDisk implements Storage {
  readonly #recordsPerSegment: number
  /** #records[0] lies at #first, the next at the next. */
  #records: LogRecord[] = []
  #first: RecordLocation = 0
  /** Records before this location are durable. */
  #durable: RecordLocation = 0
  #writes: Write[] = []
  /** A write made after it is set fails. */
  isBroken = false

  /** Space is given back in whole segments, as a real log does it. */
  constructor(recordsPerSegment = 1) {
    this.#recordsPerSegment = recordsPerSegment
  }

  append(records: readonly LogRecord[], done: Write['done']): readonly RecordLocation[] {
    const from = this.#end
    // Copies: a disk keeps no reference to the memory of the process.
    for (const record of records) this.#records.push({ type: record.type, payload: record.payload.slice() })
    this.#writes.push({ end: this.#end, done })
    return records.map((_, i) => from + i)
  }

  read(location: RecordLocation): LogRecord {
    return present(this.#records[location - this.#first], 'a location is of a record that was not given back')
  }

  release(location: RecordLocation): void {
    assert(location <= this.#durable, 'what is needed from here on is durable')
    const first = location - (location % this.#recordsPerSegment)
    if (first <= this.#first) return
    this.#records = this.#records.slice(first - this.#first)
    this.#first = first
  }

  bytesUsed(): number {
    return this.#records.reduce((sum, record) => sum + record.payload.length, 0)
  }

  get #end(): RecordLocation {
    return this.#first + this.#records.length
  }

  get pendingWrites(): number {
    return this.#writes.length
  }

  get unsyncedRecords(): number {
    return this.#end - this.#durable
  }

  isDurable(location: RecordLocation): boolean {
    return location < this.#durable
  }

  /** All that it holds, durable or not. */
  records(): RecoveredRecord[] {
    return this.#records.map((record, i) => ({ ...record, location: this.#first + i }))
  }

  /** Makes the oldest pending writes durable; all of them without a number. */
  sync(writes = this.#writes.length): void {
    const done = this.#writes.splice(0, writes)
    if (this.isBroken) {
      for (const write of done) write.done(fail('disk-failed', 'The disk failed.'))
      return
    }
    this.#durable = done.at(-1)?.end ?? this.#durable
    for (const write of done) write.done(ok())
  }

  /** The process dies: of what was not durable, only the first `kept` records happen to be on the disk. */
  crash(kept = 0): RecoveredRecord[] {
    this.#records.length = Math.min(this.#records.length, this.#durable - this.#first + kept)
    this.#durable = this.#end
    this.#writes = []
    return this.records()
  }
}
