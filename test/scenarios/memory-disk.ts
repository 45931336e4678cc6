/** Storage in memory whose writes become durable when the test says so, and that loses the others in a crash. */
import { fail, ok, present, type Result } from '../../src/core/base'
import type { LogRecord, RecordLocation, RecoveredRecord, Storage, StorageFailureCode } from '../../src/runtime/ports'

interface Write {
  readonly end: number
  readonly done: (result: Result<undefined, StorageFailureCode>) => void
}

export class MemoryDisk implements Storage {
  #records: LogRecord[] = []
  #durable = 0
  #writes: Write[] = []
  /** A write made after it is set fails. */
  isBroken = false

  append(records: readonly LogRecord[], done: Write['done']): readonly RecordLocation[] {
    const first = this.#records.length
    // Copies: a disk keeps no reference to the memory of the process.
    for (const record of records) this.#records.push({ type: record.type, payload: record.payload.slice() })
    this.#writes.push({ end: this.#records.length, done })
    return records.map((_, i) => first + i)
  }

  read(location: RecordLocation): LogRecord {
    return present(this.#records[location], 'a location is of a record')
  }

  bytesUsed(): number {
    return this.#records.reduce((sum, record) => sum + record.payload.length, 0)
  }

  get pendingWrites(): number {
    return this.#writes.length
  }

  get recordCount(): number {
    return this.#records.length
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
    this.#records.length = Math.min(this.#records.length, this.#durable + kept)
    this.#durable = this.#records.length
    this.#writes = []
    return this.#records.map((record, location) => ({ ...record, location }))
  }

  get unsyncedRecords(): number {
    return this.#records.length - this.#durable
  }
}
