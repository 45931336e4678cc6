/**
 * The learner: knows which slots are chosen, and asks for the values that it lacks. What is chosen never changes, so anyone may be asked;
 * a member that has trimmed the slots offers its snapshot instead.
 */
import { assert, isPlanted } from '../base'
import type { Ballot } from './ballot'
import { decodeConfiguration } from './configuration-codec'
import { preempted } from './phase-one'
import { offerSnapshot } from './snapshot-transfer'
import type { PaxosState } from './state'
import { checkMembership, memberChosen } from './reconfiguration'
import { windowMoved } from './proposer'
import { followLeader } from './ballot-election'
import type { Chosen, Decided, Learn } from './types'
import type { Accepted } from './types'

/** Messages that answer one request. */
const ANSWERS_MAX = 4
/** A gap may close by what is under way: nothing is asked for before so many ticks without progress. */
const PATIENCE_TICKS = 2

/** Someone says that all slots up to `index` are chosen. */
export function noteChosen(state: PaxosState, index: number, from: string): void {
  if (index < state.knownChosen || (index === state.knownChosen && state.knownBy !== null)) return
  state.knownChosen = index
  state.knownBy = from
}

/** The leader of `ballot` says so: what is accepted here in its ballot is what was chosen. */
export function learnChosen(state: PaxosState, from: string, ballot: number, index: number): void {
  noteChosen(state, index, from)
  if (index <= state.log.chosen) return
  state.log.markChosen(ballot, index, __PLANTED__ && isPlanted('paxos/chosen-in-any-ballot'))
  advanceChosen(state)
}

export function receiveChosen(state: PaxosState, from: string, { ballot, chosen }: Chosen): void {
  state.saw(ballot)
  if (ballot >= state.promised) followLeader(state, from, ballot, true)
  // True whoever leads by now.
  learnChosen(state, from, ballot, chosen)
}

/** Goes on over all slots that are now known to be chosen. */
export function advanceChosen(state: PaxosState): void {
  const { log } = state
  const before = log.chosen
  for (let accepted = log.advance(); accepted; accepted = log.advance()) {
    state.fact({ kind: 'chosen', entry: accepted })
    if (accepted.kind === 'members') memberChosen(state, accepted.slot, readConfiguration(accepted))
  }
  if (log.chosen === before) return
  state.learnTick = state.ticks
  state.knownChosen = Math.max(state.knownChosen, log.chosen)
  checkMembership(state)
  windowMoved(state)
}

function readConfiguration(accepted: Accepted): NonNullable<ReturnType<typeof decodeConfiguration>> {
  const configuration = decodeConfiguration(accepted.data)
  assert(configuration !== null, 'a change of members was encoded by a member')
  return configuration
}

export function tickLearner(state: PaxosState): void {
  const { log } = state
  if (state.knownChosen <= log.chosen || state.isInstalling || state.transfer.incoming) return
  const isWaiting = state.learnAskedTick >= 0 && state.ticks - state.learnAskedTick < 2 * state.config.timing.heartbeatTicks
  if (!isWaiting && state.ticks - state.learnTick >= PATIENCE_TICKS) askToLearn(state)
}

/** Asks whoever is known to have more, the leader first. */
export function askToLearn(state: PaxosState): void {
  const { election, log, ticks } = state
  const has = (id: string | null): id is string => id !== null && id !== state.id && election.hears(id, ticks) &&
    (election.heard.get(id)?.heartbeat?.chosen ?? 0) > log.chosen
  const reportedBy = state.reign?.reportedBy ?? null
  const source = [election.leaderId, reportedBy, state.knownBy, ...state.peerIds].find(has) ?? reportedBy ?? state.knownBy
  if (source === null || source === state.id) return
  state.learnAskedTick = ticks
  state.send(source, { kind: 'learn', from: log.chosen + 1 })
}

export function receiveLearn(state: PaxosState, from: string, learn: Learn): void {
  const { log } = state
  if (learn.from < log.first) return offerSnapshot(state, from)
  let next = learn.from
  for (let i = 0; i < ANSWERS_MAX && next <= log.chosen; i++) {
    const entries = log.read(next, log.chosen, state.config.limits.appendBytesMax)
    state.send(from, { kind: 'decided', entries, chosen: log.chosen })
    next += entries.length
  }
}

/**
 * What is recorded as accepted in a ballot is promised with it. A leader of an earlier ballot ends its reign before anyone hears from it
 * that the slot is chosen: others may hold what it proposed there itself.
 */
function promiseOf(state: PaxosState, from: string, ballot: Ballot): void {
  if (ballot <= state.promised || (__PLANTED__ && isPlanted('paxos/learned-ballot-not-promised'))) return
  preempted(state, ballot, `${from} knows of a choice in a later ballot`)
  state.promise(ballot)
}

export function receiveDecided(state: PaxosState, from: string, { entries, chosen }: Decided): void {
  const { log } = state
  noteChosen(state, chosen, from)
  if (state.isInstalling) return
  for (const entry of entries) {
    if (entry.slot <= log.chosen) continue
    promiseOf(state, from, entry.ballot)
    const held = log.get(entry.slot)
    // The value is the same; the higher ballot stands for it.
    const slot = held && held.accepted.ballot >= entry.ballot ? held : log.put(entry)
    slot.isChosen = true
  }
  const before = log.chosen
  advanceChosen(state)
  if (log.chosen === before) return
  state.learnAskedTick = -1
  const isLast = log.chosen >= (entries.at(-1)?.slot ?? 0)
  if (isLast && state.knownChosen > log.chosen + state.options.alpha) askToLearn(state)
}
