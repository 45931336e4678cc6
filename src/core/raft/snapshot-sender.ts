/**
 * Snapshots to followers that lack what the log no longer holds. One chunk is under way at a time; each answer names the chunk that the
 * follower wants next, so a restart of either side goes on by itself. A chunk that stays without answer is sent again after an election
 * timeout: no follower is left waiting for ever.
 */
import { isPlanted, present } from '../base'
import type { SnapshotHead } from '../machine'
import type { SnapshotResponse } from './messages'
import type { OutgoingSnapshot, Progress } from './progress'
import type { RaftState } from './state'

const NO_DATA = new Uint8Array(0)

/** Begins with the newest snapshot. Not to a follower that is silent, which would cost the reading for nothing. */
export function beginSnapshot(state: RaftState, progress: Progress): void {
  if (!progress.isRecentlyActive) return
  const head = newest(state, progress)
  if (head === null) return
  progress.becomeSnapshot(head, state.ticks)
  sendChunk(state, progress)
}

/** A witness keeps no state: it gets the head alone. */
function newest(state: RaftState, progress: Progress): SnapshotHead | null {
  const head = state.config.snapshots.latest()
  // One that the log does not follow would never help the follower on.
  if (head === null || head.index + 1 < state.log.firstIndex) return null
  return progress.isWitness ? { ...head, stateBytes: 0, stateHash: '', chunks: 0 } : head
}

function sendChunk(state: RaftState, progress: Progress): void {
  const { id } = progress
  for (let isAnew = false; ; isAnew = true) {
    const snapshot = present(progress.snapshot, 'a chunk is of a snapshot')
    const { head } = snapshot
    snapshot.sentAtTick = state.ticks
    // Where all chunks are there, the last one again makes the follower say how it stands.
    const chunk = Math.max(0, Math.min(snapshot.next, head.chunks - 1))
    const data = head.chunks === 0 ? NO_DATA : state.config.snapshots.read(head, chunk)
    if (data !== null) return state.send(id, { kind: 'snapshot-chunk', term: state.term, head, chunk, data })
    // A newer one has replaced it: start over with that.
    const newer = isAnew ? null : newest(state, progress)
    if (newer === null) return progress.becomeProbe()
    progress.becomeSnapshot(newer, state.ticks)
  }
}

export function receiveSnapshotResponse(state: RaftState, progress: Progress, response: SnapshotResponse): void {
  const { snapshot } = progress
  if (snapshot === null || response.index !== snapshot.head.index || response.next > snapshot.head.chunks) return
  // A late answer to a chunk that was sent twice.
  if (response.next === snapshot.next) return
  snapshot.next = response.next
  snapshot.sentAtTick = state.ticks
  if (response.next < snapshot.head.chunks) sendChunk(state, progress)
}

/** Once a tick. */
export function tickSnapshot(state: RaftState, progress: Progress, snapshot: OutgoingSnapshot): void {
  if (__PLANTED__ && isPlanted('raft/snapshot-limbo')) return
  if (state.ticks - snapshot.sentAtTick < state.config.electionTicks) return
  if (progress.isRecentlyActive) sendChunk(state, progress)
  else progress.becomeProbe()
}

/**
 * The follower has acknowledged entries: back to sending the log, where that holds what follows. Where it has let go of that meanwhile, the
 * snapshot that the follower has by now helps it no further: it needs a newer one.
 */
export function leaveSnapshot(state: RaftState, progress: Progress): void {
  const { snapshot, match } = progress
  if (snapshot === null) return
  if (match + 1 >= state.log.firstIndex) progress.becomeReplicate()
  else if (match >= snapshot.head.index) progress.becomeProbe()
}
