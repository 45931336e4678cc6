/**
 * A member's view of its log: which index has which term, what is persisted, committed and applied, and a window of
 * recent entries in memory. Everything older than the window is persisted and applied, and is read back when a follower
 * that is far behind needs it.
 */
import { assert, isPlanted, present } from '../base'
import { decodeConfiguration } from './configuration-codec'
import { ConfigurationHistory, type PlacedConfiguration } from './configurations'
import type { AppendRequest } from './messages'
import type { Entry, LogBase, LogReader, RecoveredLog } from './types'

/** What an entry costs beside its data, for every limit in bytes. */
export const ENTRY_OVERHEAD_BYTES = 24
/** The dropped head of the window is given back when it is at least this long and half of the array. */
const WINDOW_HEAD_MAX = 1024
const NONE: readonly Entry[] = []

export const entryBytes = (entry: Entry): number => entry.data.length + ENTRY_OVERHEAD_BYTES

interface TermRun {
  index: number
  term: number
}

export class RaftLog {
  /** The first index that can still be given to a follower; the term of the entry before it is known. */
  firstIndex: number
  lastIndex: number
  committed: number
  applied: number
  /** Durable up to here, as the entries now stand in this log. */
  persisted: number
  readonly configurations: ConfigurationHistory
  /** Rises whenever entries are replaced or the log begins anew; `replacedFrom` is from where on at the last time. */
  version = 0
  replacedFrom = 0
  readonly #reader: LogReader
  readonly #windowBytesMax: number
  #runs: TermRun[]
  #window: Entry[] = []
  /** Position in #window of the entry #windowFirst. */
  #head = 0
  #windowFirst: number
  #windowBytes = 0
  /** Entries before this index were handed out to be written. */
  #nextToPersist: number
  /** Entries before this index were handed out to be applied. */
  #nextToApply: number

  /** `initial` is in force where the log and its base hold no configuration. */
  constructor(recovered: RecoveredLog, initial: PlacedConfiguration, reader: LogReader, windowBytesMax: number) {
    this.#reader = reader
    this.#windowBytesMax = windowBytesMax
    this.#runs = recovered.terms.map((run) => ({ ...run }))
    this.firstIndex = recovered.firstIndex
    this.lastIndex = recovered.lastIndex
    this.persisted = recovered.lastIndex
    assert(recovered.hardState.commit <= recovered.lastIndex && recovered.appliedIndex <= recovered.lastIndex, 'what was committed is in the log')
    this.applied = recovered.appliedIndex
    this.committed = Math.max(recovered.hardState.commit, recovered.appliedIndex)
    this.#nextToApply = recovered.appliedIndex + 1
    this.configurations = new ConfigurationHistory(recovered.base ?? initial, recovered.configurations)
    this.#windowFirst = recovered.lastIndex + 1
    this.#nextToPersist = recovered.lastIndex + 1
  }

  get lastTerm(): number {
    return this.#runs.at(-1)?.term ?? 0
  }

  /** The term of an index, 0 for the place before the log, undefined outside of it. */
  term(index: number): number | undefined {
    if (index < this.firstIndex - 1 || index > this.lastIndex) return undefined
    return this.#runs[this.#runOf(index)]?.term ?? 0
  }

