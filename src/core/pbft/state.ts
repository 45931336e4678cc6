/** The state of one replica; ordering, execution, checkpoints, view-change, view-entry, catch-up and transfer act on it. */
import { toHex } from '../base'
import type { MachineConfig } from '../machine'
import { encodeBody, encodeStatement, encodeStatementFrame, type Unsigned } from './codec'
import { EMPTY_BATCH } from './batch'
import { FutureFrames } from './future-frames'
import { Group } from './group'
import { CHECKPOINT_INTERVAL_MAX, CHECKPOINTS_UNWRITTEN_MAX, DOUBLINGS_MAX, NEW_VIEW_BYTES_MAX, PIPELINE_MAX, REPORTS_REMEMBERED, TIMEOUT_ELECTIONS } from './limits'
import { Outputs, type OwnStatement } from './outputs'
import { RequestPool } from './request-pool'
import { RequestWindow } from './request-window'
import { Slot } from './slot'
import { Trace, type TraceEntry } from './trace'
import type {
  Checkpoint, CheckpointCertificate, CommittedEntry, MessageKind, Offer, PbftOptions, Proposal, SignatureOf, Statement, StatementKind, ViewChange,
} from './types'
import type { SnapshotMeta } from './snapshot-meta'

export const INITIAL: CheckpointCertificate = { sequence: 0, digest: new Uint8Array(32), signatures: [] }

export interface PeerState {
  /** Null: nothing was heard of it yet. */
  heardAtTick: number | null
  view: number
  isChanging: boolean
  stable: number
  executed: number
  /** Answers given to its fetches in this tick. */
  answered: number
  /** It was last helped into this view at this tick. */
  helpedAtTick: number | null
}

export interface Transfer {
  readonly source: number
  readonly offer: Offer
  readonly meta: SnapshotMeta
  readonly chunks: (Uint8Array | null)[]
  bytes: number
  received: number
  readonly sinceTick: number
  movedAtTick: number
}

/** Estimated bytes of a prepared certificate and of a signature in it. */
const CERTIFICATE_BYTES = 140
const SIGNATURE_BYTES = 67

/** The largest power of two up to the limit for which a quorum of full view changes fits in a new-view frame. */
export function defaultCheckpointInterval(quorum: number): number {
  let interval = CHECKPOINT_INTERVAL_MAX
  while (interval > 2 && 2 * interval * quorum * (CERTIFICATE_BYTES + SIGNATURE_BYTES * (quorum - 1)) > NEW_VIEW_BYTES_MAX) interval /= 2
  return interval
}

export class PbftState {
  readonly config: MachineConfig
  readonly group: Group
  readonly authenticate: (command: Uint8Array) => boolean
  readonly checkpointInterval: number
  readonly windowSize: number
  readonly pipelineMax: number
  readonly isTentative: boolean
  readonly pool: RequestPool
  readonly future: FutureFrames
  readonly peers: PeerState[]
  readonly isWatched: boolean
  readonly trace = new Trace()
  out = new Outputs()
  ticks = 0

  view = 0
  phase: 'active' | 'changing' = 'active'
  /** Ticks without progress in this phase. */
  timer = 0
  /** View changes since something was last executed. */
  attempts = 0
  viewSinceTick = 0
  /** The last view in which the primary was proven to lie. */
  accusedView = -1
  /** The proof of the current view; null in view 0 and while changing. */
  newViewFrame: Uint8Array | null = null
  /** Of the primary: its own proof of the current view is on its disk, so that it may be sent again. */
  isNewViewDurable = false
  ownViewChange: Uint8Array | null = null
  /** The latest valid one of each replica, for this view or a later one. */
  readonly viewChanges = new Map<number, { readonly message: ViewChange; readonly frame: Uint8Array }>()

  /** The last stable checkpoint: the low watermark. */
  stable: CheckpointCertificate = INITIAL
  /** The last one whose certificate is on the disk. */
  durableStable = 0
  readonly slots = new Map<number, Slot>()
  /** The highest sequence number that has a pre-prepare in this view. */
  highest = 0
  /** The last sequence number that this replica gave out as primary. */
  lastProposed = 0
  /** Committed entries in the order of sequence numbers without gaps: those to be executed, and recent ones for replicas that are behind. */
  readonly log = new Map<number, CommittedEntry>()
  logBytes = 0
  /** Handed out for execution. */
  executed = 0
  applied = 0
  /** Executed ahead of its commit, and standing. */
  tentative: { readonly sequence: number; readonly digest: Uint8Array } | null = null
  /** Everything up to here is committed. */
  committed = 0
  window = new RequestWindow()
  readonly checkpoints = new Map<number, Checkpoint[]>()
  /** The newest snapshot on the disk: what this replica may vouch for. */
  durableSnapshot = 0
  /** The latest checkpoint that it told others of, as far as someone checks it. */
  vouchedFor = 0
  /** Digests of the states of this replica at checkpoints that are not older than the stable one. */
  readonly ownCheckpoints = new Map<number, Uint8Array>()
  /** Encoded request windows at checkpoints whose snapshot is not written yet. */
  readonly windowsAt = new Map<number, Uint8Array>()

  transfer: Transfer | null = null
  /** Transfers that took too long since one was installed. */
  transfersGivenUp = 0
  /** The index of the snapshot that the driver is installing. */
  installing: number | null = null
  installSource = 0
  /** Whom this replica asked last for what it lacks. */
  fetchSource = 0
  /** Who was asked and has not offered a snapshot since. */
  readonly offersAwaited = new Set<number>()
  committedAtHeartbeat = 0

