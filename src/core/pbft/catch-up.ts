/**
 * Statuses (TOCS 2002, section 5.2): every replica says at each heartbeat what it has; the others send again what it lacks of their own
 * words. What is committed is fetched, with certificates that need nobody's word.
 */
import { isPlanted } from '../base'
import { decodeBatch } from './batch'
import { advanceStable, encodeCheckpoint, isStable, ownCheckpoint } from './checkpoints'
import { encodeStatementFrame, encodeStatement } from './codec'
import { acceptCommitted } from './execution'
import { isSame } from './group'
import { RETRANSMIT_HEARTBEATS, STATUS_SLOTS_MAX } from './limits'
import { addBatch } from './ordering'
import type { Slot } from './slot'
import type { PbftState, PeerState } from './state'
import { offerSnapshot } from './transfer'
import { SLOT_HAS, type Batch, type CommittedEntry, type Entries, type Fetch, type FetchBatch, type Status } from './types'

/** Answers to one replica's fetches in one tick. */
const ANSWERS_PER_TICK_MAX = 8
/** What an entry takes on the wire beside its batch, and each signature of its certificate, at most with Ed25519. */
const ENTRY_BYTES = 64
const SIGNATURE_BYTES = 67

export function broadcastStatus(state: PbftState): void {
  const slots: number[] = []
  const end = Math.min(state.highWatermark, state.committed + STATUS_SLOTS_MAX)
  for (let sequence = state.committed + 1; sequence <= end; sequence++) {
    const slot = state.slots.get(sequence)
    const { proposal } = slot ?? {}
    const flags = (proposal ? SLOT_HAS.proposal : 0) | (slot?.isPrepared ? SLOT_HAS.prepared : 0) |
      (slot?.committed ? SLOT_HAS.committed : 0) | (proposal && slot?.batch(proposal.digest) ? SLOT_HAS.batch : 0)
    slots.push(flags)
  }
  const isChanging = state.phase === 'changing'
  const viewChanges = isChanging ? state.group.replicas.map((_, i) => state.viewChanges.get(i)?.message.view === state.view) : []
  const stable = state.stable.sequence
  state.broadcast({ kind: 'status', view: state.view, isChanging, stable, executed: state.committed, slots, viewChanges })
}

export function receiveStatus(state: PbftState, sender: number, status: Status): void {
  const peer = state.peers[sender]
  if (!peer) return
  peer.view = status.view
  peer.isChanging = status.isChanging
  peer.stable = status.stable
  peer.executed = status.executed
  helpIntoView(state, sender, peer, status)
  if (status.stable < state.stable.sequence) state.sendTo(sender, { kind: 'stable', certificate: state.stable })
  for (const index of state.ownCheckpoints.keys()) {
    if (index <= status.stable || index <= state.stable.sequence) continue
    const own = ownCheckpoint(state, index)
    if (own) state.sendFrame(sender, 'checkpoint', encodeCheckpoint(state, own))
  }
  if (status.view !== state.view || status.isChanging || state.phase !== 'active') return
  for (const [i, flags] of status.slots.entries()) {
    const slot = state.slots.get(status.executed + 1 + i)
    if (slot) resend(state, sender, slot, flags)
  }
}

function helpIntoView(state: PbftState, sender: number, peer: PeerState, status: Status): void {
  const isBefore = status.view < state.view || (status.view === state.view && status.isChanging)
  // Proofs of views are long: not more than one a heartbeat, whatever a peer says.
  if (!isBefore || (peer.helpedAtTick !== null && state.ticks - peer.helpedAtTick < state.config.timing.heartbeatTicks)) return
  peer.helpedAtTick = state.ticks
  if (state.phase === 'active') {
    // Nobody takes it from other hands than the primary's.
    if (!state.newViewFrame || !state.isPrimary || !mayOpen(state)) return
    if (__PLANTED__ && !state.isNewViewDurable) state.note({ kind: 'opened', view: state.view })
    return state.sendFrame(sender, 'new-view', state.newViewFrame)
  }
  if (!state.ownViewChange || !state.viewChanges.has(state.me)) return
  if (status.view < state.view || status.viewChanges[state.me] !== true) state.sendFrame(sender, 'view-change', state.ownViewChange)
}

const mayOpen = (state: PbftState): boolean => state.isNewViewDurable || (__PLANTED__ && isPlanted('pbft/new-view-before-durable'))

