/** A replica as its disk has it: what it said before a crash it stands by, and it goes on from there. */
import { assert, fail, ok, toHex, type Result } from '../base'
import type { MachineConfig, MachineRecovery, RecordLocation, RecoveredRecord, SnapshotHead } from '../machine'
import { adoptMeta } from './checkpoints'
import { decodeFrame } from './codec'
import { advanceCommitted } from './execution'
import { isSame } from './group'
import { RecordLocations } from './locations'
import { PbftMachine } from './machine'
import { beginView, noteOpened } from './view-entry'
import { setProposal } from './ordering'
import { Outputs } from './outputs'
import { decodeRecord, type PbftRecord } from './records'
import { RequestWindow } from './request-window'
import type { Slot } from './slot'
import { decodeSnapshotMeta } from './snapshot-meta'
import { PbftState } from './state'
import type { PbftOptions } from './types'

const corrupt = (what: string): Result<never, 'corrupt'> => fail('corrupt', what, 'Take this node out and let a fresh one take its place.')

export class PbftRecovery implements MachineRecovery<PbftMachine> {
  readonly #config: MachineConfig
  readonly #options: PbftOptions
  readonly #records: { readonly record: PbftRecord; readonly location: RecordLocation }[] = []
  #head: SnapshotHead | null = null

  constructor(config: MachineConfig, options: PbftOptions) {
    this.#config = config
    this.#options = options
  }

  record(record: RecoveredRecord): Result<undefined, 'corrupt'> {
    const found = decodeRecord(record)
    if (found === null) return corrupt(`A record of type ${record.type} is none that this version of PBFT writes.`)
    this.#records.push({ record: found, location: record.location })
    return ok()
  }

  snapshot(head: SnapshotHead): Result<undefined, 'corrupt'> {
    if (decodeSnapshotMeta(head.meta)?.sequence !== head.index) return corrupt('A snapshot does not say what PBFT needs to go on from it.')
    if (this.#head === null || head.index >= this.#head.index) this.#head = head
    return ok()
  }

  finish(): Result<PbftMachine, 'corrupt'> {
    const state = new PbftState(this.#config, this.#options)
    if (this.#head !== null && !restore(state, this.#head)) return corrupt('A snapshot does not say what PBFT needs to go on from it.')
    const records = this.#records.map(({ record }) => record)
    for (const record of records) if (record.kind === 'stable' && record.certificate.sequence > state.stable.sequence) state.stable = record.certificate
    restoreView(state, records)
    for (const record of records) restoreRecord(state, record)
    for (const slot of state.slots.values()) standBy(state, slot)
    advanceCommitted(state)
    for (const sequence of state.slots.keys()) if (sequence <= state.stable.sequence) state.slots.delete(sequence)
    state.lastProposed = Math.max(state.stable.sequence, state.executed, state.highest)
    state.durableStable = state.stable.sequence
    state.isNewViewDurable = state.newViewFrame !== null
    if (state.newViewFrame) noteOpened(state, state.newViewFrame)
    const locations = new RecordLocations()
    for (const { record, location } of this.#records) locations.note(needOf(record), location)
    const { sequence, digest } = state.stable
    if (sequence > 0) state.note({ kind: 'stable', sequence, digest: toHex(digest) })
    // Nothing of this is news.
    state.out = new Outputs()
    return ok(new PbftMachine(state, locations))
  }
}

function restore(state: PbftState, head: SnapshotHead): boolean {
  const window = RequestWindow.decode(decodeSnapshotMeta(head.meta)?.window ?? Uint8Array.of(0))
  if (window === null) return false
  state.window = window
  state.executed = head.index
  state.applied = head.index
  state.committed = head.index
  return adoptMeta(state, head)
}

/** The last view that this replica wanted or entered. */
function restoreView(state: PbftState, records: readonly PbftRecord[]): void {
  for (const record of records) {
    if (record.kind === 'view-change' && record.view > state.view) {
      state.view = record.view
      state.phase = 'changing'
      state.ownViewChange = record.frame
      state.newViewFrame = null
    } else if (record.kind === 'new-view') {
      const { view } = record.message
      if (view > state.view || (view === state.view && state.phase === 'changing')) beginView(state, record.message, record.frame)
    }
  }
  if (state.phase === 'active') return
  // Nothing that an earlier new-view began counts any more.
  for (const slot of state.slots.values()) slot.beginView()
  state.highest = state.executed
  state.note({ kind: 'left', view: state.view })
  assert(state.ownViewChange !== null, 'a view that is changed to was asked for')
  const message = decodeFrame(state.ownViewChange)?.message
  if (message?.kind === 'view-change') state.viewChanges.set(state.me, { message, frame: state.ownViewChange })
}

function restoreRecord(state: PbftState, record: PbftRecord): void {
  switch (record.kind) {
    case 'pre-prepare': {
      const { view, sequence, digest, signature, batch } = record.message
      if (sequence <= state.stable.sequence) return
      const slot = state.slot(sequence)
      slot.addBatch(digest, batch)
      if (state.phase === 'active' && view === state.view) setProposal(state, slot, { view, sequence, digest, signature })
      return
    }
    case 'batch':
      if (record.sequence > state.stable.sequence) {
        state.slot(record.sequence).addBatch(state.group.batchDigest(record.sequence, record.batch), record.batch)
      }
      return
    case 'prepared': {
      const { certificate } = record
      if (certificate.sequence <= state.stable.sequence) return
      const slot = state.slot(certificate.sequence)
      if (slot.prepared === null || certificate.view >= slot.prepared.view) slot.prepared = certificate
      return
    }
    case 'committed': {
      const { entry } = record
      if (entry.sequence > state.committed) state.slot(entry.sequence).committed = entry
      return
    }
    case 'view-change':
    case 'new-view':
    case 'stable':
  }
}

/** What follows from durable records was said, or would have been in the next moment: it is said again when a status asks. */
function standBy(state: PbftState, slot: Slot): void {
  const { proposal } = slot
  if (proposal === null || state.phase !== 'active' || slot.batch(proposal.digest) === null) return
  const { view, digest } = proposal
  slot.isAnswered = true
  state.noteSaid(state.isPrimary ? 'pre-prepare' : 'prepare', proposal)
  if (!state.isPrimary) {
    const { signature } = state.statement('prepare', proposal)
    slot.prepares.add({ view, sender: state.me, digest, signature, proposal: proposal.signature })
  }
  if (slot.prepared?.view !== view || !isSame(slot.prepared.digest, digest)) return
  slot.isPrepared = true
  state.noteSaid('commit', proposal)
  const { signature } = state.statement('commit', proposal)
  slot.commits.add({ view, sender: state.me, digest, signature, proposal: null })
}

function needOf(record: PbftRecord): number | 'view' | 'stable' {
  switch (record.kind) {
    case 'pre-prepare': return record.message.sequence
    case 'batch': return record.sequence
    case 'prepared': return record.certificate.sequence
    case 'committed': return record.entry.sequence
    case 'view-change':
    case 'new-view': return 'view'
    case 'stable': return 'stable'
  }
}
