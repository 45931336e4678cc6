/**
 * State transfer: a replica whose next entry nobody keeps any more takes the state of a checkpoint. f + 1 signed checkpoints are proof enough
 * of a state (a correct replica is among them); the watermark moves only with a quorum.
 */
import { isPlanted, toHex } from '../base'
import type { SnapshotHead } from '../machine'
import { advanceStable, announceCheckpoint, certificateOf, isStable } from './checkpoints'
import { advanceCommitted, settleCovered } from './execution'
import { isSame } from './group'
import { CHUNKS_OUTSTANDING_MAX, TRANSFER_DOUBLINGS_MAX, TRANSFER_HEARTBEATS_MAX, TRANSFER_STALL_HEARTBEATS } from './limits'
import { RequestWindow } from './request-window'
import { decodeSnapshotMeta, encodeSnapshotMeta, type SnapshotMeta } from './snapshot-meta'
import type { PbftState, Transfer } from './state'
import { undoTentative } from './tentative'
import type { Chunk, FetchChunk, Offer } from './types'

/** Offers the newest snapshot to a replica that lacks `from`, once others have vouched for it. */
export function offerSnapshot(state: PbftState, to: number, from: number): void {
  const head = state.config.snapshots.latest()
  const meta = head === null ? null : decodeSnapshotMeta(head.meta)
  if (head === null || meta === null || head.index < from) return
  const digest = state.group.checkpointDigest(meta.sequence, meta.stateDigest, meta.window)
  const certificate = certificateOf(state, head.index, digest, state.group.quorum.weakSize) ?? meta.certificate
  if (certificate === null) return
  const stable = state.stable.sequence === 0 ? null : state.stable
  const { index, stateBytes, stateHash, chunks } = head
  state.sendTo(to, { kind: 'offer', index, meta: encodeSnapshotMeta({ ...meta, certificate, stable }), stateBytes, stateHash, chunks })
}

export function receiveOffer(state: PbftState, sender: number, offer: Offer): void {
  // Only as an answer: else a liar could keep this replica busy with states that never come.
  if (!state.offersAwaited.has(sender)) return
  if (state.installing !== null || state.transfer !== null || offer.index <= state.committed) return
  state.offersAwaited.delete(sender)
  const { snapshotBytesMax, snapshotChunkBytes } = state.config.limits
  if (offer.stateBytes > snapshotBytesMax || offer.chunks < Math.ceil(offer.stateBytes / Math.max(1, 64 * snapshotChunkBytes))) return
  const meta = decodeSnapshotMeta(offer.meta)
  if (meta === null || !isVouchedFor(state, offer, meta)) return
  if (meta.stable !== null && isStable(state, meta.stable)) advanceStable(state, meta.stable)
  const chunks = new Array<Uint8Array | null>(offer.chunks).fill(null)
  state.transfer = { source: sender, offer, meta, chunks, bytes: 0, received: 0, sinceTick: state.ticks, movedAtTick: state.ticks }
  for (let chunk = 0; chunk < Math.min(offer.chunks, CHUNKS_OUTSTANDING_MAX); chunk++) askForChunk(state, state.transfer, chunk)
  if (offer.chunks === 0) complete(state, state.transfer)
}

function isVouchedFor(state: PbftState, offer: Offer, meta: SnapshotMeta): boolean {
  const { certificate } = meta
  if (certificate?.sequence !== offer.index || meta.sequence !== offer.index || RequestWindow.decode(meta.window) === null) return false
  if (offer.index % state.checkpointInterval !== 0) return false
  const digest = state.group.checkpointDigest(meta.sequence, meta.stateDigest, meta.window)
  const isBound = isSame(digest, certificate.digest) || (__PLANTED__ && isPlanted('pbft/transferred-state-not-verified'))
  return isBound && state.group.isCheckpoint(certificate, state.group.quorum.weakSize)
}

function askForChunk(state: PbftState, transfer: Transfer, chunk: number): void {
  state.sendTo(transfer.source, { kind: 'fetch-chunk', index: transfer.offer.index, chunk })
}

export function receiveFetchChunk(state: PbftState, sender: number, message: FetchChunk): void {
  const head = state.config.snapshots.latest()
  if (head === null || head.index !== message.index || message.chunk >= head.chunks) return
  const data = state.config.snapshots.read(head, message.chunk)
  if (data) state.sendTo(sender, { kind: 'chunk', index: message.index, chunk: message.chunk, data })
}

