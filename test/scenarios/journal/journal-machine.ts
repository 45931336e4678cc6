/**
 * The smallest protocol that a driver can carry out: a group of one, whose log is decided as soon as it is durable. For tests of the
 * driver alone. Time makes its term rise; a frame makes it install the snapshot that the test put on `offered`.
 */
import { ByteReader, ByteWriter, fail, ok, utf8Decode, utf8Encode, varintSize, type Result } from '../../../src/core/base'
import type {
  Committed, Control, ControlOutcome, Effects, LogEntryView, LogRecord, MachineConfig, MachineEvent, MachineStatus, Persist, Protocol, ProtocolMachine,
  ReadAnswer, ReceivedSnapshot, RecordLocation, RefusedProposal, SafeReads, SnapshotHead,
} from '../../../src/core/machine'
import type { GroupObservation, MemberClaim } from '../../../src/core/observation'
import type { StateMachine } from '../../../src/core/statemachine'

const ENTRY = 1
const TERM = 2

interface JournalEntry {
  readonly index: number
  readonly command: Uint8Array
  readonly token: number
  location: RecordLocation | null
}

function encodeEntry(index: number, command: Uint8Array): LogRecord {
  const writer = new ByteWriter(varintSize(index) + command.length)
  writer.varint(index)
  writer.raw(command)
  return { type: ENTRY, payload: writer.bytes }
}

export interface JournalOptions {
  /** A snapshot at each multiple of it; 0 for none. */
  readonly checkpointEvery?: number
}

export const journalProtocol = (options: JournalOptions = {}): Protocol<JournalMachine> => ({
  name: 'raft',
  takesCheckpoints: (options.checkpointEvery ?? 0) > 0,
  recover: (config) => {
    const machine = new JournalMachine(config, options)
    return {
      record: (record) => machine.found(record, record.location),
      snapshot: (head) => machine.foundSnapshot(head),
      finish: () => machine.recovered(),
    }
  },
})

export class JournalMachine implements ProtocolMachine {
  offered: ReceivedSnapshot | null = null
  /** Decided behind `offered`: handed out without waiting for it to be installed, the first with it and one more with each turn. */
  decidedBehind: string[] = []
  readonly refusedInstalls: SnapshotHead[] = []
  term = 1
  readonly #config: MachineConfig
  readonly #options: JournalOptions
  /** Consecutive. */
  #entries: JournalEntry[] = []
  #lastIndex = 0
  #persistedIndex = 0
  #appliedIndex = 0
  #nextToPersist = 1
  #nextToApply = 1
  #termWritten = 1
  #install: ReceivedSnapshot | null = null
  #isInstalling = false
  #refused: RefusedProposal[] = []
  #safeReads: SafeReads[] = []
  #controls: { token: number; outcome: ControlOutcome }[] = []

  constructor(config: MachineConfig, options: JournalOptions) {
    this.#config = config
    this.#options = options
  }

