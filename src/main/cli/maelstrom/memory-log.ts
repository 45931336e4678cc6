/** A log in memory: the workbench never restarts a node, so there is nothing to keep for longer. */
import { ok, present } from '../../../core/base'
import type { LogRecord, RecordLocation, Storage } from '../../../runtime/ports'

export class MemoryLog implements Storage {
  /** #records[0] lies at #first, the next at the next. */
  #records: LogRecord[] = []
  #first: RecordLocation = 1
  #bytes = 0
  #waiting: Parameters<Storage['append']>[1][] = []

  append(records: readonly LogRecord[], done: Parameters<Storage['append']>[1]): readonly RecordLocation[] {
    const from = this.#first + this.#records.length
    for (const { type, payload } of records) {
      this.#records.push({ type, payload: payload.slice() })
      this.#bytes += payload.length
    }
    if (this.#waiting.push(done) === 1) setImmediate(() => { this.#complete() })
    return records.map((_, i) => from + i)
  }

  read(location: RecordLocation): LogRecord {
    return present(this.#records[location - this.#first], 'a location is of a record that was not given back')
  }

  release(location: RecordLocation): void {
    if (location <= this.#first) return
    const gone = this.#records.splice(0, location - this.#first)
    for (const { payload } of gone) this.#bytes -= payload.length
    this.#first += gone.length
  }

  bytesUsed(): number {
    return this.#bytes
  }

  #complete(): void {
    for (const done of this.#waiting.splice(0)) done(ok())
  }
}
