/**
 * A snapshot as it comes in, chunk by chunk (Raft, section 7). Only kept in memory until it is whole: what a crash takes is asked for
 * again from the first chunk. A witness keeps no state, so it is given the head alone.
 */
import { assert, isPlanted, present } from '../base'
import type { SnapshotHead } from '../machine'
import { decodeSnapshotMeta } from './configuration-codec'
import { acknowledge, followLeader } from './follower'
import type { SnapshotChunk } from './messages'
import type { RaftState } from './state'
import type { LogBase } from './types'

export interface IncomingSnapshot {
  readonly from: string
  readonly head: SnapshotHead
  readonly chunks: Uint8Array[]
  bytes: number
}

export const baseOf = (head: SnapshotHead): LogBase => present(decodeSnapshotMeta(head.index, head.meta), 'the head of a snapshot was checked when it came')

const isSame = (one: SnapshotHead, other: SnapshotHead): boolean =>
  one.index === other.index && one.stateHash === other.stateHash && one.stateBytes === other.stateBytes && one.chunks === other.chunks

export function receiveSnapshotChunk(state: RaftState, from: string, message: SnapshotChunk): void {
  followLeader(state, from)
  const { head } = message
  if (state.installing !== null) {
    // Another one than that is not answered: the leader tries again later.
    if (head.index === state.installing.index) answer(state, from, head, head.chunks)
    return
  }
  const { log } = state
  const isOld = head.index <= log.committed
  // The log may hold the last entry of the snapshot already: then all before it agrees with the leader's (Log Matching).
  if (isOld || log.term(head.index) === baseOf(head).term) {
    state.incoming = null
    if (!isOld) log.commitTo(head.index)
    return acknowledge(state, from, log.committed)
  }
  if (head.stateBytes > state.config.limits.snapshotBytesMax) return
  if (state.incoming === null || state.incoming.from !== from || !isSame(state.incoming.head, head)) {
    state.incoming = { from, head, chunks: [], bytes: 0 }
  }
  const incoming = state.incoming
  const isNext = message.chunk === incoming.chunks.length && head.chunks > 0
  if (isNext && incoming.bytes + message.data.length <= head.stateBytes) {
    incoming.chunks.push(message.data)
    incoming.bytes += message.data.length
  }
  if (incoming.chunks.length === head.chunks) complete(state, incoming)
  if (__PLANTED__ && isPlanted('raft/snapshot-acknowledged-before-durable') && state.installing !== null) acknowledge(state, from, head.index)
  answer(state, from, head, incoming.chunks.length)
}

function answer(state: RaftState, to: string, head: SnapshotHead, next: number): void {
  state.send(to, { kind: 'snapshot-response', term: state.term, index: head.index, next })
}

function complete(state: RaftState, incoming: IncomingSnapshot): void {
  state.incoming = null
  const { head, chunks } = incoming
  if (incoming.bytes !== head.stateBytes) {
    // Not what its head says: ask for it again.
    chunks.length = 0
    return
  }
  state.installing = baseOf(head)
  state.install = { head, chunks }
}

/** The snapshot is durable and the state restored: the log goes on behind it. */
export function installed(state: RaftState, head: SnapshotHead): void {
  assert(state.installing?.index === head.index, 'what is installed was handed out to be installed')
  const base = state.installing
  state.installing = null
  state.log.reset(base)
  state.base = base
  state.syncConfiguration()
  // Whoever leads now; where it is another one, its next probe asks again.
  if (state.leaderId !== null && state.leaderId !== state.id) acknowledge(state, state.leaderId, base.index)
}

/** Its bytes are not the state that its head says: it is asked for again. */
export function installRefused(state: RaftState): void {
  state.installing = null
}
