/**
 * All that decides what a member will do, but for its clocks and for what heartbeats told it: two members with equal fingerprints answer
 * every message of the protocol alike. For searches through all states; reads, forwarding, hand-overs, changes of members and snapshots
 * under way are not in it.
 */
import { toHex } from '../base'
import { isTrusting } from './ballot-election'
import type { PeerFlow } from './flow'
import type { Reign } from './reign'
import type { PaxosState } from './state'
import type { Accepted } from './types'

export function fingerprintOf(state: PaxosState, rename: (id: string) => string): string {
  const { log, election } = state
  const named = (id: string | null): string => (id === null ? '-' : rename(id))
  return [
    state.promised, state.promisedDurable, state.highestSeen, state.role, named(election.leaderId), election.leaderId === null ? 0 : election.leaderBallot,
    election.isLeaderConnected, isTrusting(state), log.first, log.chosen, log.applied, log.durable, slotsOf(state).join(','),
    state.knownChosen, named(state.knownBy), state.hardState.chosen, state.isChosenHintDue, state.proposals.waiting, state.proposals.bytes,
    state.reign ? reignOf(state.reign, rename) : '-',
  ].join('/')
}

function slotsOf({ log }: PaxosState): string[] {
  const slots: string[] = []
  for (let at = log.first; at <= log.last; at++) {
    const slot = log.get(at)
    // What is chosen, applied and durable may have left memory.
    const accepted = slot?.accepted ?? (at <= log.chosen ? log.read(at, at, 0)[0] : undefined)
    slots.push(accepted ? `${valueOf(accepted)}${slot ? `${slot.isDurable ? 'd' : ''}${slot.isChosen ? 'c' : ''}${slot.acceptors}` : ''}` : '-')
  }
  return slots
}

const valueOf = ({ slot, ballot, origin, kind, data }: Accepted): string => `${slot}:${ballot}:${origin}${kind}${toHex(data)}`

function reignOf(reign: Reign, rename: (id: string) => string): string {
  const reports = [...reign.reports].map(([id, { next, isComplete }]) => `${rename(id)}${next}${isComplete ? '+' : ''}`).sort()
  const adopted = [...reign.adopted.values()].map(valueOf).sort()
  const flows = [...reign.flows.values()].map((flow) => flowOf(flow, rename)).sort()
  return [
    reign.ballot, reign.from, reign.released, reports.join(','), adopted.join(','), reign.reportedChosen, reign.reportedBy === null ? '-' : rename(reign.reportedBy),
    reign.isLeading, reign.isPrepared, reign.recoveredTo, reign.nextSlot, reign.startSlot, flows.join(','),
  ].join(' ')
}

const flowOf = (flow: PeerFlow, rename: (id: string) => string): string => [
  rename(flow.id), flow.start, flow.next, flow.match, flow.chosen, flow.chosenSent, flow.inflights.count, flow.inflights.bytes, flow.state,
].join(':')
