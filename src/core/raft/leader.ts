/** What a leader does: append, replicate, commit. Reads are in reads.ts, members in membership.ts. */
import { isPlanted, present } from '../base'
import { ENTRY_OVERHEAD_BYTES, entryBytes } from './log'
import { configurationCommitted, tickPromotion } from './membership'
import type { AppendResponse, HeartbeatResponse } from './messages'
import type { Progress } from './progress'
import { beginLeaseRound, confirmReads } from './reads'
import { beginSnapshot, leaveSnapshot, tickSnapshot } from './snapshot-sender'
import type { RaftState } from './state'
import { continueTransfer, tickTransfer } from './transfer'
import type { Entry, ProposeAnswer } from './types'

const NO_ENTRIES: readonly Entry[] = []
const NO_DATA = new Uint8Array(0)

export function propose(state: RaftState, commands: readonly Uint8Array[]): ProposeAnswer {
  const { log, term } = state
  // What is proposed now would keep the one who takes over from ever being level (thesis, section 3.10).
  if (state.transfer !== null) return { kind: 'busy' }
  const firstIndex = log.lastIndex + 1
  let accepted = 0
  for (const data of commands) {
    // Whatever its size: a large one that had to fit would wait for ever while small ones pass it.
    if (state.uncommittedBytes >= state.config.limits.uncommittedBytesMax) break
    state.uncommittedBytes += data.length + ENTRY_OVERHEAD_BYTES
    log.append({ index: firstIndex + accepted, term, kind: 'command', data })
    accepted++
  }
  return { kind: 'appended', firstIndex, term, accepted }
}

/**
 * How far a witness may be sent the log: only what is on the disk of a member that can lead with it. A witness that is ahead of all of those
 * refuses each of them its vote, and cannot lead itself. A leader on its way out of the group does not count: it leads nothing once it has gone.
 */
function indexForWitness({ log, self, peers, placed }: RaftState): number {
  if (self?.kind === 'voter') return log.persisted
  let index = 0
  for (const { id, kind } of placed.configuration.members) if (kind === 'voter') index = Math.max(index, peers.get(id)?.match ?? 0)
  return Math.min(index, log.persisted)
}

/** Something is durable now that a witness may be sent. */
export function hasForWitness(state: RaftState): boolean {
  for (const progress of state.peers.values()) if (progress.isWitness && !progress.isPaused && progress.next <= indexForWitness(state)) return true
  return false
}

/** Sends what each follower lacks, as far as its flow allows. */
export function replicate(state: RaftState): void {
  const { log } = state
  for (const progress of state.peers.values()) {
    const lastIndex = progress.isWitness ? indexForWitness(state) : log.lastIndex
    while (!progress.isPaused && progress.next <= lastIndex) {
      if (progress.next < log.firstIndex) {
        beginSnapshot(state, progress)
        break
      }
      const entries = log.slice(progress.next, lastIndex + 1, state.config.limits.appendBytesMax)
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
  const sent = progress.isWitness ? entries.map(strip) : entries
  state.send(progress.id, { kind: 'append-request', term, prevIndex, prevTerm, commit, entries: sent })
}

const strip = (entry: Entry): Entry => (entry.kind === 'command' ? { ...entry, kind: 'stripped', data: NO_DATA } : entry)

export function sendHeartbeat(state: RaftState, progress: Progress): void {
  // A follower may hold entries after `match` that are not this leader's.
  let commit = Math.min(progress.match, state.log.committed)
  if (__PLANTED__ && isPlanted('raft/heartbeat-commits-unmatched')) commit = state.log.committed
  progress.commitSent = Math.max(progress.commitSent, commit)
  state.send(progress.id, { kind: 'heartbeat-request', term: state.term, commit, readRound: state.reads.unconfirmed })
}

export function tickLeader(state: RaftState): void {
  state.ages.sample(state.ticks, state.log.lastIndex)
  state.heartbeatElapsed++
  const isDue = state.heartbeatElapsed >= state.config.heartbeatTicks
  if (isDue) {
    state.heartbeatElapsed = 0
    // A lease is renewed by a round of its own.
    if (state.config.options.reads === 'lease') beginLeaseRound(state)
  }
  for (const progress of state.peers.values()) {
    // Appends carry the commit index; with nothing to append, a follower learns of it within a tick.
    if (isDue || progress.commitSent < Math.min(progress.match, state.log.committed)) sendHeartbeat(state, progress)
    if (progress.snapshot !== null) tickSnapshot(state, progress, progress.snapshot)
    if (progress.departsAtTick !== null) tickDeparture(state, progress)
  }
  if (isDue && state.config.options.reads === 'lease') confirmReads(state)
  if (state.transfer !== null) tickTransfer(state)
  tickPromotion(state)
}

/** A member that was removed is let go once it knows, or when it has stayed away too long. */
function tickDeparture(state: RaftState, progress: Progress): void {
  const { index } = state.placed
  const knows = progress.match >= index && progress.commitSent >= index
  if (knows || state.ticks >= (progress.departsAtTick ?? Infinity)) state.peers.delete(progress.id)
}

/** Commits what a quorum has durable, if the last of it is of this term (Raft, section 5.4.2). */
export function updateCommit(state: RaftState): void {
  const { log } = state
  const isEager = __PLANTED__ && isPlanted('raft/leader-counts-itself-before-durable')
  const index = state.quorum.committed((id) => (id === state.id ? (isEager ? log.lastIndex : log.persisted) : state.peers.get(id)?.match))
  const isOfOlderTerm = log.term(index) !== state.term && !(__PLANTED__ && isPlanted('raft/commit-older-term') && index <= log.lastIndex)
  if (index <= log.committed || isOfOlderTerm) return
  if (__PLANTED__ && isPlanted('raft/commit-stops-early') && index > log.committed + 1 && log.committed > 3) return
  log.commitTo(index)
  configurationCommitted(state)
}

export function receiveAppendResponse(state: RaftState, progress: Progress, response: AppendResponse): void {
  if (response.index > state.log.lastIndex) return
  if (response.rejected) {
    if (__PLANTED__ && isPlanted('raft/rejection-taken-for-acknowledgement') && progress.acknowledged(response.index)) return updateCommit(state)
    progress.rejected(response.index, state.log.agreementBound(response.hintIndex, response.hintTerm))
  } else if (progress.acknowledged(response.index)) {
    updateCommit(state)
    if (progress.flow === 'snapshot') leaveSnapshot(state, progress)
    if (state.transfer !== null) continueTransfer(state)
  } else if (progress.flow === 'snapshot') {
    leaveSnapshot(state, progress)
  }
}

export function receiveHeartbeatResponse(state: RaftState, progress: Progress, response: HeartbeatResponse): void {
  progress.isProbeSent = false
  if (progress.match < state.log.lastIndex && progress.flow === 'replicate' && progress.matchAtHeartbeat === progress.match) {
    // No progress between two heartbeats: a message may be lost. An empty append makes the follower say where it stands.
    if (progress.next > state.log.firstIndex - 1) sendAppend(state, progress, NO_ENTRIES)
    else progress.becomeProbe()
  }
  progress.matchAtHeartbeat = progress.match
  if (response.readRound > progress.readRoundAcked) {
    progress.readRoundAcked = response.readRound
    confirmReads(state)
  }
}

/** A follower was heard of. */
export function heard(state: RaftState, from: string): Progress | undefined {
  const progress = state.peers.get(from)
  if (progress) {
    progress.isRecentlyActive = true
    progress.heardAtTick = state.ticks
  }
  return progress
}
