/** Checkpoints, the watermarks that follow them, and the garbage that may go (OSDI 1999, section 4.3). */
import { assert, isPlanted, toHex } from '../base'
import type { SnapshotHead } from '../machine'
import { encodeStatementFrame } from './codec'
import { advanceCommitted } from './execution'
import { isSame } from './group'
import { CHECKPOINTS_PER_SENDER_MAX } from './limits'
import { stableRecord } from './records'
import { decodeSnapshotMeta, encodeSnapshotMeta } from './snapshot-meta'
import type { PbftState } from './state'
import type { Checkpoint, CheckpointCertificate } from './types'

/** The protocol's part of a snapshot: its digest is what this replica will sign. */
export function snapshotMeta(state: PbftState, index: number, snapshot: Uint8Array): Uint8Array {
  const kept = state.windowsAt.get(index)
  assert(kept !== undefined || index === state.executed, 'a snapshot is of a checkpoint, or of the last executed index')
  const isForgotten = __PLANTED__ && isPlanted('pbft/request-window-not-checkpointed')
  const window = isForgotten ? new Uint8Array(0) : kept ?? state.window.encode()
  const stateDigest = state.group.stateDigest(snapshot)
  const digest = state.group.checkpointDigest(index, stateDigest, window)
  state.ownCheckpoints.set(index, digest)
  state.note({ kind: 'checkpointed', sequence: index, digest: toHex(digest) })
  const stable = state.stable.sequence === 0 ? null : state.stable
  return encodeSnapshotMeta({ sequence: index, stateDigest, window, certificate: null, stable })
}

/** Only a state that survives a crash is vouched for. */
export function snapshotDurable(state: PbftState, head: SnapshotHead): void {
  for (const index of state.windowsAt.keys()) if (index <= head.index) state.windowsAt.delete(index)
  state.durableSnapshot = head.index
  announceCheckpoint(state, head.index)
}

/** Tells all that this replica holds the state of `index`. */
export function announceCheckpoint(state: PbftState, index: number): void {
  const checkpoint = ownCheckpoint(state, index)
  if (checkpoint === null) return
  state.broadcastFrame('checkpoint', encodeCheckpoint(state, checkpoint), 'now')
  count(state, state.me, checkpoint)
}

/** Signed; null where this replica has none on its disk at `index`, or it is no sequence number of checkpoints. */
export function ownCheckpoint(state: PbftState, index: number): Checkpoint | null {
  if (index > state.durableSnapshot && !(__PLANTED__ && isPlanted('pbft/checkpoint-before-durable'))) return null
  const digest = state.ownCheckpoints.get(index)
  if (digest === undefined || index % state.checkpointInterval !== 0 || index < state.stable.sequence) return null
  const { signature } = state.statement('checkpoint', { view: 0, sequence: index, digest })
  return { kind: 'checkpoint', sequence: index, digest, signature }
}

export function encodeCheckpoint(state: PbftState, { sequence, digest }: Checkpoint): Uint8Array {
  state.noteVouched(sequence)
  const { signed, signature } = state.statement('checkpoint', { view: 0, sequence, digest })
  return encodeStatementFrame(signed, signature, null)
}

export function receiveCheckpoint(state: PbftState, sender: number, message: Checkpoint): void {
  const { sequence, digest, signature } = message
  if (sequence <= state.stable.sequence || sequence % state.checkpointInterval !== 0) return
  const known = state.checkpoints.get(sender)?.find((each) => each.sequence === sequence)
  if (known && isSame(known.digest, digest)) return
  if (!state.group.isStatement(sender, { kind: 'checkpoint', view: 0, sequence, digest }, signature)) return
  if (known) return state.misbehaviour(sender, `It signed two different states for sequence number ${sequence}.`)
  count(state, sender, message)
}

