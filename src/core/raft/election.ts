/** Elections: pre-vote, votes and the lease that keeps a healthy leader from being deposed (thesis, sections 4.2.3 and 9.6). */
import { present } from '../base'
import type { RaftState } from './state'
import type { VoteRequest, VoteResponse } from './types'

export function campaign(state: RaftState): void {
  state.becomePreCandidate()
  state.votes.set(state.id, true)
  if (countVotes(state)) return
  const request = requestOf(state, 'pre-vote-request', state.term + 1)
  for (const id of state.quorum.voters) if (id !== state.id) state.send(id, request)
}

function requestOf(state: RaftState, kind: VoteRequest['kind'], term: number): VoteRequest {
  return { kind, term, lastIndex: state.log.lastIndex, lastTerm: state.log.lastTerm }
}

/**
 * A real vote is asked for only once term, own vote and log are durable: an answer to a request that was sent before a crash
 * must never count for a log that the crash has shortened.
 */
function stand(state: RaftState): void {
  state.becomeCandidate()
  const request = requestOf(state, 'vote-request', state.term)
  for (const id of state.quorum.voters) if (id !== state.id) state.sendDurable(id, request)
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
    stand(state)
  } else {
    state.becomeLeader()
  }
  return true
}

/** True while this member trusts a leader it has heard of lately: it then helps no one to depose it. */
function isInLease(state: RaftState): boolean {
  return state.leaderId !== null && state.electionElapsed < state.config.electionTicks
}

export function receiveVoteRequest(state: RaftState, from: string, request: VoteRequest): void {
  const isPreVote = request.kind === 'pre-vote-request'
  if (request.term > state.term && isInLease(state)) return
  if (request.term > state.term && !isPreVote) state.becomeFollower(request.term, null, `${from} asks for votes in a later term`)
  const response = isPreVote ? 'pre-vote-response' : 'vote-response'
  const mayVote = request.term >= state.term && (
    state.vote === from || (state.vote === null && state.leaderId === null) || (isPreVote && request.term > state.term)
  )
  if (mayVote && state.log.isUpToDate(request.lastIndex, request.lastTerm)) {
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
  if (isPreVote) {
    if (state.role !== 'pre-candidate') return
    // A grant names the term that was asked for; a refusal the refuser's own.
    if (response.granted && response.term !== state.term + 1) return
  } else if (state.role !== 'candidate' || response.term !== state.term) {
    return
  }
  if (!state.votes.has(from)) state.votes.set(from, response.granted)
  countVotes(state)
}

/** Leader, once per election timeout: steps down unless a quorum was heard of since the last check (thesis, section 6.2). */
export function checkQuorum(state: RaftState): void {
  const isActive = (id: string): boolean => id === state.id || present(state.peers.get(id), 'every voter has a progress').isRecentlyActive
  if (state.quorum.vote(isActive) !== 'won') {
    state.becomeFollower(state.term, null, 'no quorum was heard of for an election timeout')
    return
  }
  for (const progress of state.peers.values()) progress.isRecentlyActive = false
}
