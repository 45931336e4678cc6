/** This member's own word on its group. */
import { unknown, type Fence, type GroupObservation, type LogObservation, type PeerObservation, type Position } from '../observation'
import { roundOf, type Ballot } from './ballot'
import type { PeerFlow } from './flow'
import type { Reign } from './reign'
import { SLOT_OVERHEAD_BYTES } from './slot-log'
import type { PaxosState } from './state'

/** As people write it: round and leader. */
export const labelOf = (state: PaxosState, ballot: Ballot): string => `${roundOf(ballot)}.${state.ownerOf(ballot) ?? '?'}`

export const leaderIdOf = (state: PaxosState): string | null => state.election.leaderId ?? state.election.hint

export function describe(state: PaxosState): GroupObservation {
  const { log, reign } = state
  // One that follows a leader without having been asked for a promise yet is in that leader's ballot all the same.
  const ballot = Math.max(state.promised, state.election.leaderId === null ? 0 : state.election.leaderBallot)
  const fence: Fence = { kind: 'ballot', value: BigInt(ballot), label: labelOf(state, ballot) }
  const observed: LogObservation = {
    firstAvailable: position(state, log.first), last: position(state, log.last), persisted: position(state, log.durable),
    committed: position(state, log.chosen), applied: position(state, log.applied),
  }
  return {
    groupId: state.config.groupId,
    role: state.role,
    fence: ballot === 0 ? unknown('not-measured') : fence,
    leaderId: leaderIdOf(state),
    members: state.history.newest.configuration.claims(),
    log: observed,
    peers: reign?.isLeading ? state.peerIds.map((id) => describePeer(state, reign, id)) : [],
  }
}

function position(state: PaxosState, index: number): Position {
  return { unit: 'entries', lineage: state.config.groupId, value: BigInt(index) }
}

function describePeer(state: PaxosState, reign: Reign, id: string): PeerObservation {
  const flow = reign.flows.get(id)
  // Until it has said how far it is in this reign, its place is not known.
  const match = flow && flow.chosen !== null ? Math.min(placeOf(flow), state.log.last) : null
  const ticks = match === null ? null : state.ages.ticksBehind(match, state.ticks)
  const bytes = match === null ? null : bytesAfter(state, match)
  const heardAt = flow?.heardAtTick ?? null
  return {
    id,
    stage: 'flushed',
    position: match === null ? unknown('not-measured') : position(state, match),
    lag: {
      entries: match === null ? unknown('not-measured') : BigInt(state.log.last - match),
      bytes: bytes === null ? unknown('not-measured') : BigInt(bytes),
      seconds: ticks === null ? unknown('not-measured') : (ticks * state.config.timing.tickMs) / 1000,
      silentForMs: heardAt === null ? unknown('not-measured') : (state.ticks - heardAt) * state.config.timing.tickMs,
      basis: 'leader-progress',
    },
    flow: flow?.state ?? unknown('not-measured'),
  }
}

/** What it lacks of earlier reigns counts before what it has of this one. */
const placeOf = (flow: PeerFlow): number => (flow.chosen !== null && flow.chosen + 1 < flow.start ? flow.chosen : flow.match)

function bytesAfter(state: PaxosState, match: number): number | null {
  if (match + 1 < state.log.windowFirst) return null
  let bytes = 0
  for (let slot = match + 1; slot <= state.log.last; slot++) bytes += (state.log.get(slot)?.accepted.data.length ?? 0) + SLOT_OVERHEAD_BYTES
  return bytes
}