function count(state: PbftState, sender: number, checkpoint: Checkpoint): void {
  if (checkpoint.sequence <= state.stable.sequence) return
  const kept = [...state.checkpoints.get(sender) ?? [], checkpoint].filter((each, i, all) =>
    all.findIndex((other) => other.sequence === each.sequence) === i).sort((one, other) => one.sequence - other.sequence)
  state.checkpoints.set(sender, kept.slice(-CHECKPOINTS_PER_SENDER_MAX))
  const isOwnWordEnough = __PLANTED__ && isPlanted('pbft/checkpoint-stable-on-own-word') && sender === state.me
  const size = isOwnWordEnough ? 1 : state.group.quorum.size
  const certificate = certificateOf(state, checkpoint.sequence, checkpoint.digest, size)
  if (certificate) advanceStable(state, certificate)
}

/** The checkpoints of at least `size` replicas for this state; null where there are fewer. */
export function certificateOf(state: PbftState, sequence: number, digest: Uint8Array, size: number): CheckpointCertificate | null {
  if (state.stable.sequence === sequence) return isSame(state.stable.digest, digest) ? state.stable : null
  const signatures = [...state.checkpoints].flatMap(([replica, all]) => {
    const found = all.find((each) => each.sequence === sequence && isSame(each.digest, digest))
    return found ? [{ replica, signature: found.signature }] : []
  }).sort((one, other) => one.replica - other.replica)
  return signatures.length >= size ? { sequence, digest, signatures } : null
}

export function isStable(state: PbftState, certificate: CheckpointCertificate): boolean {
  return certificate.sequence % state.checkpointInterval === 0 && certificate.sequence > 0 &&
    state.group.isCheckpoint(certificate, state.group.quorum.size)
}

/** Moves the low watermark. `certificate` is valid. */
export function advanceStable(state: PbftState, certificate: CheckpointCertificate): void {
  const { sequence, digest } = certificate
  if (sequence <= state.stable.sequence) return
  const own = state.ownCheckpoints.get(sequence)
  assert(own === undefined || isSame(own, digest), 'the state of a correct replica is the one that a quorum vouches for')
  state.stable = certificate
  state.out.record(stableRecord(certificate), 'stable')
  state.note({ kind: 'stable', sequence, digest: toHex(digest) })
  for (const each of state.slots.keys()) if (each <= sequence) state.slots.delete(each)
  for (const each of state.ownCheckpoints.keys()) if (each < sequence) state.ownCheckpoints.delete(each)
  for (const [sender, all] of state.checkpoints) state.checkpoints.set(sender, all.filter((each) => each.sequence > sequence))
  state.lastProposed = Math.max(state.lastProposed, sequence)
  trimLog(state)
}

/** Entries behind both the stable checkpoint and execution stay for replicas that are a little behind, within the limits. */
export function trimLog(state: PbftState): void {
  const { trailingEntriesMax, logWindowBytesMax } = state.config.limits
  const end = Math.min(state.stable.sequence, state.applied)
  for (const [sequence, entry] of state.log) {
    const isKept = sequence > end - trailingEntriesMax && state.logBytes <= logWindowBytesMax
    if (sequence > end || isKept) return
    state.log.delete(sequence)
    state.logBytes -= entry.batch.length
  }
}

/** The certificates that lie in a snapshot's meta, as far as they are valid. */
export function adoptMeta(state: PbftState, head: SnapshotHead): boolean {
  const meta = decodeSnapshotMeta(head.meta)
  if (meta === null || meta.sequence !== head.index) return false
  const digest = state.group.checkpointDigest(meta.sequence, meta.stateDigest, meta.window)
  state.ownCheckpoints.set(meta.sequence, digest)
  state.durableSnapshot = head.index
  for (const certificate of [meta.stable, meta.certificate]) {
    if (certificate && certificate.sequence > state.stable.sequence && isStable(state, certificate)) advanceStable(state, certificate)
  }
  advanceCommitted(state)
  return true
}