export function receiveChunk(state: PbftState, sender: number, message: Chunk): void {
  const { transfer } = state
  if (!transfer || sender !== transfer.source || message.index !== transfer.offer.index) return
  if (message.chunk >= transfer.chunks.length || transfer.chunks[message.chunk] !== null) return
  transfer.chunks[message.chunk] = message.data
  transfer.bytes += message.data.length
  transfer.received++
  transfer.movedAtTick = state.ticks
  if (transfer.bytes > transfer.offer.stateBytes) return reject(state, transfer, 'longer than it offered')
  const next = transfer.received + CHUNKS_OUTSTANDING_MAX - 1
  if (next < transfer.chunks.length) askForChunk(state, transfer, next)
  if (transfer.received === transfer.chunks.length) complete(state, transfer)
}

function complete(state: PbftState, transfer: Transfer): void {
  const { offer, meta } = transfer
  const chunks = transfer.chunks.filter((chunk) => chunk !== null)
  const whole = new Uint8Array(transfer.bytes)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  const isProven = transfer.bytes === offer.stateBytes && isSame(state.group.stateDigest(whole), meta.stateDigest)
  if (!isProven && !(__PLANTED__ && isPlanted('pbft/transferred-state-not-verified'))) return reject(state, transfer, 'not the one that was certified')
  state.transfer = null
  // Overtaken: what was missing came in the meantime.
  if (offer.index <= state.executed) return
  const { index, stateBytes, stateHash } = offer
  const head: SnapshotHead = { index, meta: offer.meta, stateBytes, stateHash, chunks: chunks.length }
  undoTentative(state)
  state.installing = index
  state.installSource = transfer.source
  state.out.install = { head, chunks }
}

/** The source signed every chunk: it is to blame. The next one is asked at the next heartbeat. */
function reject(state: PbftState, transfer: Transfer, why: string): void {
  state.misbehaviour(transfer.source, `The state that it sent for sequence number ${transfer.offer.index} is ${why}.`)
  state.transfer = null
}

/** At every heartbeat: gives up on a source that is silent, after asking once more for what is missing, and on one that takes too long. */
export function watchTransfer(state: PbftState): void {
  const { transfer } = state
  if (!transfer) return
  const silentFor = state.ticks - transfer.movedAtTick
  const { heartbeatTicks } = state.config.timing
  if (silentFor >= TRANSFER_STALL_HEARTBEATS * heartbeatTicks) {
    state.transfer = null
    return
  }
  const heartbeatsMax = TRANSFER_HEARTBEATS_MAX * 2 ** Math.min(state.transfersGivenUp, TRANSFER_DOUBLINGS_MAX)
  if (state.ticks - transfer.sinceTick >= heartbeatsMax * heartbeatTicks) {
    state.transfersGivenUp++
    state.transfer = null
    return
  }
  if (silentFor < heartbeatTicks) return
  const missing = transfer.chunks.flatMap((chunk, i) => (chunk === null ? [i] : [])).slice(0, CHUNKS_OUTSTANDING_MAX)
  for (const chunk of missing) askForChunk(state, transfer, chunk)
}

/** Its bytes are certified; what its source said of them besides is not what they are. Another source is asked at the next heartbeat. */
export function installRefused(state: PbftState, head: SnapshotHead): void {
  if (state.installing !== head.index) return
  state.installing = null
  state.misbehaviour(state.installSource, `The hash that it sent with the state of sequence number ${head.index} is another state's.`)
}

/** The snapshot is durable here and the state restored. */
export function installed(state: PbftState, head: SnapshotHead): void {
  const meta = decodeSnapshotMeta(head.meta)
  const window = meta === null ? null : RequestWindow.decode(meta.window)
  if (state.installing !== head.index || meta === null || window === null) return
  state.installing = null
  state.transfersGivenUp = 0
  state.executed = head.index
  state.applied = head.index
  state.committed = Math.max(state.committed, head.index)
  state.window = window
  state.lastProposed = Math.max(state.lastProposed, head.index)
  const digest = state.group.checkpointDigest(meta.sequence, meta.stateDigest, meta.window)
  state.ownCheckpoints.set(head.index, digest)
  state.durableSnapshot = head.index
  // The snapshots of these were given up for this one.
  for (const index of state.windowsAt.keys()) if (index <= head.index) state.windowsAt.delete(index)
  if (meta.certificate && isStable(state, meta.certificate)) advanceStable(state, meta.certificate)
  advanceCommitted(state)
  settleCovered(state)
  state.note({ kind: 'installed', sequence: head.index, digest: toHex(digest) })
  state.timer = 0
  announceCheckpoint(state, head.index)
}