  /** Reads that wait for the next marker. */
  readsForNext: number[] = []
  readsWaiting = 0
  /** The marker under way. */
  markerId: string | null = null
  readonly #reported = new Set<string>()
  transferLeadership: { readonly token: number; readonly view: number; readonly sinceTick: number } | null = null

  constructor(config: MachineConfig, options: PbftOptions) {
    this.config = config
    const voters = config.members.filter((member) => member.voter).map((member) => member.id)
    this.group = new Group(config.groupId, config.nodeId, voters, options.signer)
    this.authenticate = options.authenticate ?? (() => true)
    this.isWatched = options.isWatched ?? __PLANTED__
    this.checkpointInterval = options.checkpointInterval ?? defaultCheckpointInterval(this.group.quorum.size)
    this.windowSize = options.windowSize ?? 2 * this.checkpointInterval
    this.pipelineMax = options.pipelineMax ?? PIPELINE_MAX
    this.isTentative = options.tentative === true
    const count = this.group.replicas.length
    this.pool = new RequestPool(count)
    this.future = new FutureFrames(count)
    this.peers = Array.from({ length: count }, () => ({ heardAtTick: null, view: 0, isChanging: false, stable: 0, executed: 0, answered: 0, helpedAtTick: null }))
  }

  get me(): number {
    return this.group.me
  }

  get primary(): number {
    return this.group.primaryOf(this.view)
  }

  get isPrimary(): boolean {
    return this.primary === this.me
  }

  get highWatermark(): number {
    return this.stable.sequence + this.windowSize
  }

  /** Its disk is so slow that what it executes would fill the memory. */
  get isDiskBehind(): boolean {
    return this.windowsAt.size >= CHECKPOINTS_UNWRITTEN_MAX
  }

  /** Executing waits for what other replicas or the disk must bring: no fault of the primary. */
  get isBehind(): boolean {
    return this.isDiskBehind || this.installing !== null || this.transfer !== null || this.executed < this.stable.sequence
  }

  get timeoutTicks(): number {
    return TIMEOUT_ELECTIONS * this.config.timing.electionTicks * 2 ** Math.min(this.attempts, DOUBLINGS_MAX)
  }

  slot(sequence: number): Slot {
    let slot = this.slots.get(sequence)
    if (!slot) {
      slot = new Slot(sequence)
      slot.addBatch(this.group.batchDigest(sequence, EMPTY_BATCH), EMPTY_BATCH)
      this.slots.set(sequence, slot)
    }
    return slot
  }

  /** A signed frame of a message that is no statement. */
  frame(message: Unsigned): Uint8Array {
    const signed = encodeBody(this.me, message)
    return encodeStatementFrame(signed, this.group.sign(signed), null)
  }

  statement(kind: StatementKind, about: Omit<Statement, 'kind'>): { readonly signed: Uint8Array; readonly signature: Uint8Array } {
    const { view, sequence, digest } = about
    const signed = encodeStatement(this.me, { kind, view, sequence, digest })
    return { signed, signature: this.group.sign(signed) }
  }

  sendFrame(to: number, kind: MessageKind, bytes: Uint8Array): void {
    if (to !== this.me) this.out.send.push({ to: this.group.idOf(to), kind, bytes })
  }

  sendTo(to: number, message: Unsigned): void {
    if (to !== this.me) this.sendFrame(to, message.kind, this.frame(message))
  }

  broadcastFrame(kind: MessageKind, bytes: Uint8Array, when: 'now' | 'durable'): void {
    const frames = when === 'now' ? this.out.send : this.out.thenSend
    for (const [i, to] of this.group.replicas.entries()) if (i !== this.me) frames.push({ to, kind, bytes })
  }

  broadcast(message: Unsigned): void {
    this.broadcastFrame(message.kind, this.frame(message), 'now')
  }

  /** A statement that counts here as soon as the writes so far are durable. */
  ownWhenDurable(statement: OwnStatement): void {
    this.out.own.push(statement)
  }

  /** Each once, as far as is remembered: a liar repeats itself. */
  misbehaviour(replica: number, what: string): void {
    const key = `${replica} ${what}`
    if (this.#reported.has(key)) return
    if (this.#reported.size >= REPORTS_REMEMBERED) this.#reported.clear()
    this.#reported.add(key)
    this.out.events.push({ kind: 'misbehaviour', nodeId: this.group.idOf(replica), what })
  }

  note(entry: TraceEntry): void {
    if (this.isWatched) this.trace.note(entry)
  }

  noteCertificate(kind: 'prepared' | 'committed', about: Omit<Proposal, 'signature'>, signatures: readonly SignatureOf[]): void {
    if (!this.isWatched) return
    const signers = signatures.map(({ replica }) => this.group.idOf(replica))
    const primary = this.group.idOf(this.group.primaryOf(about.view))
    this.trace.note({ kind, view: about.view, primary, sequence: about.sequence, digest: toHex(about.digest), signers })
  }

  noteVouched(sequence: number): void {
    if (sequence <= this.vouchedFor) return
    this.vouchedFor = sequence
    this.note({ kind: 'vouched', sequence })
  }

  noteTentative(sequence: number, view: number, digest: Uint8Array): void {
    if (this.isWatched) this.trace.note({ kind: 'executed-tentatively', view, sequence, digest: toHex(digest) })
  }

  noteSaid(statement: StatementKind, about: Omit<Proposal, 'signature'>): void {
    if (this.isWatched) this.trace.note({ kind: 'said', statement, view: about.view, sequence: about.sequence, digest: toHex(about.digest) })
  }
}
