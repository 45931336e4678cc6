/** Storage in memory for tests, whose writes become durable when the test says so. */
import { assert, present } from '../base'
import type { LogRecord, RecordLocation, SnapshotHead } from '../machine'

export interface Snapshot {
  readonly head: SnapshotHead
  readonly chunks: readonly Uint8Array[]
}

type Stored = LogRecord | { readonly snapshot: Snapshot }

export class TestDisk {
  #stored: (Stored | null)[] = []
  #durable = 0
  #pending: { readonly end: number; readonly done: () => void }[] = []

  append(items: readonly Stored[], done: () => void): RecordLocation[] {
    const first = this.#stored.length
    for (const item of items) this.#stored.push('snapshot' in item ? item : { type: item.type, payload: item.payload.slice() })
    this.#pending.push({ end: this.#stored.length, done })
    return items.map((_, i) => first + i)
  }

  read(location: RecordLocation): LogRecord {
    const stored = present(this.#stored[location], 'a location is of a record that was not released')
    assert(!('snapshot' in stored), 'a location is of a record')
    return stored
  }

  get pending(): number {
    return this.#pending.length
  }

  sync(writes = this.#pending.length): void {
    const done = this.#pending.splice(0, writes)
    this.#durable = done.at(-1)?.end ?? this.#durable
    for (const write of done) write.done()
  }

  release(location: RecordLocation): void {
    for (let at = Math.min(location, this.#durable) - 1; at >= 0 && this.#stored[at] !== null; at--) this.#stored[at] = null
  }

  /** The process dies; of what was not durable only the first `kept` records are there. */
  crash(kept: number): void {
    this.#stored.length = Math.min(this.#stored.length, this.#durable + kept)
    this.#durable = this.#stored.length
    this.#pending = []
  }

  get unsynced(): number {
    return this.#stored.length - this.#durable
  }

  *found(): Iterable<{ readonly item: Stored; readonly location: RecordLocation }> {
    for (const [location, item] of this.#stored.entries()) if (item) yield { item, location }
  }
}
