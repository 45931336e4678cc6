/**
 * The proposer's phase 2 (the commander of Paxos Made Moderately Complex, section 2.2): puts values into slots, sends them to the
 * acceptors within the limits of the flow, and counts who has accepted them.
 */
import { isPlanted } from '../base'
import { windowOf } from './ballot-election'
import type { PeerFlow } from './flow'
import { advanceChosen } from './learner'
import { advanceReign, askForPromises } from './phase-one'
import type { Reign } from './reign'
import { entryBytes } from './slot-log'
import type { PaxosState } from './state'
import type { Accept, Accepted, AcceptedAnswer } from './types'
import type { QueuedValue } from './proposals'

const NO_DATA = new Uint8Array(0)
const NO_OP: QueuedValue = { kind: 'no-op', data: NO_DATA, token: 0 }
/** What is under way to a member is taken for lost after so many heartbeats without progress. */
const RESEND_HEARTBEATS = 2

/** Fills slots, as far as the window and the promises allow. */
export function fillSlots(state: PaxosState, reign: Reign): void {
  const { log, history, options } = state
  // Slots may have been chosen by what others proposed.
  reign.nextSlot = Math.max(reign.nextSlot, log.chosen + 1)
  // The voters of a later configuration may know of choices that this leader does not: those are learned, never proposed against.
  if (reign.isBehindReports && !(__PLANTED__ && isPlanted('paxos/unheard-slots-skipped'))) return
  while (reign.nextSlot <= log.chosen + options.alpha) {
    const slot = reign.nextSlot
    if (!reign.isPreparedFor(history.at(slot)) && !(__PLANTED__ && isPlanted('paxos/new-voters-not-asked'))) return
    const adopted = reign.adopted.get(slot)
    if (adopted) {
      reign.adopted.delete(slot)
      propose(state, reign, { ...adopted, ballot: reign.ballot })
      continue
    }
    const value = nextValue(state, reign)
    if (!value) return
    propose(state, reign, { slot, ballot: reign.ballot, origin: reign.ballot, kind: value.kind, data: value.data })
    if (value.token > 0) state.proposals.place(slot, reign.ballot, value)
    if (value.kind === 'members' && reign.change) reign.change.slot = slot
  }
}

/** True while proposals wait and could be put into slots. */
export function canFillSlots(state: PaxosState): boolean {
  const { reign, log } = state
  if (!reign?.isLeading || reign.handover || state.proposals.waiting === 0 || reign.isBehindReports) return false
  const slot = Math.max(reign.nextSlot, log.chosen + 1)
  return slot <= log.chosen + state.options.alpha && reign.isPreparedFor(state.history.at(slot))
}

/** What goes into the next slot that nothing was reported for. */
function nextValue(state: PaxosState, reign: Reign): QueuedValue | null {
  // Earlier slots than one that is adopted may hold nothing that a client waits for, but must hold something (section 3 of Paxos Made Simple).
  if (reign.nextSlot <= reign.recoveredTo && !(__PLANTED__ && isPlanted('paxos/gaps-filled-with-own-values'))) return NO_OP
  const value = reign.handover ? null : state.proposals.dequeue()
  if (value) return value
  // A change of members comes into force when the slots before it are filled.
  const pendingFrom = reign.change && reign.change.slot > 0 ? reign.change.slot + state.options.alpha : 0
  return reign.nextSlot < Math.max(pendingFrom, state.history.newest.from) ? NO_OP : null
}

function propose(state: PaxosState, reign: Reign, entry: Accepted): void {
  const slot = state.log.put(entry)
  if (__PLANTED__ && isPlanted('paxos/counts-other-ballots')) {
    const configuration = state.history.at(entry.slot)
    for (const id of reign.plantedAcceptors.get(entry.slot) ?? []) slot.acceptors |= configuration.bitOf(id)
  }
  reign.nextSlot = entry.slot + 1
  state.fact({ kind: 'proposed', ballot: reign.ballot, entry })
  if (state.options.isWatched) state.acceptances.push({ asked: reign.ballot, entry })
  if (__PLANTED__ && isPlanted('paxos/own-accept-counted-before-durable')) count(state, reign, state.id, entry.slot, entry.slot)
}