/** This replica's own statements on `slot` that `to` lacks. A status may be older than what is under way: only after a while. */
function resend(state: PbftState, to: number, slot: Slot, flags: number): void {
  const { proposal } = slot
  if (proposal === null || !slot.isAnswered || (flags & SLOT_HAS.committed) !== 0) return
  if (state.ticks - (slot.sentAtTick.get(to) ?? slot.sinceTick) < RETRANSMIT_HEARTBEATS * state.config.timing.heartbeatTicks) return
  slot.sentAtTick.set(to, state.ticks)
  const batch = slot.batch(proposal.digest)
  if ((flags & SLOT_HAS.batch) === 0 && state.isPrimary && batch) {
    const signed = encodeStatement(state.me, { ...proposal, kind: 'pre-prepare' })
    state.sendFrame(to, 'pre-prepare', encodeStatementFrame(signed, proposal.signature, batch))
  }
  if ((flags & SLOT_HAS.prepared) === 0 && !state.isPrimary) {
    const { signed, signature } = state.statement('prepare', proposal)
    state.sendFrame(to, 'prepare', encodeStatementFrame(signed, signature, proposal.signature))
  }
  if (!slot.isPrepared || !slot.commits.has(state.me)) return
  const { signed, signature } = state.statement('commit', proposal)
  state.sendFrame(to, 'commit', encodeStatementFrame(signed, signature, null))
}

export function receiveStable(state: PbftState, certificate: Parameters<typeof isStable>[1]): void {
  if (certificate.sequence > state.stable.sequence && isStable(state, certificate)) advanceStable(state, certificate)
}

/** At every heartbeat: asks for what others have committed and this replica has not, when it does not come by itself. */
export function fetchMissing(state: PbftState): void {
  const isStuck = state.committed === state.committedAtHeartbeat
  state.committedAtHeartbeat = state.committed
  fetchBatches(state)
  if (state.installing !== null || state.transfer !== null || state.isDiskBehind || !isStuck) return
  const ahead = Math.max(state.stable.sequence, ...state.peers.map((peer) => peer.executed))
  if (ahead <= state.committed) return
  const source = nextSource(state, (i) => (state.peers[i]?.executed ?? 0) > state.committed)
  if (source === null) return
  state.offersAwaited.add(source)
  state.sendTo(source, { kind: 'fetch', from: state.committed + 1 })
}

/** The next replica after the last one asked that `isFit`; any other where none is. */
export function nextSource(state: PbftState, isFit: (replica: number) => boolean): number | null {
  const count = state.group.replicas.length
  const order = Array.from({ length: count }, (_, i) => (state.fetchSource + 1 + i) % count).filter((replica) => replica !== state.me)
  const source = order.find(isFit) ?? order[0]
  if (source === undefined) return null
  state.fetchSource = source
  return source
}

/** Batches of a new view whose digest alone is known here: at least f + 1 replicas hold one that was prepared. */
function fetchBatches(state: PbftState): void {
  for (const slot of state.slots.values()) {
    const { proposal } = slot
    if (proposal === null || slot.batch(proposal.digest) !== null) continue
    state.broadcast({ kind: 'fetch-batch', sequence: slot.sequence, digest: proposal.digest })
  }
}

export function receiveFetchBatch(state: PbftState, sender: number, message: FetchBatch): void {
  const entry = state.log.get(message.sequence)
  const batch = entry && isSame(entry.digest, message.digest) ? entry.batch : state.slots.get(message.sequence)?.batch(message.digest)
  if (batch && mayAnswer(state, sender)) state.sendTo(sender, { kind: 'batch', sequence: message.sequence, batch })
}

export function receiveBatch(state: PbftState, message: Batch): void {
  const slot = state.slots.get(message.sequence)
  if (state.phase === 'active' && slot && decodeBatch(state.group, message.batch) !== null) addBatch(state, slot, message.batch)
}

function mayAnswer(state: PbftState, sender: number): boolean {
  const peer = state.peers[sender]
  if (!peer || peer.answered >= ANSWERS_PER_TICK_MAX) return false
  peer.answered++
  return true
}

export function receiveFetch(state: PbftState, sender: number, message: Fetch): void {
  if (message.from > state.committed || !mayAnswer(state, sender)) return
  const entries: CommittedEntry[] = []
  let bytes = 0
  for (let sequence = message.from; sequence <= state.committed; sequence++) {
    const entry = state.log.get(sequence)
    if (!entry) break
    bytes += entry.batch.length + ENTRY_BYTES + SIGNATURE_BYTES * entry.commits.length
    if (entries.length > 0 && bytes > state.config.limits.appendBytesMax) break
    entries.push(entry)
  }
  if (entries.length > 0) state.sendTo(sender, { kind: 'entries', entries })
  else offerSnapshot(state, sender, message.from)
}

export function receiveEntries(state: PbftState, sender: number, message: Entries): void {
  const before = state.committed
  for (const entry of message.entries) {
    if (entry.sequence !== state.committed + 1) continue
    const isBound = isSame(state.group.batchDigest(entry.sequence, entry.batch), entry.digest)
    const isTrusted = __PLANTED__ && isPlanted('pbft/fetched-entries-not-checked')
    if (!isTrusted && (!isBound || !state.group.isCommitted(entry) || decodeBatch(state.group, entry.batch) === null)) return
    acceptCommitted(state, entry)
  }
  const isMore = state.committed > before && (state.peers[sender]?.executed ?? 0) > state.committed
  if (isMore) state.sendTo(sender, { kind: 'fetch', from: state.committed + 1 })
}
