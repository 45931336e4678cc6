/**
 * The proposer's phase 1 (Paxos Made Simple, section 2.2; the scout of Paxos Made Moderately Complex, section 2.2): once for a reign, for
 * all slots from the first one that is not known to be chosen. A report comes in pages, so that no frame grows with the backlog.
 */
import { isPlanted } from '../base'
import { ballotAbove, type Ballot } from './ballot'
import type { Configuration } from './configuration'
import { isLeaseInTheWay, windowOf } from './ballot-election'
import { askToLearn, noteChosen } from './learner'
import { Reign, type Report } from './reign'
import { refuseReaders } from './read-service'
import type { PaxosState } from './state'
import type { Accepted, Promise, Refusal } from './types'

/** Begins a reign of this member. `released` is the ballot whose leader asked it to; 0 for none. */
export function campaign(state: PaxosState, released: Ballot, why: string): void {
  const { ordinal } = state
  if (ordinal === null || !state.isVoter || isLeaseInTheWay(state, 0, released)) return
  // Whoever hands over does not rely on the lease any more.
  state.lease = { ballot: 0, untilTick: 0 }
  const above = Math.max(state.promised, state.highestSeen)
  const ballot = __PLANTED__ && isPlanted('paxos/ballots-not-unique') ? ballotAbove(above, 0) : ballotAbove(above, ordinal)
  state.setLeader(null, 0)
  state.promise(ballot)
  state.election.resetTimer(state.ticks)
  state.reign = new Reign(ballot, state.log.chosen + 1, state.ticks, released)
  state.setRole('candidate', why)
  askForPromises(state, state.reign)
}

/**
 * Asks every voter in the window that has not answered in full. A ballot that was sent is never used again, not even after a crash: the
 * own promise is durable before anyone hears of it.
 */
export function askForPromises(state: PaxosState, reign: Reign): void {
  const ids = new Set(windowOf(state).flatMap((configuration) => configuration.quorum.voters))
  ids.delete(state.id)
  for (const id of ids) {
    const report = reign.reports.get(id)
    if (report?.isComplete) continue
    const message = { kind: 'prepare' as const, ballot: reign.ballot, from: report?.next ?? reign.from, released: reign.released }
    if (__PLANTED__ && isPlanted('paxos/prepare-sent-before-durable')) state.send(id, message)
    else state.sendDurable(id, message)
  }
  if (__PLANTED__ && isPlanted('paxos/prepare-sent-before-durable')) state.fact({ kind: 'asked', ballot: reign.ballot })
}

/** The own promise is durable: this member's acceptor reports like any other. */
export function ownPromiseDurable(state: PaxosState): void {
  const { reign, log } = state
  if (!reign || reign.reports.has(state.id)) return
  state.fact({ kind: 'asked', ballot: reign.ballot })
  reign.reports.set(state.id, { next: 0, isComplete: true })
  for (let slot = log.chosen + 1; slot <= log.last; slot++) {
    const accepted = log.get(slot)?.accepted
    if (accepted) adopt(reign, accepted)
  }
  advanceReign(state)
}

export function receivePromise(state: PaxosState, from: string, promise: Promise): void {
  const { reign } = state
  state.saw(promise.ballot)
  if (!reign || promise.ballot !== reign.ballot) return
  const report: Report = reign.reports.get(from) ?? { next: reign.from, isComplete: false }
  if (report.isComplete || promise.from !== report.next) return
  for (const entry of promise.entries) {
    adopt(reign, entry)
    if (__PLANTED__) reign.plantedAcceptors.set(entry.slot, [...(reign.plantedAcceptors.get(entry.slot) ?? []), from])
  }
  if (promise.chosen > reign.reportedChosen) {
    reign.reportedChosen = promise.chosen
    reign.reportedBy = from
  }
  noteChosen(state, promise.chosen, from)
  report.isComplete = promise.next === 0
  report.next = promise.next
  reign.reports.set(from, report)
  if (!report.isComplete) state.send(from, { kind: 'prepare', ballot: reign.ballot, from: promise.next, released: reign.released })
  else advanceReign(state)
}

