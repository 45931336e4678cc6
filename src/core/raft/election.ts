/** Elections: pre-vote, votes and the lease that keeps a healthy leader from being deposed (thesis, sections 4.2.3 and 9.6). */
import { isPlanted, present } from '../base'
import { memberOf } from './configuration'
import type { VoteRequest, VoteResponse } from './messages'
import type { RaftState } from './state'

/**
 * Voters that keep data may stand. One that is about to be removed or to be a learner too, until that is committed: it may be the only one
 * that could win (thesis, section 4.2.2). A witness never, since it could not give others what it has not.
 */
export function mayCampaign(state: RaftState): boolean {
  const { self, placed, log } = state
  if (state.installing !== null) return false
  if (__PLANTED__ && isPlanted('raft/removed-node-campaigns')) return true
  if (__PLANTED__ && isPlanted('raft/witness-campaigns') && self?.kind === 'witness') return true
  if (self?.kind === 'voter') return true
  const { previous } = log.configurations
  return placed.index > log.committed && previous !== null && memberOf(previous.configuration, state.id)?.kind === 'voter'
}

export function campaign(state: RaftState): void {
  if (__PLANTED__ && isPlanted('raft/no-pre-vote')) return stand(state, 'nothing heard from a leader', false)
  state.becomePreCandidate()
  state.votes.set(state.id, true)
  if (countVotes(state)) return
  const request = requestOf(state, 'pre-vote-request', state.term + 1)
  for (const id of state.quorum.voters) if (id !== state.id) state.send(id, request)
}

function requestOf(state: RaftState, kind: VoteRequest['kind'], term: number): VoteRequest {
  const { lastIndex, lastTerm } = state.log
  return { kind, term, lastIndex, lastTerm, ...(state.isTransferCandidate ? { isTransfer: true } : {}) }
}

/**
 * A real vote is asked for only once term, own vote and log are durable: an answer to a request that was sent before a crash
 * must never count for a log that the crash has shortened.
 */
export function stand(state: RaftState, why: string, isTransfer: boolean): void {
  state.becomeCandidate(why)
  state.isTransferCandidate = isTransfer
  const request = requestOf(state, 'vote-request', state.term)
  for (const id of state.quorum.voters) {
    if (id === state.id) continue
    if (__PLANTED__ && isPlanted('raft/own-vote-before-durable')) state.send(id, request)
    else state.sendDurable(id, request)
  }
  if (__PLANTED__ && isPlanted('raft/own-vote-before-durable')) ownVoteDurable(state)
}

/** The candidate's own vote is durable. */
export function ownVoteDurable(state: RaftState): void {
  if (state.role !== 'candidate' || state.votes.has(state.id)) return
  state.votes.set(state.id, true)
  countVotes(state)
}

/** Acts on the votes as they stand. True when the role changed. */
function countVotes(state: RaftState): boolean {
  const result = state.quorum.vote((id) => state.votes.get(id))
  if (result === 'pending') return false
  if (result === 'lost') {
    state.becomeFollower(state.term, null, 'a majority refused to vote for this node')
  } else if (state.role === 'pre-candidate') {
    state.preVotedTerm = state.term + 1
    stand(state, 'a majority would vote for this node', false)
  } else {
    state.becomeLeader()
  }
  return true
}

/**
 * True while this member trusts a leader it has heard of lately: it then helps no one to depose it. Where leaders answer reads by
 * lease that is a promise, which a later term does not end: neither one that is asked for, nor one that it has heard of since.
 */
function isInLease(state: RaftState, request: VoteRequest): boolean {
  if (__PLANTED__ && isPlanted('raft/lease-not-honoured') && state.role !== 'leader') return false
  const { electionTicks, options } = state.config
  const hasPromised = options.reads === 'lease' && state.ticks < state.promisedUntilTick
  if (request.term > state.term) return hasPromised || (state.leaderId !== null && state.electionElapsed < electionTicks)
  return hasPromised && request.term === state.term && state.vote === null && state.leaderId === null
}

export function receiveVoteRequest(state: RaftState, from: string, request: VoteRequest): void {
  const isPreVote = request.kind === 'pre-vote-request'
  const isHeeded = !(__PLANTED__ && isPlanted('raft/removed-node-campaigns') && !state.members.some((member) => member.id === from))
  if (request.isTransfer !== true && isHeeded && isInLease(state, request)) return
  if (request.term > state.term && !isPreVote) state.becomeFollower(request.term, null, `${from} asks for votes in a later term`)
  const response = isPreVote ? 'pre-vote-response' : 'vote-response'
  const isFree = state.vote === from || (state.vote === null && state.leaderId === null) ||
    (__PLANTED__ && isPlanted('raft/votes-twice') && state.role === 'follower')
  const mayVote = request.term >= state.term && (isFree || (isPreVote && request.term > state.term))
  const isTrusted = __PLANTED__ && isPlanted('raft/transfer-before-level') && request.isTransfer === true
  if (mayVote && (isTrusted || state.log.isUpToDate(request.lastIndex, request.lastTerm))) {
    if (!isPreVote) {
      state.electionElapsed = 0
      state.vote = from
    }
    state.sendDurable(from, { kind: response, term: request.term, granted: true })
  } else {
    state.sendDurable(from, { kind: response, term: state.term, granted: false })
  }
}

export function receiveVoteResponse(state: RaftState, from: string, response: VoteResponse): void {
  const isPreVote = response.kind === 'pre-vote-response'
  if (response.term > state.term && !(isPreVote && response.granted)) {
    state.becomeFollower(response.term, null, `${from} is in a later term`)
    return
  }
  if (!state.quorum.has(from)) return
  const countsStale = __PLANTED__ && isPlanted('raft/stale-votes-counted')
  if (isPreVote) {
    // A grant names the term that was asked for; a refusal the refuser's own.
    if (state.role !== 'pre-candidate' && !countsStale) return
    if (response.granted && response.term !== state.term + 1 && !countsStale) return
  } else if (state.role !== 'candidate' || (response.term !== state.term && !countsStale)) {
    return
  }
  if (countsStale && state.role !== 'candidate' && state.role !== 'pre-candidate') return
  if (!state.votes.has(from)) state.votes.set(from, response.granted)
  countVotes(state)
}

/** Leader, once per election timeout: steps down unless a quorum was heard of since the last check (thesis, section 6.2). */
export function checkQuorum(state: RaftState): void {
  if (__PLANTED__ && isPlanted('raft/no-check-quorum')) return
  const isActive = (id: string): boolean => id === state.id || present(state.peers.get(id), 'every voter has a progress').isRecentlyActive
  if (state.quorum.vote(isActive) !== 'won') {
    state.becomeFollower(state.term, null, 'no quorum was heard of for an election timeout')
    return
  }
  for (const progress of state.peers.values()) progress.isRecentlyActive = false
}
