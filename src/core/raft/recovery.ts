/**
 * Rebuilds hard state and log from what was found at start: the last hard state holds, later entries replace earlier ones, and the
 * newest snapshot stands for all up to its index.
 */
import { fail, isPlanted, ok, type Result } from '../base'
import type { RecoveredRecord, SnapshotHead } from '../machine'
import { decodeConfiguration, decodeSnapshotMeta } from './configuration-codec'
import type { PlacedConfiguration } from './configurations'
import type { EntryLocations } from './entry-locations'
import { decodeEntries, decodeHardState, decodeLogBase, RECORD_TYPES } from './record-codec'
import type { Entry, HardState, LogBase, RecoveredLog } from './types'

const HINT = 'Set the data folder of this node aside and let it join with an empty one, or restore the folder from a copy.'
const corrupt = (message: string): Result<never, 'corrupt'> => fail('corrupt', message, HINT)

export class LogRecovery {
  readonly #locations: EntryLocations
  #hardState: HardState = { term: 0, vote: null, commit: 0 }
  /** The newest snapshot. */
  #snapshot: LogBase | null = null
  /** The newest place that the log began anew behind. */
  #base: LogBase | null = null
  #terms: { index: number; term: number }[] = []
  #configurations: PlacedConfiguration[] = []
  /** The first entry found; null before there was one. */
  #first: number | null = null
  #lastIndex = 0

  constructor(locations: EntryLocations) {
    this.#locations = locations
  }

  record(record: RecoveredRecord): Result<undefined, 'corrupt'> {
    switch (record.type) {
      case RECORD_TYPES.hardState: return this.#foundHardState(record)
      case RECORD_TYPES.base: return __PLANTED__ && isPlanted('raft/new-begin-not-heeded') ? ok() : this.#foundBase(record)
      case RECORD_TYPES.entries: return this.#foundEntries(record)
      default: return corrupt(`The log holds a record of type ${record.type}, which this version does not know.`)
    }
  }

  snapshot(head: SnapshotHead): Result<undefined, 'corrupt'> {
    const found = decodeSnapshotMeta(head.index, head.meta)
    if (!found) return corrupt(`What the snapshot at ${head.index} says of term and members cannot be read.`)
    if (this.#snapshot === null || found.index > this.#snapshot.index) this.#snapshot = found
    // One that came from a leader: the entries behind it follow it, and not what this log held before.
    if (this.#lastIndex < found.index) this.#beginAnew(found)
    return ok()
  }

  finish(): Result<RecoveredLog, 'corrupt'> {
    const snapshot = this.#snapshot
    const start = snapshot !== null && snapshot.index >= (this.#base?.index ?? 0) ? snapshot : this.#base
    if (this.#first !== null && this.#first > (start?.index ?? 0) + 1) {
      return corrupt(`Log entries ${(start?.index ?? 0) + 1} to ${this.#first - 1} are missing.`)
    }
    if (start !== null && !this.#goesOnBehind(start)) this.#beginAnew(start)
    const { commit } = this.#hardState
    if (commit > this.#lastIndex) return corrupt(`Log entries ${this.#lastIndex + 1} to ${commit} were committed and are missing.`)
    if (snapshot !== null) this.#locations.hasSnapshot(snapshot.index)
    return ok({
      hardState: this.#hardState, base: start, appliedIndex: start?.index ?? 0, firstIndex: this.#firstUsable(start), terms: this.#terms,
      configurations: this.#configurations.filter(({ index }) => index > (start?.index ?? 0)), lastIndex: this.#lastIndex,
    })
  }

  /** True where the entries found hold the last one of `start`, or begin right behind it. */
  #goesOnBehind(start: LogBase): boolean {
    if (__PLANTED__ && isPlanted('raft/new-begin-not-heeded') && this.#lastIndex > start.index) return true
    if (this.#lastIndex < start.index) return false
    if (this.#first === start.index + 1) {
      // What came before was given back, since a snapshot or a record says the same.
      if (this.#terms[0]?.index !== start.index) this.#terms.unshift({ index: start.index, term: start.term })
      return true
    }
    return this.#termOf(start.index) === start.term
  }

  #beginAnew(start: LogBase): void {
    this.#terms = [{ index: start.index, term: start.term }]
    this.#configurations = []
    this.#first = null
    this.#lastIndex = start.index
    if (this.#base?.index !== start.index) this.#locations.clear()
  }

  /** The term of the entry before it has to be known. */
  #firstUsable(start: LogBase | null): number {
    const first = this.#first
    if (first === null) return (start?.index ?? 0) + 1
    const isBeforeKnown = first === 1 || first === (start?.index ?? 0) + 1 || first === (this.#base?.index ?? 0) + 1
    return isBeforeKnown ? first : first + 1
  }

  #termOf(index: number): number | null {
    return this.#terms.findLast((run) => run.index <= index)?.term ?? null
  }

  #foundHardState(record: RecoveredRecord): Result<undefined, 'corrupt'> {
    const found = decodeHardState(record.payload)
    if (!found) return corrupt('A record of term and vote cannot be read.')
    if (found.term < this.#hardState.term || found.commit < this.#hardState.commit) return corrupt('The term or the commit index in the log goes back.')
    this.#hardState = found
    return ok()
  }

  #foundBase(record: RecoveredRecord): Result<undefined, 'corrupt'> {
    const base = decodeLogBase(record.payload)
    if (!base) return corrupt('A record of where the log begins cannot be read.')
    this.#base = base
    this.#beginAnew(base)
    this.#locations.noteBase(base.index, record.location)
    return ok()
  }

  #foundEntries(record: RecoveredRecord): Result<undefined, 'corrupt'> {
    const entries = decodeEntries(record.payload)
    if (!entries) return corrupt('A record of log entries cannot be read.')
    const first = entries[0] as Entry
    // The first ones may begin anywhere: what came before was given back, and `finish` sees whether a snapshot has it.
    const isBegin = this.#first === null && this.#base === null
    if (!isBegin && first.index > this.#lastIndex + 1) return corrupt(`Log entries ${this.#lastIndex + 1} to ${first.index - 1} are missing.`)
    if (first.index <= this.#hardState.commit && !isBegin) return corrupt(`Log entry ${first.index} was committed and is written again.`)
    this.#locations.note(first.index, record.location)
    if (this.#first === null || first.index < this.#first) this.#first = first.index
    while ((this.#terms.at(-1)?.index ?? 0) >= first.index) this.#terms.pop()
    while ((this.#configurations.at(-1)?.index ?? 0) >= first.index) this.#configurations.pop()
    for (const entry of entries) {
      const last = this.#terms.at(-1)?.term ?? 0
      if (entry.term < last) return corrupt(`The term of log entry ${entry.index} is below the one before it.`)
      if (entry.term > last) this.#terms.push({ index: entry.index, term: entry.term })
      const configuration = entry.kind === 'configuration' ? decodeConfiguration(entry.data) : null
      if (configuration !== null) this.#configurations.push({ index: entry.index, configuration })
    }
    this.#lastIndex = first.index + entries.length - 1
    return ok()
  }
}
