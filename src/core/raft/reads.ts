/** Linearizable reads: at the leader by a round of heartbeats or by lease, at a follower by asking the leader for an index. */
import { isPlanted } from '../base'
import type { ReadRequest, ReadResponse } from './messages'
import { sendHeartbeat } from './leader'
import type { Round } from './read-rounds'
import type { RaftState } from './state'
import type { ReadAnswer } from './types'

/** A follower gives up on an answer after so many election timeouts. */
const ANSWER_TIMEOUTS = 2

export function read(state: RaftState, token: number): ReadAnswer {
  const isLeader = state.role === 'leader'
  const { readsWaitingMax } = state.config.limits
  if (!isLeader && !(state.config.options.followerReads && state.leaderId !== null)) return { kind: 'not-leader', leaderId: state.leaderId }
  if ((isLeader ? state.reads.waiting : state.remoteReads.waiting) >= readsWaitingMax) return { kind: 'busy' }
  state.readsAsked++
  if (isLeader) state.reads.add(token, state.readsAsked)
  else state.remoteReads.add(token)
  return { kind: 'waiting' }
}

/** True while the end of the turn would begin a round. */
export function hasReadsToBegin(state: RaftState): boolean {
  return state.role === 'leader' ? state.reads.hasCollected && mayBegin(state) : state.remoteReads.hasCollected
}

/** Begins a round for the reads of this turn, once this leader knows what is committed: an entry of its own term is. */
export function beginReads(state: RaftState): void {
  if (!state.reads.hasCollected || !mayBegin(state)) return
  if (hasLease(state) || (__PLANTED__ && isPlanted('raft/read-without-quorum'))) {
    return answer(state, state.log.committed, state.reads.takeCollected())
  }
  state.reads.begin(state.log.committed, state.ticks)
  for (const progress of state.peers.values()) sendHeartbeat(state, progress)
  confirmReads(state)
}

function mayBegin(state: RaftState): boolean {
  return hasCommittedInTerm(state) || (__PLANTED__ && isPlanted('raft/read-before-own-commit'))
}

export function hasCommittedInTerm(state: RaftState): boolean {
  return state.log.term(state.log.committed) === state.term
}

export function hasLease(state: RaftState): boolean {
  const { electionTicks, options } = state.config
  if (options.reads !== 'lease') return false
  const length = __PLANTED__ && isPlanted('raft/lease-ignores-drift') ? 3 * electionTicks : electionTicks - options.leaseDriftTicks
  return state.lease.holds(state.ticks, length)
}

export function confirmReads(state: RaftState): void {
  const acked = (id: string): number | undefined => (id === state.id ? state.reads.newest : state.peers.get(id)?.readRoundAcked)
  for (const round of state.reads.takeConfirmed(state.quorum, acked)) {
    state.lease.renew(round.startedAtTick)
    answer(state, round.index, round)
  }
}

function answer(state: RaftState, index: number, { tokens, askers, asked }: Pick<Round, 'tokens' | 'askers' | 'asked'>): void {
  if (tokens.length > 0) becameSafe(state, index, tokens, asked)
  for (const { to, id } of askers) state.send(to, { kind: 'read-response', term: state.term, id, index })
}

function becameSafe(state: RaftState, index: number, tokens: readonly number[], asked: number): void {
  state.safeReads.push({ index, tokens })
  state.serving.push({ index, asked })
}

/** Begins a round that asks for nothing but a lease, with the heartbeats of this tick. */
export function beginLeaseRound(state: RaftState): void {
  state.reads.beginEmpty(state.log.committed, state.ticks)
}

/** Follower: the reads of this turn ask for one index. */
export function askLeader(state: RaftState): void {
  if (!state.remoteReads.hasCollected) return
  if (state.leaderId === null) return state.remoteReads.drop(state.droppedReads)
  const id = state.remoteReads.ask(state.ticks, state.readsAsked)
  if (__PLANTED__ && isPlanted('raft/follower-read-from-own-commit')) {
    return becameSafe(state, state.log.committed, state.remoteReads.answered(id)?.tokens ?? [], state.readsAsked)
  }
  state.send(state.leaderId, { kind: 'read-request', term: state.term, id })
}

/** Follower, once a tick. */
export function tickAsked(state: RaftState): void {
  const since = state.ticks - ANSWER_TIMEOUTS * state.config.electionTicks
  if (state.remoteReads.waiting > 0) state.remoteReads.expire(since, state.droppedReads)
  if (state.forwarded.bytes > 0) state.forwarded.expire(since, state.refused)
}

export function receiveReadRequest(state: RaftState, from: string, request: ReadRequest): void {
  if (state.reads.waiting >= state.config.limits.readsWaitingMax) {
    state.send(from, { kind: 'read-response', term: state.term, id: request.id, index: null })
  } else {
    state.reads.ask({ to: from, id: request.id })
  }
}

export function receiveReadResponse(state: RaftState, response: ReadResponse): void {
  const batch = state.remoteReads.answered(response.id)
  if (batch === null) return
  const { tokens, asked } = batch
  if (response.index === null) state.droppedReads.push(...tokens)
  else if (__PLANTED__ && isPlanted('raft/follower-read-before-applied')) becameSafe(state, 0, tokens, asked)
  else becameSafe(state, response.index, tokens, asked)
}
