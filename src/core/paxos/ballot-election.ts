/**
 * Ballot leader election, after OmniPaxos (Ng, Haridi and Carbone, EuroSys 2023, section 5): members exchange heartbeats with everyone,
 * each saying whether it is connected to a quorum. Only a member that is may lead, and a leader that is not is trusted by no one, so that
 * a leader is found under partial connectivity too (quorum loss, constrained election, chained links). A member campaigns only where a
 * quorum trusts no leader, so that one who cannot hear a good leader does not depose it.
 */
import { isPlanted } from '../base'
import type { Ballot } from './ballot'
import type { Configuration } from './configuration'
import { campaign, stepDown } from './phase-one'
import { noteChosen } from './learner'
import type { Reign } from './reign'
import type { PaxosState } from './state'
import type { Heartbeat } from './types'

/** The configurations that decide about the slots that this member would propose next. */
export const windowOf = (state: PaxosState): Configuration[] => state.history.from(state.log.chosen + 1)

export function isQuorumConnected(state: PaxosState): boolean {
  const { election, id, ticks } = state
  return windowOf(state).every((each) => each.isQuorum((member) => member === id || election.isConnected(member, ticks)))
}

/** True while this member leads, or has lately heard of a leader with a quorum, and has promised nothing above its ballot. */
export function isTrusting(state: PaxosState): boolean {
  const { election, reign, ticks } = state
  if (reign) return reign.isPrepared
  return election.leaderId !== null && election.leaderBallot >= state.promised && election.isLeaderConnected &&
    ticks - election.leaderHeardTick < state.config.timing.electionTicks
}

export function tickElection(state: PaxosState): void {
  const { election, reign } = state
  if (reign?.isPrepared) {
    if (!isQuorumConnected(state)) stepDown(state, 'no quorum was heard of for an election timeout')
    else if ((!reign.isLeading || reign.isBehindReports) && isStuck(state, reign)) stepDown(state, 'what an acceptor reported as chosen could not be learned')
  } else if (reign) {
    if (state.ticks - reign.sinceTick >= election.timeoutTicks) stepDown(state, 'no quorum promised in time')
  } else if (mayCampaign(state)) {
    campaign(state, 0, 'a quorum trusts no leader')
  }
  const trusting = isTrusting(state)
  if (trusting !== election.wasTrusting) election.isHeartbeatDue = true
  election.wasTrusting = trusting
  election.heartbeatElapsed++
  if (election.isHeartbeatDue || election.heartbeatElapsed >= state.config.timing.heartbeatTicks) sendHeartbeats(state)
}

/** Who reported slots as chosen may be gone: others report what they accepted in them to the next ballot. */
function isStuck(state: PaxosState, reign: Reign): boolean {
  const progressTick = Math.max(reign.sinceTick, state.learnTick, state.transfer.incoming?.progressTick ?? 0)
  return !state.isInstalling && state.ticks - progressTick >= state.election.timeoutTicks
}

/** An acceptor that granted a lease promises nothing to others until it has run out, and does not campaign either. */
export function isLeaseGranted(state: PaxosState): boolean {
  if (__PLANTED__ && isPlanted('paxos/lease-not-honoured')) return false
  return state.options.reads === 'lease' && state.ticks < state.lease.untilTick
}

/** Until then only the holder of the lease may have a promise, and the one that the holder hands over to: `released` is the ballot it did so in. */
export function isLeaseInTheWay(state: PaxosState, ballot: Ballot, released: Ballot): boolean {
  if (!isLeaseGranted(state)) return false
  return state.lease.ballot === 0 || (state.lease.ballot !== ballot && state.lease.ballot !== released)
}

function mayCampaign(state: PaxosState): boolean {
  const { election, id, ticks } = state
  if (!state.isVoter || state.isInstalling || isTrusting(state) || isLeaseGranted(state)) return false
  const others = state.peerIds.map((peer) => election.heard.get(peer)?.heartbeat).filter((heartbeat) => heartbeat !== undefined && heartbeat !== null)
  // Whoever has more comes first: it has less to learn before it can lead.
  const isBehind = others.some((heartbeat) => heartbeat.chosen > state.log.last)
  const timeout = election.timeoutTicks + (isBehind ? state.config.timing.electionTicks : 0)
  if (ticks - election.sinceTick < timeout || !isQuorumConnected(state)) return false
  const trustsNoOne = (member: string): boolean =>
    member === id || (election.isConnected(member, ticks) && !(election.heard.get(member)?.heartbeat?.isTrusting ?? true))
  return windowOf(state).every((each) => each.isQuorum(trustsNoOne))
}

export function sendHeartbeats(state: PaxosState): void {
  const { election, reign, ticks } = state
  election.heartbeatElapsed = 0
  election.isHeartbeatDue = false
  const common = {
    kind: 'heartbeat' as const, leads: reign?.isPrepared ? reign.ballot : 0, isQuorumConnected: isQuorumConnected(state),
    isTrusting: isTrusting(state), leader: reign?.isPrepared ? reign.ballot : election.leaderId === null ? 0 : election.leaderBallot,
    chosen: state.log.chosen, last: state.log.last,
  }
  for (const id of state.peerIds) state.send(id, { ...common, hearsYou: election.hears(id, ticks) })
}

export function receiveHeartbeat(state: PaxosState, from: string, heartbeat: Heartbeat): void {
  const { election, ticks } = state
  election.heard.set(from, { tick: ticks, heartbeat })
  state.saw(Math.max(heartbeat.leads, heartbeat.leader))
  state.reign?.flows.get(from)?.heard(heartbeat.chosen, ticks)
  noteChosen(state, heartbeat.chosen, from)
  if (heartbeat.leads > 0 && heartbeat.leads >= state.promised && heartbeat.leads >= election.leaderBallot) {
    followLeader(state, from, heartbeat.leads, heartbeat.isQuorumConnected)
  } else if (heartbeat.leads === 0 && election.leaderId === from) {
    // It has stepped down.
    state.setLeader(null, 0)
  } else if (election.leaderId === null && heartbeat.isTrusting) {
    election.hint = state.ownerOf(heartbeat.leader)
  }
}

/** `from` leads in `ballot`, and nothing later is promised here. */
export function followLeader(state: PaxosState, from: string, ballot: number, isConnected: boolean): void {
  if (state.reign && state.reign.ballot < ballot) stepDown(state, `${from} leads in a later ballot`)
  if (state.reign || ballot < state.promised || ballot < state.election.leaderBallot) return
  state.setLeader(from, ballot)
  state.election.isLeaderConnected = isConnected
  if (isConnected) state.election.resetTimer(state.ticks)
}
