/** Where the entries of the replicated log lie in storage: one location per record, which holds a run of entries. */
import { assert, present } from '../../core/base'
import { decodeEntries, entryBytes, RECORD_TYPES, type Entry, type LogReader } from '../../core/raft'
import type { RecordLocation, Storage } from '../ports'

export class EntryLocations implements LogReader {
  readonly #storage: Pick<Storage, 'read'>
  /** The first index of each record, rising. A record counts up to the first index of the next. */
  readonly #firstIndexes: number[] = []
  readonly #locations: RecordLocation[] = []

  constructor(storage: Pick<Storage, 'read'>) {
    this.#storage = storage
  }

  /** A record with entries from `firstIndex` on was written, and replaces all from there on. */
  note(firstIndex: number, location: RecordLocation): void {
    while ((this.#firstIndexes.at(-1) ?? 0) >= firstIndex) {
      this.#firstIndexes.pop()
      this.#locations.pop()
    }
    this.#firstIndexes.push(firstIndex)
    this.#locations.push(location)
  }

  read(from: number, to: number, bytesMax: number): readonly Entry[] {
    const found: Entry[] = []
    let bytes = 0
    for (let at = this.#recordOf(from); at < this.#firstIndexes.length; at++) {
      const end = Math.min(to, this.#firstIndexes[at + 1] ?? to)
      for (const entry of this.#decode(at)) {
        if (entry.index < from || entry.index >= end) continue
        bytes += entryBytes(entry)
        if (found.length > 0 && bytes > bytesMax) return found
        found.push(entry)
      }
      if (end >= to) break
    }
    assert(found[0]?.index === from, 'an entry that left memory is in storage')
    return found
  }

  #decode(at: number): readonly Entry[] {
    const record = this.#storage.read(this.#locations[at] as number)
    assert(record.type === RECORD_TYPES.entries, 'a location of entries holds entries')
    return present(decodeEntries(record.payload), 'a record that was written can be read')
  }

  #recordOf(index: number): number {
    let low = 0
    let high = this.#firstIndexes.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((this.#firstIndexes[middle] as number) <= index) low = middle
      else high = middle
    }
    return low
  }
}