/** Of the values reported for a slot, that of the highest ballot may have been chosen, and no other. */
function adopt(reign: Reign, entry: Accepted): void {
  if (entry.slot < reign.nextSlot) return
  const held = reign.adopted.get(entry.slot)
  if (held && held.ballot >= entry.ballot) return
  if (held && __PLANTED__ && isPlanted('paxos/adopts-first-reported')) return
  reign.adopted.set(entry.slot, entry)
  reign.recoveredTo = Math.max(reign.recoveredTo, entry.slot)
}

/** Goes as far as the promises and the chosen values allow: to lead, all that was reported as chosen must be known here. */
export function advanceReign(state: PaxosState): void {
  const { reign, log } = state
  if (!reign) return
  const current = state.history.at(log.chosen + 1)
  if (!reign.isPreparedFor(current)) return
  if (!reign.isPrepared) {
    reign.isPrepared = true
    state.fact({ kind: 'prepared', ballot: reign.ballot })
    state.election.isHeartbeatDue = true
  }
  reign.recoveredTo = Math.max(reign.recoveredTo, reign.reportedChosen)
  if (reign.isLeading) return
  if (log.chosen < reign.reportedChosen && !(__PLANTED__ && isPlanted('paxos/unheard-slots-skipped'))) {
    askToLearn(state)
    return
  }
  reign.isLeading = true
  reign.nextSlot = log.chosen + 1
  reign.startSlot = reign.nextSlot
  if (__PLANTED__ && isPlanted('paxos/gaps-filled-with-own-values')) reign.adopted.clear()
  state.setRole('leader', 'a quorum promised')
  state.setLeader(state.id, reign.ballot)
}

/** Some acceptor has promised a later ballot: this reign is over. */
export function receiveRefusal(state: PaxosState, from: string, refusal: Refusal): void {
  state.saw(refusal.promised)
  const { reign } = state
  if (!reign || refusal.ballot !== reign.ballot || refusal.promised <= reign.ballot) return
  if (__PLANTED__ && isPlanted('paxos/phase-one-kept-after-preemption') && reign.isLeading) {
    state.reign = reign.withoutPhaseOne(refusal.promised, state.ordinal ?? 0, state.log.chosen + 1)
    state.promise(state.reign.ballot)
    return
  }
  stepDown(state, `${from} has promised a later ballot`)
}

export function preempted(state: PaxosState, ballot: Ballot, why: string): void {
  if (state.reign && state.reign.ballot < ballot) stepDown(state, why)
}

/** Ends the reign. What was proposed may still be chosen: its tokens wait for their slots. */
export function stepDown(state: PaxosState, why: string): void {
  const { reign } = state
  if (!reign) return
  if (__PLANTED__ && isPlanted('paxos/lease-kept-after-preemption') && state.options.reads === 'lease') state.plantedLeaseUntil = state.ticks + state.options.leaseTicks
  state.reign = null
  state.lastReign = { ballot: reign.ballot, taken: reign.taken }
  state.proposals.refuseQueued({ kind: 'not-leader', leaderId: null })
  state.reignEndedTick = state.ticks
  refuseReaders(state, reign.reads.drop())
  if (reign.handover) {
    const { token, to } = reign.handover
    state.endedHandover = { token, to, untilTick: state.ticks + 2 * state.config.timing.electionTicks }
  }
  if (reign.change) state.controls.push({ token: reign.change.token, outcome: { kind: 'unknown', why: 'leadership-lost' } })
  state.election.resetTimer(state.ticks)
  state.election.isHeartbeatDue = true
  state.setRole('follower', why)
  state.setLeader(null, 0)
}

/** True where every configuration in the window has promised, so that nothing of earlier ballots is unknown. */
export function isWindowPrepared(state: PaxosState, reign: Reign): boolean {
  return windowOf(state).every((configuration: Configuration) => reign.isPreparedFor(configuration))
}
