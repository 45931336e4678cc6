/** What one write of the machine is on disk. */
import type { LogRecord } from '../machine'
import { entryBytes } from './log'
import { encodeEntries, encodeHardState, encodeLogBase, RECORD_TYPES } from './record-codec'
import type { PersistEffect } from './types'

/** What a record means for finding entries again: a run that begins at `index`, a new begin of the log behind it, or nothing. */
export type RecordMark = { readonly kind: 'entries' | 'base'; readonly index: number } | null

export interface WriteRecords {
  readonly records: readonly LogRecord[]
  /** One for each record. */
  readonly marks: readonly RecordMark[]
}

/** Hard state first: the entries may be of the term that it makes known. Entries are cut into records of at most `bytesMax`. */
export function toRecords(effect: Pick<PersistEffect, 'entries' | 'hardState' | 'base'>, bytesMax: number): WriteRecords {
  const records: LogRecord[] = []
  const marks: RecordMark[] = []
  const { entries, hardState, base } = effect
  if (hardState) {
    records.push({ type: RECORD_TYPES.hardState, payload: encodeHardState(hardState) })
    marks.push(null)
  }
  if (base) {
    records.push({ type: RECORD_TYPES.base, payload: encodeLogBase(base) })
    marks.push({ kind: 'base', index: base.index })
  }
  for (let from = 0; from < entries.length; ) {
    let to = from
    for (let bytes = 0; to < entries.length; to++) {
      const entry = entries[to]
      if (!entry) break
      bytes += entryBytes(entry)
      if (to > from && bytes > bytesMax) break
    }
    const run = from === 0 && to === entries.length ? entries : entries.slice(from, to)
    records.push({ type: RECORD_TYPES.entries, payload: encodeEntries(run) })
    marks.push(run[0] === undefined ? null : { kind: 'entries', index: run[0].index })
    from = to
  }
  return { records, marks }
}
