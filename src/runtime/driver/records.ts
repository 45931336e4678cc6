/** What one write of the Raft machine is on disk. */
import { encodeEntries, encodeHardState, entryBytes, RECORD_TYPES, type PersistEffect } from '../../core/raft'
import type { LogRecord } from '../ports'

export interface WriteRecords {
  readonly records: readonly LogRecord[]
  /** For each record the index of the first entry in it, null where it holds none. */
  readonly firstIndexes: readonly (number | null)[]
}

/** Hard state first: the entries may be of the term that it makes known. Entries are cut into records of at most `bytesMax`. */
export function toRecords(effect: PersistEffect, bytesMax: number): WriteRecords {
  const records: LogRecord[] = []
  const firstIndexes: (number | null)[] = []
  const { entries, hardState } = effect
  if (hardState) {
    records.push({ type: RECORD_TYPES.hardState, payload: encodeHardState(hardState) })
    firstIndexes.push(null)
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
    firstIndexes.push(run[0]?.index ?? null)
    from = to
  }
  return { records, firstIndexes }
}