/** Sends what each other member lacks, as far as its flow allows. */
export function replicate(state: PaxosState, reign: Reign): void {
  const { log, ticks } = state
  const { limits } = state.config
  // Members that keep up get the very same message.
  let last: Accept | null = null
  for (const id of state.peerIds) {
    const flow = reign.flow(id, limits, ticks)
    if (flow.next < log.windowFirst) flow.next = Math.max(log.windowFirst, log.chosen + 1)
    while (!flow.inflights.full && flow.next < reign.nextSlot) {
      const slot = flow.next
      if (!last || (last.entries[0] as Accepted).slot !== slot) {
        const entries = ofBallot(log.slice(slot, reign.nextSlot, limits.appendBytesMax), reign.ballot)
        if (entries.length === 0) {
          // Chosen in an earlier ballot, so it is learned and not accepted.
          flow.next = slot + 1
          continue
        }
        last = { kind: 'accept', ballot: reign.ballot, chosen: log.chosen, entries }
      }
      state.send(id, last)
      flow.chosenSent = Math.max(flow.chosenSent, last.chosen)
      flow.sent((last.entries.at(-1) as Accepted).slot, last.entries.reduce((sum, entry) => sum + entryBytes(entry), 0), ticks)
    }
  }
}

function ofBallot(entries: readonly Accepted[], ballot: number): readonly Accepted[] {
  const end = entries.findIndex((entry) => entry.ballot !== ballot)
  return end < 0 ? entries : entries.slice(0, end)
}

export function tickProposer(state: PaxosState, reign: Reign): void {
  const { ticks, log } = state
  const { heartbeatTicks } = state.config.timing
  const isBeat = (ticks - reign.sinceTick) % heartbeatTicks === 0
  if (isBeat && !windowOf(state).every((each) => each.quorum.voters.every((id) => reign.reports.get(id)?.isComplete))) {
    const isNeeded = !reign.isPrepared || windowOf(state).some((each) => !reign.isPreparedFor(each))
    if (isNeeded) askForPromises(state, reign)
  }
  if (!reign.isLeading) return
  for (const flow of reign.flows.values()) {
    tellChosen(state, reign, flow)
    if (flow.inflights.count > 0 && ticks - flow.progressTick >= RESEND_HEARTBEATS * heartbeatTicks) flow.sendAgain(ticks)
    else if (flow.inflights.count === 0 && flow.match < log.chosen && flow.state === 'replicate') flow.state = 'catch-up'
  }
}

/** Accepts carry the chosen index; with nothing to accept, members learn of it within a tick. */
function tellChosen(state: PaxosState, reign: Reign, flow: PeerFlow): void {
  const { chosen } = state.log
  if (flow.chosenSent >= chosen || !state.peerIds.includes(flow.id)) return
  flow.chosenSent = chosen
  state.send(flow.id, { kind: 'chosen', ballot: reign.ballot, chosen })
}

/** Phase 2b, from another acceptor. */
export function receiveAccepted(state: PaxosState, from: string, answer: AcceptedAnswer): void {
  const { reign } = state
  if (!reign) return
  const isOfReign = answer.ballot === reign.ballot || (__PLANTED__ && isPlanted('paxos/counts-other-ballots'))
  if (!isOfReign || !reign.isLeading) return
  const flow = reign.flow(from, state.config.limits, state.ticks)
  flow.heard(answer.chosen, state.ticks)
  flow.accepted(answer.from, answer.to, state.ticks)
  count(state, reign, from, answer.from, answer.to)
}

/** A write of this member is durable: its own acceptor has accepted. */
export function ownAcceptDurable(state: PaxosState, from: number, to: number, ballot: number): void {
  const { reign } = state
  if (reign?.isLeading && reign.ballot === ballot) count(state, reign, state.id, from, to)
}

/** A slot is chosen when a majority of the voters of its configuration has accepted it in one ballot. */
function count(state: PaxosState, reign: Reign, id: string, from: number, to: number): void {
  const { log, history } = state
  let isNews = false
  for (let slot = Math.max(from, log.chosen + 1); slot <= to && slot < reign.nextSlot; slot++) {
    const entry = log.get(slot)
    if (!entry || entry.isChosen || entry.accepted.ballot !== reign.ballot) continue
    const configuration = __PLANTED__ && isPlanted('paxos/counted-by-newest-members') ? history.newest.configuration : history.at(slot)
    entry.acceptors |= configuration.bitOf(id)
    if (!configuration.isChosenBy(entry.acceptors)) continue
    entry.isChosen = true
    isNews = true
  }
  if (isNews) advanceChosen(state)
}

/** Called when the chosen prefix grew: it may bring a configuration into the window that has not promised yet. */
export function windowMoved(state: PaxosState): void {
  const { reign, log } = state
  if (!reign) return
  for (const slot of reign.adopted.keys()) if (slot <= log.chosen) reign.adopted.delete(slot)
  advanceReign(state)
}
