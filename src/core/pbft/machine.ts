/**
 * The PBFT machine (Castro and Liskov): pure and synchronous. Inputs of one turn are stepped in, then `drain` gives what must be done.
 *
 * Safety rests on five rules. Nothing counts but what its sender signed, and a replica counts once. A replica speaks only of what is
 * durable: its prepare of a pre-prepare with its batch, its commit of the prepared certificate, its view change of its leaving. In one view
 * it accepts one pre-prepare for a sequence number. It enters a view only where it can compute the new-view's content itself. It
 * forgets only what a quorum's checkpoints cover.
 */
import { isPlanted, unreachable } from '../base'
import type {
  Control, Effects, LogEntryView, LogRecord, MachineStatus, ProtocolMachine, ReadAnswer, RecordLocation, SnapshotHead,
} from '../machine'
import type { GroupObservation, MemberClaim } from '../observation'
import { receiveBatch, receiveEntries, receiveFetch, receiveFetchBatch, receiveStable, receiveStatus } from './catch-up'
import { receiveCheckpoint, snapshotDurable, snapshotMeta, trimLog } from './checkpoints'
import { decodeFrame } from './codec'
import { control } from './control'
import { describe, entries, firstIndex, lastIndex, persistedIndex } from './describe'
import { canExecute, executeCommitted } from './execution'
import { fingerprintOf } from './fingerprint'
import type { RecordLocations } from './locations'
import { countOwnNewView, receiveNewView } from './view-entry'
import { canPropose, proposeBatches, receiveCommit, receiveEvidence, receivePrepare, receivePrePrepare, tryCommit, tryPrepare } from './ordering'
import { Outputs, type OwnStatement, type WriteCompletion } from './outputs'
import { newViewRecord, stableRecord, viewChangeRecord } from './records'
import { canPassOn, needsMarker, passOn, placeMarker, propose, receiveRequest } from './requests'
import { installed, installRefused, receiveChunk, receiveFetchChunk, receiveOffer } from './transfer'
import type { PbftState } from './state'
import { canExecuteTentatively, executeTentatively } from './tentative'
import { tick } from './timers'
import type { Trace } from './trace'
import type { SignedMessage } from './types'
import { countOwnViewChange, receiveViewChange, roleOf } from './view-change'

export class PbftMachine implements ProtocolMachine {
  readonly #state: PbftState
  readonly #locations: RecordLocations
  #replayedView: number

  /** Made by recovery. */
  constructor(state: PbftState, locations: RecordLocations) {
    this.#state = state
    this.#locations = locations
    this.#replayedView = state.view
  }

  tick(): void {
    tick(this.#state)
    this.#replay()
  }

  receive(from: string, bytes: Uint8Array): string | null {
    const found = decodeFrame(bytes)
    if (found === null) return null
    const transport = this.#state.group.positionOf(from)
    const isCompared = !(__PLANTED__ && isPlanted('pbft/sender-not-compared'))
    // Whoever carries it must be who signed it; what others said travels only inside certificates.
    if (transport === null || (isCompared && transport !== found.sender) || found.sender === this.#state.me) return found.message.kind
    const peer = this.#state.peers[found.sender]
    if (!peer) return found.message.kind
    if (transport !== found.sender) this.#state.note({ kind: 'relayed', from, sender: this.#state.group.idOf(found.sender) })
    peer.heardAtTick = this.#state.ticks
    this.#dispatch(found, bytes)
    this.#replay()
    return found.message.kind
  }

  /** Frames that waited for the view that this replica is now in. */
  #replay(): void {
    const state = this.#state
    while (state.phase === 'active' && this.#replayedView !== state.view) {
      this.#replayedView = state.view
      for (const { frame } of state.future.take(state.view)) {
        const found = decodeFrame(frame)
        if (found) this.#dispatch(found, frame)
      }
    }
  }

  #dispatch(found: SignedMessage, frame: Uint8Array): void {
    const state = this.#state
    const { sender, message } = found
    switch (message.kind) {
      case 'pre-prepare':
      case 'prepare':
      case 'commit':
        if (message.view > state.view || (message.view === state.view && state.phase === 'changing')) state.future.keep(sender, message.view, frame)
        if (message.view !== state.view || state.phase === 'changing') return
        if (message.kind === 'pre-prepare') return receivePrePrepare(state, sender, message, frame)
        return message.kind === 'prepare' ? receivePrepare(state, sender, message) : receiveCommit(state, sender, message)
      case 'checkpoint': return receiveCheckpoint(state, sender, message)
      case 'view-change': return receiveViewChange(state, sender, message, frame, () => state.group.isSigned(found))
      case 'new-view': return receiveNewView(state, sender, message, frame, () => state.group.isSigned(found))
      case 'request':
      case 'status':
      case 'fetch':
      case 'entries':
      case 'stable':
      case 'offer':
      case 'fetch-chunk':
      case 'chunk':
      case 'fetch-batch':
      case 'batch':
      case 'evidence':
        if (state.group.isSigned(found)) this.#dispatchSigned(found)
        return
      default: return unreachable(message)
    }
  }

