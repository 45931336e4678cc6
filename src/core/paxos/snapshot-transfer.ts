/** A snapshot on its way to this member: it asks for the chunks it lacks, a few at a time, so that the sender keeps no state. */
import type { ReceivedSnapshot, SnapshotHead } from '../machine'
import type { PaxosState } from './state'
import type { SnapshotChunk, SnapshotOffer, SnapshotRequest } from './types'
import { decodeSnapshotMeta } from './configuration-codec'

/** Chunks asked for and not yet here. */
const CHUNKS_IN_FLIGHT_MAX = 4

interface Incoming {
  readonly from: string
  readonly head: SnapshotHead
  readonly chunks: (Uint8Array | undefined)[]
  received: number
  bytes: number
  /** Chunks before this one were asked for. */
  nextToAsk: number
  /** The tick at which something last came, or was asked for again. */
  progressTick: number
}

export class SnapshotTransfer {
  incoming: Incoming | null = null
}

/** Answers one who asks for slots that are trimmed here. */
export function offerSnapshot(state: PaxosState, to: string): void {
  const head = state.config.snapshots.latest()
  if (head === null) return
  const { index, stateBytes, chunks, stateHash, meta } = head
  state.send(to, { kind: 'snapshot-offer', index, stateBytes, chunks, stateHash, meta })
  const flow = state.reign?.flows.get(to)
  if (flow) flow.state = 'snapshot'
}

export function receiveSnapshotOffer(state: PaxosState, from: string, offer: SnapshotOffer): void {
  const { limits } = state.config
  const { incoming } = state.transfer
  if (offer.index <= state.log.chosen || state.isInstalling || offer.stateBytes > limits.snapshotBytesMax) return
  // One at a time; a newer one only where the old one's sender has gone on to it.
  if (incoming && (incoming.from !== from || offer.index <= incoming.head.index)) return
  if (offer.chunks > Math.max(1, offer.stateBytes) || decodeSnapshotMeta(offer.meta)?.alpha !== state.options.alpha) return
  const { index, stateBytes, chunks, stateHash, meta } = offer
  state.transfer.incoming = {
    from, head: { index, stateBytes, chunks, stateHash, meta: meta.slice() }, chunks: [], received: 0, bytes: 0, nextToAsk: 0, progressTick: state.ticks,
  }
  askForChunks(state)
}

function askForChunks(state: PaxosState): void {
  const { incoming } = state.transfer
  if (!incoming) return
  if (incoming.received === incoming.head.chunks) return finish(state, incoming)
  while (incoming.nextToAsk < incoming.head.chunks && incoming.nextToAsk - incoming.received < CHUNKS_IN_FLIGHT_MAX) {
    ask(state, incoming, incoming.nextToAsk++)
  }
}

function ask(state: PaxosState, incoming: Incoming, chunk: number): void {
  state.send(incoming.from, { kind: 'snapshot-request', index: incoming.head.index, chunk })
}

export function receiveSnapshotRequest(state: PaxosState, from: string, request: SnapshotRequest): void {
  const { snapshots } = state.config
  const head = snapshots.latest()
  if (head === null || request.chunk >= head.chunks) return
  const data = head.index === request.index ? snapshots.read(head, request.chunk) : null
  // Another snapshot has replaced it: begin again with that one.
  if (data === null) return offerSnapshot(state, from)
  state.send(from, { kind: 'snapshot-chunk', index: request.index, chunk: request.chunk, data })
}

export function receiveSnapshotChunk(state: PaxosState, from: string, { index, chunk, data }: SnapshotChunk): void {
  const { incoming } = state.transfer
  if (!incoming || incoming.from !== from || incoming.head.index !== index || chunk >= incoming.head.chunks || incoming.chunks[chunk]) return
  if (incoming.bytes + data.length > incoming.head.stateBytes) {
    state.transfer.incoming = null
    return
  }
  incoming.chunks[chunk] = data
  incoming.received++
  incoming.bytes += data.length
  incoming.progressTick = state.ticks
  askForChunks(state)
}

function finish(state: PaxosState, incoming: Incoming): void {
  state.transfer.incoming = null
  if (incoming.bytes !== incoming.head.stateBytes || incoming.head.index <= state.log.chosen) return
  const received: ReceivedSnapshot = { head: incoming.head, chunks: incoming.chunks as Uint8Array[] }
  state.install = received
  state.isInstalling = true
}

export function tickSnapshotTransfer(state: PaxosState): void {
  const { incoming } = state.transfer
  if (!incoming) return
  const { electionTicks, heartbeatTicks } = state.config.timing
  const silentTicks = state.ticks - incoming.progressTick
  if (incoming.head.index <= state.log.chosen || silentTicks >= 2 * electionTicks) {
    // The slots came another way, or the sender is gone: whoever is asked next may offer another.
    state.transfer.incoming = null
  } else if (silentTicks > 0 && silentTicks % (2 * heartbeatTicks) === 0) {
    for (let chunk = 0; chunk < incoming.nextToAsk; chunk++) if (!incoming.chunks[chunk]) ask(state, incoming, chunk)
  }
}
