/**
 * All that decides what a member will do, but for its clocks: two members with equal fingerprints behave alike as long as no time-out is near
 * and no limit of bytes or of messages under way is. For searches through all states; reads, forwarding, transfers and snapshots under way are not
 * in it.
 */
import { toHex } from '../base'
import type { Progress } from './progress'
import type { RaftState } from './state'

/** Enough for every log that a search through all states builds. */
const READ_BYTES_MAX = 1 << 20

/** What may still happen to a member: what matters for nothing else is left out. */
export interface Ahead {
  /** The disk tells more than it must: which commit index it names beside entries decides nothing but what a start finds. */
  readonly crash: boolean
  /** A leader's clock goes on: only then does it send heartbeats, and look at who was heard of. */
  readonly beats: boolean
}

export function fingerprintOf(state: RaftState, rename: (id: string) => string, ahead: Ahead): string {
  const { log } = state
  const named = (id: string | null): string => (id === null ? '-' : rename(id))
  const votes = [...state.votes].map(([id, vote]) => `${rename(id)}${vote ? '+' : '-'}`).sort()
  const peers = state.role === 'leader' ? [...state.peers.values()].map((peer) => progressOf(peer, rename, ahead)).sort() : []
  const { hardStateNow, durable } = state
  // Who has voted in its term asks no more whether it knows a leader of it.
  const isBound = state.vote === null && state.leaderId !== null
  const hint = ahead.crash ? [state.isCommitHintDue, hardStateNow.commit] : []
  return [
    state.term, named(state.vote), state.role, isBound, trustsLeader(state), log.firstIndex, log.committed, log.persisted, log.applied,
    state.placed.index, entriesOf(state).join(','), votes.join(','), peers.join(','), state.isTransferCandidate, state.isRemovalPending, durable.term,
    named(durable.vote), ...hint,
  ].join('/')
}

/** Helps no one to depose the leader that it has heard of lately. */
export const trustsLeader = (state: RaftState): boolean => state.leaderId !== null && state.electionElapsed < state.config.electionTicks

/** What has left memory is read from storage. */
function entriesOf({ log, config }: RaftState): string[] {
  const entries: string[] = []
  for (let index = log.firstIndex; index <= log.lastIndex; index++) {
    const entry = log.inMemory(index) ?? config.reader.read(index, index + 1, READ_BYTES_MAX)[0]
    entries.push(`${log.term(index) ?? 0}${entry ? `${entry.kind[0] ?? ''}${toHex(entry.data)}` : '?'}`)
  }
  return entries
}

const progressOf = (peer: Progress, rename: (id: string) => string, { beats }: Ahead): string => [
  rename(peer.id), peer.match, peer.next, peer.flow, peer.isProbeSent,
  ...(beats ? [peer.isRecentlyActive, peer.commitSent, peer.matchAtHeartbeat, peer.readRoundAcked] : []),
].join(':')
