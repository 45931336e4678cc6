/** What a leader does: append, replicate, commit, confirm reads. */
import { present } from '../base'
import { ENTRY_OVERHEAD_BYTES, entryBytes } from './log'
import type { Progress } from './progress'
import type { RaftState } from './state'
import type { AppendResponse, Entry, HeartbeatResponse, ProposeAnswer } from './types'

const NO_ENTRIES: readonly Entry[] = []

export function propose(state: RaftState, commands: readonly Uint8Array[]): ProposeAnswer {
  if (state.role !== 'leader') return { kind: 'not-leader', leaderId: state.leaderId }
  const { log, term } = state
  const firstIndex = log.lastIndex + 1
  let accepted = 0
  for (const data of commands) {
    const bytes = data.length + ENTRY_OVERHEAD_BYTES
    // One command always fits, so that a large one is not refused for ever.
    if (state.uncommittedBytes > 0 && state.uncommittedBytes + bytes > state.config.limits.uncommittedBytesMax) break
    state.uncommittedBytes += bytes
    log.append({ index: firstIndex + accepted, term, kind: 'command', data })
    accepted++
  }
  return { kind: 'appended', firstIndex, term, accepted }
}

/** Sends what each follower lacks, as far as its flow allows. */
export function replicate(state: RaftState): void {
  for (const progress of state.peers.values()) {
    while (!progress.isPaused && progress.next <= state.log.lastIndex) {
      const entries = state.log.slice(progress.next, state.log.lastIndex + 1, state.config.limits.appendBytesMax)
      let bytes = 0
      for (const entry of entries) bytes += entryBytes(entry)
      sendAppend(state, progress, entries)
      progress.sent((entries.at(-1) as Entry).index, bytes)
    }
  }
}

function sendAppend(state: RaftState, progress: Progress, entries: readonly Entry[]): void {
  const prevIndex = progress.next - 1
  const prevTerm = present(state.log.term(prevIndex), 'the entry before the ones sent is in the log')
  const { term } = state
  const commit = state.log.committed
  progress.commitSent = Math.max(progress.commitSent, Math.min(commit, prevIndex + entries.length))
  state.send(progress.id, { kind: 'append-request', term, prevIndex, prevTerm, commit, entries })
}

function sendHeartbeat(state: RaftState, progress: Progress): void {
  // A follower may hold entries after `match` that are not this leader's.
  const commit = Math.min(progress.match, state.log.committed)
  progress.commitSent = Math.max(progress.commitSent, commit)
  state.send(progress.id, { kind: 'heartbeat-request', term: state.term, commit, readRound: state.reads.unconfirmed })
}

export function tickLeader(state: RaftState): void {
  state.ages.sample(state.ticks, state.log.lastIndex)
  state.heartbeatElapsed++
  const isDue = state.heartbeatElapsed >= state.config.heartbeatTicks
  if (isDue) state.heartbeatElapsed = 0
  for (const progress of state.peers.values()) {
    // Appends carry the commit index; with nothing to append, a follower learns of it within a tick.
    if (isDue || progress.commitSent < Math.min(progress.match, state.log.committed)) sendHeartbeat(state, progress)
  }
}

/** Commits what a quorum has durable, if the last of it is of this term (Raft, section 5.4.2). */
export function updateCommit(state: RaftState): boolean {
  const { log } = state
  const index = state.quorum.committed((id) => (id === state.id ? log.persisted : state.peers.get(id)?.match))
  if (index <= log.committed || log.term(index) !== state.term) return false
  return log.commitTo(index)
}

export function receiveAppendResponse(state: RaftState, from: string, response: AppendResponse): void {
  const progress = heard(state, from)
  if (!progress || response.index > state.log.lastIndex) return
  if (response.rejected) {
    progress.rejected(response.index, state.log.agreementBound(response.hintIndex, response.hintTerm))
  } else if (progress.acknowledged(response.index)) {
    updateCommit(state)
  }
}

export function receiveHeartbeatResponse(state: RaftState, from: string, response: HeartbeatResponse): void {
  const progress = heard(state, from)
  if (!progress) return
  progress.isProbeSent = false
  if (progress.match < state.log.lastIndex && progress.flow === 'replicate' && progress.matchAtHeartbeat === progress.match) {
    // No progress between two heartbeats: a message may be lost. An empty append makes the follower say where it stands.
    sendAppend(state, progress, NO_ENTRIES)
  }
  progress.matchAtHeartbeat = progress.match
  if (response.readRound > progress.readRoundAcked) {
    progress.readRoundAcked = response.readRound
    confirmReads(state)
  }
}

function heard(state: RaftState, from: string): Progress | undefined {
  const progress = state.peers.get(from)
  if (progress) {
    progress.isRecentlyActive = true
    progress.heardAtTick = state.ticks
  }
  return progress
}

/** Begins a round for the reads of this turn, once this leader knows what is committed: an entry of its own term is. */
export function beginReads(state: RaftState): void {
  if (!state.reads.hasCollected || !hasCommittedInTerm(state)) return
  state.reads.begin(state.log.committed)
  for (const progress of state.peers.values()) sendHeartbeat(state, progress)
  confirmReads(state)
}

export function hasCommittedInTerm(state: RaftState): boolean {
  return state.log.term(state.log.committed) === state.term
}

function confirmReads(state: RaftState): void {
  const { reads } = state
  reads.confirmed(state.quorum, (id) => (id === state.id ? reads.newest : state.peers.get(id)?.readRoundAcked), state.safeReads)
}
