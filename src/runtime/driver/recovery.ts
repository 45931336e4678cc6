/** Rebuilds hard state and log from the records found at start: the last hard state holds, later entries replace earlier ones. */
import { fail, ok, type Result } from '../../core/base'
import { decodeEntries, decodeHardState, RECORD_TYPES, type Entry, type HardState, type RecoveredLog } from '../../core/raft'
import type { RecoveredRecord } from '../ports'
import type { EntryLocations } from './entry-locations'

const HINT = 'Set the data folder of this node aside and let it join with an empty one, or restore the folder from a copy.'
const corrupt = (message: string): Result<never, 'corrupt'> => fail('corrupt', message, HINT)

export function recover(records: Iterable<RecoveredRecord>, locations: EntryLocations): Result<RecoveredLog, 'corrupt'> {
  let hardState: HardState = { term: 0, vote: null, commit: 0 }
  const terms: { index: number; term: number }[] = []
  let lastIndex = 0
  for (const record of records) {
    if (record.type === RECORD_TYPES.hardState) {
      const found = decodeHardState(record.payload)
      if (!found) return corrupt('A record of term and vote cannot be read.')
      if (found.term < hardState.term || found.commit < hardState.commit) return corrupt('The term or the commit index in the log goes back.')
      hardState = found
    } else if (record.type === RECORD_TYPES.entries) {
      const entries = decodeEntries(record.payload)
      if (!entries) return corrupt('A record of log entries cannot be read.')
      const first = entries[0] as Entry
      if (first.index > lastIndex + 1) return corrupt(`Log entries ${lastIndex + 1} to ${first.index - 1} are missing.`)
      if (first.index <= hardState.commit) return corrupt(`Log entry ${first.index} was committed and is written again.`)
      locations.note(first.index, record.location)
      while ((terms.at(-1)?.index ?? 0) >= first.index) terms.pop()
      for (const entry of entries) {
        const last = terms.at(-1)?.term ?? 0
        if (entry.term < last) return corrupt(`The term of log entry ${entry.index} is below the one before it.`)
        if (entry.term > last) terms.push({ index: entry.index, term: entry.term })
      }
      lastIndex = first.index + entries.length - 1
    } else {
      return corrupt(`The log holds a record of type ${record.type}, which this version does not know.`)
    }
  }
  if (hardState.commit > lastIndex) return corrupt(`Log entries ${lastIndex + 1} to ${hardState.commit} were committed and are missing.`)
  return ok({ hardState, terms, lastIndex })
}
