/** What a member does on a leader's word. The caller has settled the term. */
import { assert, isPlanted } from '../base'
import type { AppendRequest, HeartbeatRequest } from './messages'
import type { RaftState } from './state'

export function followLeader(state: RaftState, from: string): void {
  assert(state.role !== 'leader', 'a term has one leader')
  if (state.role !== 'follower') state.becomeFollower(state.term, from, `${from} leads this term`)
  state.electionElapsed = 0
  state.promisedUntilTick = state.ticks + state.config.electionTicks
  state.setLeader(from)
}

export function receiveAppend(state: RaftState, from: string, request: AppendRequest): void {
  followLeader(state, from)
  // Its log is about to begin anew. The leader will find out where it stands by its next probe.
  if (state.installing !== null) return
  state.leaderCommit = Math.max(state.leaderCommit, request.commit)
  const { log } = state
  if (__PLANTED__ && isPlanted('raft/commit-beyond-new-entries')) log.commitTo(Math.min(request.commit, log.lastIndex))
  if (request.prevIndex < log.committed) {
    // An old message: everything up to the commit index is known to agree.
    acknowledge(state, from, log.committed)
  } else if (log.accept(request)) {
    state.syncConfiguration()
    acknowledge(state, from, request.prevIndex + request.entries.length)
  } else {
    // A refusal promises nothing, so it waits for no disk.
    const hintIndex = log.agreementBound(request.prevIndex, request.prevTerm)
    const hintTerm = log.term(hintIndex) ?? 0
    state.send(from, { kind: 'append-response', term: state.term, rejected: true, index: request.prevIndex, hintIndex, hintTerm })
  }
}

/** Says that the log equals the leader's up to `index`, once that is durable. */
export function acknowledge(state: RaftState, to: string, index: number): void {
  const response = { kind: 'append-response', term: state.term, rejected: false, index, hintIndex: 0, hintTerm: 0 } as const
  if (__PLANTED__ && isPlanted('raft/append-acknowledged-before-durable')) state.send(to, response)
  else state.sendDurable(to, response)
}

/**
 * Answered at once, not when durable: that this member has seen no later term is true now, and reads and the leader's quorum
 * check should not wait for a slow disk. Only the first answer to a leader that reads by lease waits: it is a promise, and a member that
 * starts again without any term would not know that it has made one.
 */
export function receiveHeartbeat(state: RaftState, from: string, request: HeartbeatRequest): void {
  followLeader(state, from)
  if (state.installing === null) {
    if (__PLANTED__ && isPlanted('raft/commit-goes-back')) state.log.committed = Math.min(request.commit, state.log.lastIndex)
    state.log.commitTo(Math.min(request.commit, state.log.lastIndex))
  }
  const response = { kind: 'heartbeat-response', term: state.term, readRound: request.readRound } as const
  if (state.config.options.reads === 'lease' && state.durable.term === 0) state.sendDurable(from, response)
  else state.send(from, response)
}