  #dispatchSigned({ sender, message }: SignedMessage): void {
    const state = this.#state
    switch (message.kind) {
      case 'request': return receiveRequest(state, sender, message)
      case 'status': return receiveStatus(state, sender, message)
      case 'fetch': return receiveFetch(state, sender, message)
      case 'entries': return receiveEntries(state, sender, message)
      case 'stable': return receiveStable(state, message.certificate)
      case 'offer': return receiveOffer(state, sender, message)
      case 'fetch-chunk': return receiveFetchChunk(state, sender, message)
      case 'chunk': return receiveChunk(state, sender, message)
      case 'fetch-batch': return receiveFetchBatch(state, sender, message)
      case 'batch': return receiveBatch(state, message)
      case 'evidence': return receiveEvidence(state, message)
      default: return
    }
  }

  propose(commands: readonly Uint8Array[], tokens: readonly number[]): void {
    propose(this.#state, commands, tokens)
  }

  read(token: number): ReadAnswer {
    const state = this.#state
    if (state.readsWaiting >= state.config.limits.readsWaitingMax) return { kind: 'busy' }
    state.readsForNext.push(token)
    state.readsWaiting++
    return { kind: 'waiting' }
  }

  control(token: number, asked: Control): void {
    const outcome = control(this.#state, token, asked)
    if (outcome) this.#state.out.controls.push({ token, outcome })
  }

  located(completion: unknown, locations: readonly RecordLocation[]): void {
    for (const [i, need] of (completion as WriteCompletion).needs.entries()) {
      const location = locations[i]
      if (location !== undefined) this.#locations.note(need, location)
    }
  }

  persisted(completion: unknown): void {
    const { own, stable } = completion as WriteCompletion
    this.#state.durableStable = Math.max(this.#state.durableStable, stable)
    for (const statement of own) this.#countOwn(statement)
    this.#replay()
  }

  #countOwn(own: OwnStatement): void {
    const state = this.#state
    if (own.kind === 'view-change') return countOwnViewChange(state, own.signature, own.view)
    if (own.kind === 'new-view') return countOwnNewView(state, own.signature)
    state.noteSaid(own.kind, own)
    const slot = state.slots.get(own.sequence)
    if (!slot || own.view !== state.view || state.phase !== 'active') return
    const vote = { view: own.view, sender: state.me, digest: own.digest, signature: own.signature }
    if (own.kind === 'prepare') slot.prepares.add({ ...vote, proposal: slot.proposal?.signature ?? null })
    if (own.kind === 'commit') slot.commits.add({ ...vote, proposal: null })
    else slot.isAnswered = true
    tryPrepare(state, slot)
    tryCommit(state, slot)
  }

  applied(index: number): void {
    this.#state.applied = Math.max(this.#state.applied, index)
    trimLog(this.#state)
  }

  snapshotMeta(index: number, snapshot: Uint8Array): Uint8Array {
    return snapshotMeta(this.#state, index, snapshot)
  }

  snapshotDurable(head: SnapshotHead): void {
    this.#locations.carriedOn()
    snapshotDurable(this.#state, head)
  }

  installed(head: SnapshotHead): void {
    this.#locations.carriedOn()
    installed(this.#state, head)
  }

  installRefused(head: SnapshotHead): void {
    installRefused(this.#state, head)
  }

  hardRecords(): readonly LogRecord[] {
    const { ownViewChange, newViewFrame, stable } = this.#state
    this.#locations.carry()
    const records: LogRecord[] = []
    if (newViewFrame) records.push(newViewRecord(newViewFrame))
    if (ownViewChange) records.push(viewChangeRecord(ownViewChange))
    if (stable.sequence > 0) records.push(stableRecord(stable))
    return records
  }

  oldestNeeded(): RecordLocation | null {
    // What a checkpoint covers may go when its certificate is on the disk too: else a crash would leave neither.
    const isEarly = __PLANTED__ && isPlanted('pbft/released-before-stable-is-durable')
    return this.#locations.oldest(isEarly ? this.#state.stable.sequence : this.#state.durableStable)
  }

  get hasEffects(): boolean {
    const state = this.#state
    return state.out.hasAny || canExecute(state) || canExecuteTentatively(state) || canPropose(state) || canPassOn(state) || needsMarker(state)
  }

  drain(): Effects {
    const state = this.#state
    placeMarker(state)
    proposeBatches(state)
    passOn(state)
    executeCommitted(state)
    executeTentatively(state)
    const { out } = state
    state.out = new Outputs()
    const isWriting = out.records.length > 0 || out.thenSend.length > 0 || out.own.length > 0
    const completion: WriteCompletion = { own: out.own, needs: out.needs, stable: state.stable.sequence }
    return {
      persist: isWriting ? { records: out.records, thenSend: out.thenSend, completion } : null,
      send: out.send, undoTentative: out.undoTentative, install: out.install, apply: out.apply, checkpoint: out.isCheckpointDue,
      refused: out.refused, safeReads: out.safeReads, droppedReads: out.droppedReads, controls: out.controls, events: out.events, tentative: out.tentative,
    }
  }

  get members(): readonly MemberClaim[] {
    return this.#state.config.members
  }

  status(): MachineStatus {
    const state = this.#state
    const role = roleOf(state)
    return {
      role, isLeader: role === 'leader', term: state.view, leaderId: state.phase === 'active' ? state.group.idOf(state.primary) : null,
      firstIndex: firstIndex(state), lastIndex: lastIndex(state), persistedIndex: persistedIndex(state),
      committedIndex: state.committed, appliedIndex: state.applied,
    }
  }

  describe(): GroupObservation {
    return describe(this.#state)
  }

  entries(from: number, to: number): readonly LogEntryView[] {
    return entries(this.#state, from, to)
  }

  /** The watermarks: sequence numbers above the first and up to the second are taken. */
  get watermarks(): { readonly low: number; readonly high: number } {
    return { low: this.#state.stable.sequence, high: this.#state.highWatermark }
  }

  /** False while it changes views. */
  get isInView(): boolean {
    return this.#state.phase === 'active'
  }

  get view(): number {
    return this.#state.view
  }

  /** How many may be faulty, and how many make a quorum. */
  get quorum(): { readonly faultsMax: number; readonly size: number } {
    return this.#state.group.quorum
  }

  /** See fingerprint.ts. */
  get fingerprint(): string {
    return fingerprintOf(this.#state)
  }

  /** What it did, for the invariants of the simulator; empty in production builds. */
  get trace(): Trace {
    return this.#state.trace
  }
}