  /** Position of the run that holds `index`; -1 before the first. The last run is nearly always the answer. */
  #runOf(index: number): number {
    const runs = this.#runs
    let high = runs.length - 1
    if (high < 0 || (runs[high] as TermRun).index <= index) return high
    let low = -1
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((runs[middle] as TermRun).index <= index) low = middle
      else high = middle
    }
    return low
  }

  /** Raft, section 5.4.1: the later last term wins, then the longer log. */
  isUpToDate(lastIndex: number, lastTerm: number): boolean {
    if (__PLANTED__ && isPlanted('raft/vote-by-length-only')) return lastIndex >= this.lastIndex
    return lastTerm > this.lastTerm || (lastTerm === this.lastTerm && lastIndex >= this.lastIndex)
  }

  /** The largest index up to `index` whose term is at most `term`: where two logs may agree at best (section 5.3). */
  agreementBound(index: number, term: number): number {
    let bound = Math.min(index, this.lastIndex)
    for (let run = this.#runOf(bound); run >= 0 && (this.#runs[run] as TermRun).term > term; run--) {
      bound = (this.#runs[run] as TermRun).index - 1
    }
    return bound
  }

  /** Follower: takes over a leader's entries. False where the log does not hold the entry before them. */
  accept(request: AppendRequest): boolean {
    const { entries, prevIndex } = request
    const isChecked = !(__PLANTED__ && isPlanted('raft/previous-term-not-checked') && prevIndex <= this.lastIndex)
    if (isChecked && this.term(prevIndex) !== request.prevTerm) return false
    const isConflict = (entry: Entry): boolean => entry.index > this.lastIndex || this.term(entry.index) !== entry.term
    const isTruncating = __PLANTED__ && isPlanted('raft/truncate-on-any-append') && entries.length > 0 && prevIndex >= this.committed
    const from = prevIndex === this.lastIndex || isTruncating ? 0 : entries.findIndex(isConflict)
    if (from >= 0 && entries.length > 0) {
      const fresh = from === 0 ? entries : entries.slice(from)
      assert((fresh[0] as Entry).index > this.committed, 'a committed entry is never replaced')
      this.#truncate((fresh[0] as Entry).index)
      for (const entry of fresh) this.append(entry)
    }
    this.commitTo(Math.min(request.commit, prevIndex + entries.length))
    return true
  }

  append(entry: Entry): void {
    assert(entry.index === this.lastIndex + 1 && entry.term >= this.lastTerm, 'an entry follows the last one')
    if (entry.term !== this.lastTerm) this.#runs.push({ index: entry.index, term: entry.term })
    this.#window.push(entry)
    this.#windowBytes += entryBytes(entry)
    this.lastIndex = entry.index
    if (entry.kind === 'configuration') {
      this.configurations.append(entry.index, present(decodeConfiguration(entry.data), 'an entry of the log is well-formed'))
    }
  }

  #truncate(from: number): void {
    if (from > this.lastIndex) return
    this.version++
    this.replacedFrom = from
    while (this.lastIndex >= Math.max(from, this.#windowFirst)) {
      this.#windowBytes -= entryBytes(this.#window.pop() as Entry)
      this.lastIndex--
    }
    if (this.lastIndex >= from) {
      // What was recovered never was in the window.
      this.lastIndex = from - 1
      this.#windowFirst = from
    }
    while ((this.#runs.at(-1)?.index ?? 0) > this.lastIndex) this.#runs.pop()
    if (!(__PLANTED__ && isPlanted('raft/replaced-entries-stay-durable'))) this.persisted = Math.min(this.persisted, this.lastIndex)
    this.#nextToPersist = Math.min(this.#nextToPersist, from)
    if (!(__PLANTED__ && isPlanted('raft/configuration-not-rolled-back'))) this.configurations.truncate(from)
  }

  /** A snapshot of `index` is durable: forgets what lies more than `trailing` entries before it. */
  compact(index: number, trailing: number): void {
    assert(index <= this.applied, 'a snapshot holds what was applied')
    const first = Math.min(index, this.persisted) - trailing + 1
    if (first <= this.firstIndex) return
    this.firstIndex = first
    this.configurations.compact(index)
    const keep = this.#runOf(first - 1)
    if (keep > 0) this.#runs.splice(0, keep)
    while (this.#windowFirst < first) this.#evictOne()
    this.#giveBackHead()
  }

  /** The log begins anew behind `base`, which is committed and durable. */
  reset(base: LogBase): void {
    assert(base.index > this.committed, 'a log never begins anew before what was committed')
    if (__PLANTED__ && isPlanted('raft/install-keeps-conflicting-tail') && this.lastIndex > base.index) {
      this.committed = this.applied = base.index
      this.#nextToApply = base.index + 1
      return
    }
    this.version++
    this.replacedFrom = 0
    this.#runs = [{ index: base.index, term: base.term }]
    this.#window = []
    this.#head = 0
    this.#windowBytes = 0
    this.#windowFirst = base.index + 1
    this.#nextToPersist = base.index + 1
    this.#nextToApply = base.index + 1
    this.firstIndex = base.index + 1
    this.lastIndex = base.index
    this.committed = base.index
    this.applied = base.index
    this.persisted = base.index
    this.configurations.reset(base)
  }

  commitTo(index: number): boolean {
    if (index <= this.committed) return false
    assert(index <= this.lastIndex, 'only entries of this log are committed')
    this.committed = index
    return true
  }

  /** A write that ended at `index` with an entry of `logTerm` is durable. Says nothing where that entry was replaced since. */
  persistedTo(index: number, logTerm: number): boolean {
    if (index <= this.persisted || this.term(index) !== logTerm) return false
    this.persisted = index
    this.#evict()
    return true
  }

  appliedTo(index: number): void {
    assert(index >= this.applied && index < this.#nextToApply, 'entries are applied in order, once handed out')
    this.applied = index
    this.#evict()
  }

  #evict(): void {
    const evictable = Math.min(this.applied, this.persisted)
    while (this.#windowBytes > this.#windowBytesMax && this.#windowFirst <= evictable) this.#evictOne()
    this.#giveBackHead()
  }

  #evictOne(): void {
    this.#windowBytes -= entryBytes(this.#window[this.#head] as Entry)
    this.#head++
    this.#windowFirst++
  }

  #giveBackHead(): void {
    if (this.#head >= WINDOW_HEAD_MAX && this.#head * 2 > this.#window.length) {
      this.#window = this.#window.slice(this.#head)
      this.#head = 0
    }
  }

  /** Entries that were never handed out to be written. */
  takeUnpersisted(): readonly Entry[] {
    const from = this.#nextToPersist
    if (from > this.lastIndex) return NONE
    this.#nextToPersist = this.lastIndex + 1
    return this.#window.slice(this.#head + from - this.#windowFirst)
  }

  /** Committed entries not yet handed out, cut after `bytesMax`. */
  takeCommitted(bytesMax: number): readonly Entry[] {
    if (!this.hasToApply) return NONE
    const entries = this.slice(this.#nextToApply, this.committed + 1, bytesMax)
    this.#nextToApply += entries.length
    return entries
  }

  get hasToApply(): boolean {
    return this.#nextToApply <= this.committed
  }

  get hasUnpersisted(): boolean {
    return this.#nextToPersist <= this.lastIndex
  }

  /** Entries from `from` up to but not including `to`, cut after `bytesMax`, at least one; fewer at the edge of the window. */
  slice(from: number, to: number, bytesMax: number): readonly Entry[] {
    assert(from >= this.firstIndex && from < to && to <= this.lastIndex + 1, 'a slice lies within the log')
    if (from < this.#windowFirst) return this.#reader.read(from, Math.min(to, this.#windowFirst), bytesMax)
    const start = this.#head + from - this.#windowFirst
    const limit = this.#head + to - this.#windowFirst
    let end = start + 1
    let bytes = entryBytes(this.#window[start] as Entry)
    while (end < limit && (bytes += entryBytes(this.#window[end] as Entry)) <= bytesMax) end++
    return this.#window.slice(start, end)
  }

  /** Undefined where it is not in the log, or has left memory. */
  inMemory(index: number): Entry | undefined {
    return index < this.#windowFirst || index > this.lastIndex ? undefined : this.#window[this.#head + index - this.#windowFirst]
  }

  /** Bytes of the entries after `index`, or null where some of them have left memory. */
  bytesAfter(index: number): number | null {
    if (index + 1 < this.#windowFirst) return null
    let bytes = 0
    for (let at = this.#head + index + 1 - this.#windowFirst; at < this.#window.length; at++) bytes += entryBytes(this.#window[at] as Entry)
    return bytes
  }
}
