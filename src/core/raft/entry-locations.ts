/** Where the entries of the replicated log lie in storage: one location per record, which holds a run of entries. */
import { assert, present } from '../base'
import type { RecordLocation, RecordReader } from '../machine'
import { entryBytes } from './log'
import { decodeEntries, RECORD_TYPES } from './record-codec'
import type { RecordMark } from './records'
import type { Entry, LogReader } from './types'

/** The dropped head is given back when it is at least this long and half of the array. */
const HEAD_MAX = 1024

export class EntryLocations implements LogReader {
  readonly #storage: RecordReader
  /** The first index of each record, rising. A record counts up to the first index of the next. */
  #firstIndexes: number[] = []
  #locations: RecordLocation[] = []
  /** Records before this place of the arrays are forgotten. */
  #head = 0
  /** The record of the place that the log begins behind, while no snapshot says the same. */
  #base: { readonly index: number; readonly location: RecordLocation } | null = null

  constructor(storage: RecordReader) {
    this.#storage = storage
  }

  /** The records of one write lie at `locations`, in order. */
  noteAll(marks: readonly RecordMark[], locations: readonly RecordLocation[]): void {
    for (const [i, mark] of marks.entries()) {
      const location = locations[i] as RecordLocation
      if (mark?.kind === 'entries') this.note(mark.index, location)
      else if (mark?.kind === 'base') this.noteBase(mark.index, location)
    }
  }

  /** A record was written that the log begins anew behind `index`. */
  noteBase(index: number, location: RecordLocation): void {
    this.clear()
    this.#base = { index, location }
  }

  /** A snapshot at `index` is durable, and what it says needs no record of its own. */
  hasSnapshot(index: number): void {
    if (this.#base !== null && this.#base.index <= index) this.#base = null
  }

  /** A record with entries from `firstIndex` on was written, and replaces all from there on. */
  note(firstIndex: number, location: RecordLocation): void {
    while (this.#firstIndexes.length > this.#head && (this.#firstIndexes.at(-1) as number) >= firstIndex) {
      this.#firstIndexes.pop()
      this.#locations.pop()
    }
    this.#firstIndexes.push(firstIndex)
    this.#locations.push(location)
  }

  /** Entries before `index` are not asked for any more. */
  forgetBefore(index: number): void {
    while (this.#head + 1 < this.#firstIndexes.length && (this.#firstIndexes[this.#head + 1] as number) <= index) this.#head++
    if (this.#head >= HEAD_MAX && this.#head * 2 > this.#firstIndexes.length) {
      this.#firstIndexes = this.#firstIndexes.slice(this.#head)
      this.#locations = this.#locations.slice(this.#head)
      this.#head = 0
    }
  }

  /** No entry is known any more: the log begins anew behind a snapshot. */
  clear(): void {
    this.#firstIndexes = []
    this.#locations = []
    this.#head = 0
    this.#base = null
  }

  /** The oldest record that may still be asked for; null where none is. */
  oldest(): RecordLocation | null {
    return this.#base?.location ?? this.#locations[this.#head] ?? null
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
    let low = this.#head
    let high = this.#firstIndexes.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((this.#firstIndexes[middle] as number) <= index) low = middle
      else high = middle
    }
    return low
  }
}
