/**
 * The acceptor (Paxos Made Simple, section 2.2): promises and accepts, one ballot for all slots. What it says of its own state leaves only
 * when that is durable; a refusal claims nothing and leaves at once.
 */
import { isPlanted } from '../base'
import { followLeader, isLeaseInTheWay, isTrusting } from './ballot-election'
import { entryBytes } from './slot-log'
import { learnChosen } from './learner'
import { preempted } from './phase-one'
import type { PaxosState } from './state'
import type { Accept, Accepted, Confirm, Prepare } from './types'

/** A member that lags keeps at most so many windows of accepted values that it cannot apply yet. */
const AHEAD_WINDOWS_MAX = 2

/** Phase 1b. */
export function receivePrepare(state: PaxosState, from: string, prepare: Prepare): void {
  const { ballot } = prepare
  state.saw(ballot)
  if (ballot < state.promised) {
    state.send(from, { kind: 'refusal', ballot, promised: state.promised })
    return
  }
  // Whatever is promised by then: an accept may have been of a configuration in which the holder of the lease has no say.
  if (isLeaseInTheWay(state, ballot, prepare.released)) return
  if (ballot > state.promised) {
    // Who serves a good leader helps no one to depose it, unless it has handed over itself.
    const isHandover = prepare.released > 0 && prepare.released === state.election.leaderBallot
    const isOwnLeader = from === state.election.leaderId && ballot === state.election.leaderBallot
    if (isTrusting(state) && !isHandover && !isOwnLeader) return
    preempted(state, ballot, `${from} prepares a later ballot`)
    state.promise(ballot)
    if (state.lease.ballot !== ballot) state.lease = { ballot: 0, untilTick: 0 }
    state.election.resetTimer(state.ticks)
  }
  const { entries, next } = report(state, prepare.from)
  state.sendDurable(from, { kind: 'promise', ballot, from: prepare.from, next, chosen: state.log.chosen, entries })
}

/** One page of what is accepted and not known to be chosen, from `from` on. */
export function report(state: PaxosState, from: number): { entries: Accepted[]; next: number } {
  const { log } = state
  const entries: Accepted[] = []
  let bytes = 0
  for (let slot = Math.max(from, log.chosen + 1); slot <= log.last; slot++) {
    const accepted = log.get(slot)?.accepted
    if (!accepted) continue
    bytes += entryBytes(accepted)
    if (entries.length > 0 && bytes > state.config.limits.appendBytesMax) return { entries, next: slot }
    entries.push(accepted)
  }
  return { entries, next: 0 }
}

/** Phase 2b. */
export function receiveAccept(state: PaxosState, from: string, accept: Accept): void {
  const { ballot, entries } = accept
  const { log } = state
  state.saw(ballot)
  if (ballot < state.promised && !(__PLANTED__ && isPlanted('paxos/accepts-below-promise'))) {
    state.send(from, { kind: 'refusal', ballot, promised: state.promised })
    return
  }
  state.fact({ kind: 'granted', asked: ballot, promised: state.promised })
  if (ballot > state.promised) {
    preempted(state, ballot, `${from} leads in a later ballot`)
    state.promise(ballot)
  }
  followLeader(state, from, ballot, true)
  const first = (entries[0] as Accepted).slot
  const last = first + entries.length - 1
  const isFull = log.windowBytes > AHEAD_WINDOWS_MAX * state.config.limits.logWindowBytesMax && last > log.chosen + state.options.alpha
  if (!isFull) {
    for (const entry of entries) acceptEntry(state, ballot, entry)
    if (state.options.isWatched) noteAcceptances(state, ballot, entries)
    const answer = { kind: 'accepted' as const, ballot, from: first, to: last, chosen: log.chosen }
    if (__PLANTED__ && isPlanted('paxos/accept-answered-before-durable')) state.send(from, answer)
    else state.sendDurable(from, answer)
  }
  learnChosen(state, from, ballot, accept.chosen)
}

function acceptEntry(state: PaxosState, ballot: number, entry: Accepted): void {
  const { log } = state
  if (entry.slot <= log.chosen) return
  const held = log.get(entry.slot)
  // In one ballot a slot has one value; a later acceptance is not undone by a message that was late.
  if (held && held.accepted.ballot >= ballot) return
  log.put(entry)
}

function noteAcceptances(state: PaxosState, asked: number, entries: readonly Accepted[]): void {
  for (const { slot } of entries) {
    const entry = state.log.get(slot)?.accepted
    if (entry) state.acceptances.push({ asked, entry })
  }
}

/**
 * True to what this member has promised at this moment, so that it needs no write. A lease is granted on a promise that is durable: by it
 * alone the next incarnation knows that it may have granted one.
 */
export function receiveConfirm(state: PaxosState, from: string, { ballot, round }: Confirm): void {
  if (ballot < state.promised) {
    state.send(from, { kind: 'refusal', ballot, promised: state.promised })
    return
  }
  if (state.options.reads === 'lease') {
    if (isLeaseInTheWay(state, ballot, 0)) return
    preempted(state, ballot, `${from} leads in a later ballot`)
    if (!(__PLANTED__ && isPlanted('paxos/lease-granted-without-promise'))) state.promise(ballot)
    state.lease = { ballot, untilTick: state.ticks + state.options.leaseTicks }
    if (state.promisedDurable < state.promised) return state.sendDurable(from, { kind: 'confirmed', ballot, round })
  }
  state.send(from, { kind: 'confirmed', ballot, round })
}
