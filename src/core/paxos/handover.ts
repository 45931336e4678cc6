/** Handing the leadership over: the old leader stops proposing and asks another member to run phase 1 at once. */
import type { ControlOutcome } from '../machine'
import { campaign } from './phase-one'
import type { Reign } from './reign'
import type { PaxosState } from './state'
import type { TakeOver } from './types'
import { windowOf } from './ballot-election'

export function transferLeadership(state: PaxosState, token: number, to: string | null): void {
  const outcome = beginHandover(state, token, to)
  if (outcome) state.controls.push({ token, outcome })
}

function beginHandover(state: PaxosState, token: number, to: string | null): ControlOutcome | null {
  const { reign } = state
  if (!reign?.isLeading) return { kind: 'not-leader', leaderId: state.election.leaderId }
  if (reign.handover) return { kind: 'refused', code: 'change-in-flight', message: 'The leadership is already being handed over.' }
  const target = to ?? bestSuccessor(state, reign)
  if (target === null) return { kind: 'refused', code: 'not-ready', message: 'No other voter is connected to this leader.' }
  if (target === state.id) return { kind: 'done' }
  const configurations = windowOf(state)
  if (!configurations.some((each) => each.member(target))) return { kind: 'refused', code: 'no-such-member', message: `${target} is no member.` }
  if (!configurations.every((each) => each.isVoter(target))) return { kind: 'refused', code: 'not-a-voter', message: `${target} is no voter.` }
  if (!state.election.isConnected(target, state.ticks)) {
    return { kind: 'refused', code: 'not-ready', message: `${target} is not connected to this leader.` }
  }
  reign.handover = { token, to: target, isAsked: false, sinceTick: state.ticks }
  tickHandover(state, reign)
  return null
}

/** The connected voter that has the most. */
export function bestSuccessor(state: PaxosState, reign: Reign): string | null {
  const configurations = windowOf(state)
  const able = state.peerIds.filter((id) => state.election.isConnected(id, state.ticks) && configurations.every((each) => each.isVoter(id)))
  const matchOf = (id: string): number => reign.flows.get(id)?.match ?? 0
  return able.sort((one, other) => matchOf(other) - matchOf(one))[0] ?? null
}

export function tickHandover(state: PaxosState, reign: Reign): void {
  const { handover } = reign
  if (!handover) return
  const { electionTicks } = state.config.timing
  const waited = state.ticks - handover.sinceTick
  const hasAll = (reign.flows.get(handover.to)?.match ?? 0) >= reign.nextSlot - 1
  if (!handover.isAsked && (hasAll || waited * 2 >= electionTicks)) {
    handover.isAsked = true
    // The target's prepare may arrive at any later time, and acceptors will not hold it to the lease.
    reign.hasForfeitedLease = true
    state.send(handover.to, { kind: 'take-over', ballot: reign.ballot })
  } else if (waited >= 2 * electionTicks) {
    reign.handover = null
    state.controls.push({ token: handover.token, outcome: { kind: 'unknown', why: 'timed-out' } })
  }
}

export function receiveTakeOver(state: PaxosState, from: string, { ballot }: TakeOver): void {
  const { election } = state
  if (state.reign || !state.isVoter || state.isInstalling || from !== election.leaderId || ballot !== election.leaderBallot || ballot < state.promised) return
  campaign(state, ballot, `${from} hands over`)
}

/** A reign ended while it was being handed over: who leads now tells whether that went well. */
export function tickEndedHandover(state: PaxosState): void {
  const ended = state.endedHandover
  if (!ended) return
  const { leaderId } = state.election
  if (leaderId === null && state.ticks < ended.untilTick) return
  state.endedHandover = null
  const isDone = leaderId === ended.to
  state.controls.push({ token: ended.token, outcome: isDone ? { kind: 'done' } : { kind: 'unknown', why: 'leadership-lost' } })
}
