/** What a member does on a leader's word. The caller has settled the term. */
import { assert } from '../base'
import type { RaftState } from './state'
import type { AppendRequest, HeartbeatRequest } from './types'

function followLeader(state: RaftState, from: string): void {
  assert(state.role !== 'leader', 'a term has one leader')
  if (state.role !== 'follower') state.becomeFollower(state.term, from, `${from} leads this term`)
  state.electionElapsed = 0
  state.setLeader(from)
}

export function receiveAppend(state: RaftState, from: string, request: AppendRequest): void {
  followLeader(state, from)
  const { log, term } = state
  const acknowledge = (index: number): void =>
    state.sendDurable(from, { kind: 'append-response', term, rejected: false, index, hintIndex: 0, hintTerm: 0 })
  if (request.prevIndex < log.committed) {
    // An old message: everything up to the commit index is known to agree.
    acknowledge(log.committed)
  } else if (log.accept(request)) {
    acknowledge(request.prevIndex + request.entries.length)
  } else {
    // A refusal promises nothing, so it waits for no disk.
    const hintIndex = log.agreementBound(request.prevIndex, request.prevTerm)
    const hintTerm = log.term(hintIndex) ?? 0
    state.send(from, { kind: 'append-response', term, rejected: true, index: request.prevIndex, hintIndex, hintTerm })
  }
}

/**
 * Answered at once, not when durable: that this member has seen no later term is true now, and reads and the leader's quorum
 * check should not wait for a slow disk.
 */
export function receiveHeartbeat(state: RaftState, from: string, request: HeartbeatRequest): void {
  followLeader(state, from)
  state.log.commitTo(Math.min(request.commit, state.log.lastIndex))
  state.send(from, { kind: 'heartbeat-response', term: state.term, readRound: request.readRound })
}
