/** This member's own word on its group. */
import { unknown, type GroupObservation, type LogObservation, type MemberClaim, type PeerObservation, type Position, type Role } from '../observation'
import { toClaims, votersOf, type Configuration } from './configuration'
import type { Progress } from './progress'
import type { RaftState } from './state'

const ROLES = { 'leader': 'leader', 'follower': 'follower', 'candidate': 'candidate', 'pre-candidate': 'candidate' } as const

export const publicRole = (state: Pick<RaftState, 'role'>): Role & ('leader' | 'follower' | 'candidate') => ROLES[state.role]

/** A follower that may not lead is called by what it is. */
function observedRole(state: RaftState): Role {
  const kind = state.self?.kind
  return state.role === 'follower' && (kind === 'learner' || kind === 'witness') ? kind : publicRole(state)
}

export function describe(state: RaftState): GroupObservation {
  const { log } = state
  const isLeader = state.role === 'leader'
  const observed: LogObservation = {
    firstAvailable: position(state, log.firstIndex), last: position(state, log.lastIndex), persisted: position(state, log.persisted),
    committed: position(state, log.committed), applied: position(state, log.applied),
  }
  return {
    groupId: state.config.groupId,
    role: observedRole(state),
    fence: { kind: 'raft-term', value: BigInt(state.term) },
    leaderId: state.leaderId,
    members: observedMembers(state.placed.configuration),
    log: observed,
    peers: isLeader ? [...state.peers.values()].map((progress) => describePeer(state, progress)) : [],
  }
}

/** Between two configurations it is told of each voter whether it votes in one of them only: each has to agree. */
function observedMembers(configuration: Configuration): readonly MemberClaim[] {
  const claims = toClaims(configuration)
  if (configuration.outgoing === null) return claims
  const [incoming, outgoing] = [new Set(votersOf(configuration.members)), new Set(votersOf(configuration.outgoing))]
  return claims.map((claim) => (claim.voter && incoming.has(claim.id) !== outgoing.has(claim.id) ? { ...claim, half: incoming.has(claim.id) ? 'incoming' : 'outgoing' } : claim))
}

function position(state: RaftState, index: number): Position {
  return { unit: 'entries', lineage: state.config.groupId, value: BigInt(index) }
}

function describePeer(state: RaftState, progress: Progress): PeerObservation {
  // Until a follower has answered in this reign its place is not known: `match` is then only where the search starts.
  const isMeasured = progress.heardAtTick !== null && (progress.match > 0 || progress.flow === 'replicate')
  const bytes = isMeasured ? state.log.bytesAfter(progress.match) : null
  const seconds = isMeasured ? state.ages.secondsBehind(progress.match, state.log.lastIndex, state.ticks, state.config.tickMs) : null
  return {
    id: progress.id,
    stage: 'flushed',
    position: isMeasured ? position(state, progress.match) : unknown('not-measured'),
    lag: {
      entries: isMeasured ? BigInt(state.log.lastIndex - progress.match) : unknown('not-measured'),
      bytes: bytes === null ? unknown('not-measured') : BigInt(bytes),
      seconds: seconds === null ? unknown('not-measured') : seconds,
      silentForMs: progress.heardAtTick === null
        ? unknown('not-measured')
        : (state.ticks - progress.heardAtTick) * state.config.tickMs,
      basis: 'leader-progress',
    },
    flow: describeFlow(progress),
  }
}

/** `snapshot 3/8`: the third of eight chunks is under way. */
function describeFlow({ flow, snapshot }: Progress): string {
  if (snapshot === null || snapshot.head.chunks === 0) return flow
  return `${flow} ${Math.min(snapshot.next + 1, snapshot.head.chunks)}/${snapshot.head.chunks}`
}