  found(record: LogRecord, location: RecordLocation): Result<undefined, 'corrupt'> {
    const reader = new ByteReader(record.payload)
    if (record.type === TERM) this.term = reader.varint()
    else {
      const index = reader.varint()
      // One that follows a gap is what is left behind a snapshot.
      if (index !== this.#lastIndex + 1) this.#entries = []
      this.#entries.push({ index, command: reader.raw(reader.left), token: 0, location })
      this.#lastIndex = index
    }
    return ok()
  }

  foundSnapshot(head: SnapshotHead): Result<undefined, 'corrupt'> {
    this.#appliedIndex = head.index
    if (head.index > this.#lastIndex) this.#startBehind(head.index)
    return ok()
  }

  recovered(): Result<this, 'corrupt'> {
    const first = this.#entries[0]
    if (first !== undefined && first.index > this.#appliedIndex + 1) return fail('corrupt', `Entries before ${first.index} are missing.`)
    this.#termWritten = this.term
    this.#persistedIndex = this.#lastIndex
    this.#nextToPersist = this.#lastIndex + 1
    this.#nextToApply = this.#appliedIndex + 1
    return ok(this)
  }

  tick(): void {
    this.term++
  }

  receive(): string | null {
    if (this.offered === null) return null
    this.#install = this.offered
    this.offered = null
    return 'offer'
  }

  propose(commands: readonly Uint8Array[], tokens: readonly number[]): void {
    for (const [i, command] of commands.entries()) {
      const token = tokens[i] as number
      if (this.#isInstalling || this.#install !== null) this.#refused.push({ token, refusal: { kind: 'busy' } })
      else this.#entries.push({ index: ++this.#lastIndex, command, token, location: null })
    }
  }

  read(token: number): ReadAnswer {
    this.#safeReads.push({ index: this.#persistedIndex, tokens: [token] })
    return { kind: 'waiting' }
  }

  control(token: number, control: Control): void {
    if (control.kind === 'change-members') this.#controls.push({ token, outcome: { kind: 'done' } })
  }

  located(completion: unknown, locations: readonly RecordLocation[]): void {
    const { from } = completion as { from: number }
    const entries = this.#entries.filter((entry) => entry.index >= from)
    const first = locations.length - entries.length
    for (const [i, entry] of entries.entries()) entry.location = locations[first + i] as number
  }

  persisted(completion: unknown): void {
    const { to } = completion as { to: number }
    this.#persistedIndex = Math.max(this.#persistedIndex, to)
  }

  applied(index: number): void {
    this.#appliedIndex = index
  }

  snapshotMeta(index: number): Uint8Array {
    return utf8Encode(`as of ${index}`)
  }

  snapshotDurable(head: SnapshotHead): void {
    this.#entries = this.#entries.filter((entry) => entry.index > head.index - this.#config.limits.trailingEntriesMax)
  }

  installed(head: SnapshotHead): void {
    this.#isInstalling = false
    const next = this.#nextToApply
    this.#startBehind(head.index)
    this.#appliedIndex = head.index
    this.#nextToApply = Math.max(next, head.index + 1)
    this.#lastIndex = this.#persistedIndex = this.#nextToApply - 1
    this.#nextToPersist = this.#nextToApply
  }

  installRefused(head: SnapshotHead): void {
    this.#isInstalling = false
    this.refusedInstalls.push(head)
  }

  hardRecords(): readonly LogRecord[] {
    const writer = new ByteWriter(varintSize(this.term))
    writer.varint(this.term)
    return [{ type: TERM, payload: writer.bytes }]
  }

  oldestNeeded(): RecordLocation | null {
    return this.#entries[0]?.location ?? null
  }

  get hasEffects(): boolean {
    return this.term !== this.#termWritten || this.#nextToPersist <= this.#lastIndex || this.#refused.length > 0 || this.#safeReads.length > 0 ||
      this.#controls.length > 0 || this.#install !== null || (this.#isInstalling && this.decidedBehind.length > 0) || (!this.#isInstalling && this.#nextToApply <= this.#persistedIndex)
  }

  drain(): Effects {
    const persist = this.#takePersist()
    const install = this.#install
    if (install !== null) this.#isInstalling = true
    if (install !== null && this.decidedBehind.length > 0) this.#nextToApply = install.head.index + 1
    const apply = this.#isInstalling ? this.#takeDecidedBehind() : this.#takeDecided()
    const every = this.#options.checkpointEvery ?? 0
    const [refused, safeReads, controls] = [this.#refused, this.#safeReads, this.#controls]
    this.#install = null
    this.#refused = []
    this.#safeReads = []
    this.#controls = []
    const events: MachineEvent[] = []
    return {
      persist, send: [], install, apply, checkpoint: every > 0 && apply.length > 0 && (apply.at(-1)?.index ?? 1) % every === 0,
      refused, safeReads, droppedReads: [], controls, events,
    }
  }

  get members(): readonly MemberClaim[] {
    return this.#config.members
  }

  status(): MachineStatus {
    return {
      role: 'leader', isLeader: true, term: this.term, leaderId: this.#config.nodeId, firstIndex: this.#entries[0]?.index ?? this.#lastIndex + 1,
      lastIndex: this.#lastIndex, persistedIndex: this.#persistedIndex, committedIndex: this.#persistedIndex, appliedIndex: this.#appliedIndex,
    }
  }

  describe(): GroupObservation {
    throw new Error('a journal is not observed')
  }

  entries(from: number, to: number): readonly LogEntryView[] {
    return this.#entries.filter(({ index }) => index >= from && index < to)
      .map(({ index, command }) => ({ index, term: this.term, kind: 'command', command }))
  }

  /** Reads every entry that it still holds back from storage: it must be there. */
  readAll(): void {
    for (const { index, location } of this.#entries) {
      if (location === null) continue
      const record = this.#config.storage.read(location)
      if (new ByteReader(record.payload).varint() !== index) throw new Error(`location ${location} does not hold entry ${index}`)
    }
  }

  #startBehind(index: number): void {
    for (const { token } of this.#entries) {
      if (token !== 0) this.#refused.push({ token, refusal: { kind: 'unknown', why: 'leadership-lost' } })
    }
    this.#entries = []
    this.#lastIndex = index
    this.#persistedIndex = index
    this.#nextToPersist = index + 1
    this.#nextToApply = index + 1
  }

  #takePersist(): Persist | null {
    const from = this.#nextToPersist
    const records = this.term === this.#termWritten ? [] : [...this.hardRecords()]
    for (const { index, command } of this.#entries) if (index >= from) records.push(encodeEntry(index, command))
    this.#termWritten = this.term
    this.#nextToPersist = this.#lastIndex + 1
    return records.length > 0 ? { records, thenSend: [], completion: { from, to: this.#lastIndex } } : null
  }

  #takeDecidedBehind(): readonly Committed[] {
    const command = this.decidedBehind.shift()
    return command === undefined ? [] : [{ index: this.#nextToApply++, command: utf8Encode(command), token: 0 }]
  }

  #takeDecided(): readonly Committed[] {
    const every = this.#options.checkpointEvery ?? 0
    const decided: Committed[] = []
    for (const { index, command, token } of this.#entries) {
      if (index < this.#nextToApply || index > this.#persistedIndex) continue
      decided.push({ index, command, token })
      if (every > 0 && index % every === 0) break
    }
    this.#nextToApply += decided.length
    return decided
  }
}

/** The state that a journal leads to: its commands, one behind the other. */
export class JournalState implements StateMachine {
  commands: string[] = []

  apply(command: Uint8Array): Uint8Array {
    this.commands.push(utf8Decode(command) ?? '?')
    return utf8Encode(String(this.commands.length))
  }

  query(): Uint8Array {
    return utf8Encode(String(this.commands.length))
  }

  snapshot(): Uint8Array {
    return utf8Encode(this.commands.map((command) => `${command};`).join(''))
  }

  restore(snapshot: Uint8Array): Result<undefined, 'corrupt'> {
    const text = utf8Decode(snapshot)
    if (text === null || !/^([^;]+;)*$/.test(text)) return fail('corrupt', 'These bytes are no snapshot.')
    this.commands = text === '' ? [] : text.slice(0, -1).split(';')
    return ok()
  }

  hash(): string {
    let hash = 7
    for (const each of this.commands.join(';')) hash = (Math.imul(hash, 31) + each.charCodeAt(0)) >>> 0
    return hash.toString(16).padStart(16, '0')
  }
}
