/** What the leader does for linearizable reads, with and without a lease; and what another member does with a read of its clients. */
import { isPlanted } from '../base'
import { isWindowPrepared } from './phase-one'
import { windowOf } from './ballot-election'
import type { Reader, ReadRound } from './reads'
import type { Reign } from './reign'
import type { PaxosState } from './state'
import type { Confirmed, ReadIndex, ReadRequest } from './types'

/** The leader knows of everything that was chosen before its reign: phase 1 is done for the window, and all it found is chosen. */
function knowsThePast(state: PaxosState, reign: Reign): boolean {
  if (__PLANTED__ && isPlanted('paxos/read-before-recovered')) return true
  return state.log.chosen >= reign.recoveredTo && isWindowPrepared(state, reign)
}

export function canServeReads(state: PaxosState): boolean {
  const { reign } = state
  return reign !== null && reign.isLeading && reign.reads.hasCollected && knowsThePast(state, reign)
}

/** Begins a round for the reads of this turn, or answers them at once where a lease stands. */
export function serveReads(state: PaxosState, reign: Reign): void {
  if (!canServeReads(state)) return
  const index = state.log.chosen
  if (hasLease(state, reign) || (__PLANTED__ && isPlanted('paxos/read-without-quorum'))) {
    state.fact({ kind: 'read-begun', ballot: reign.ballot, round: 0 })
    return answer(state, reign, { number: 0, index, readers: reign.reads.takeCollected() })
  }
  const round = reign.reads.begin(index, windowOf(state))
  state.fact({ kind: 'read-begun', ballot: reign.ballot, round })
  askToConfirm(state, reign)
  confirmReads(state, reign)
}

/**
 * A quorum of acceptors refuses other ballots until this leader's own clock says so, less the bound of the drift; counted from when the
 * leader asked, which is before any of them granted (Paxos Made Live, section 5.2).
 */
export function hasLease(state: PaxosState, reign: Reign): boolean {
  const { reads, leaseTicks, leaseDriftTicks } = state.options
  if (reads !== 'lease') return false
  if ((reign.hasForfeitedLease || reign.handover) && !(__PLANTED__ && isPlanted('paxos/lease-kept-after-handover'))) return false
  const holds = (id: string): boolean => {
    if (id === state.id) return true
    const grantedAt = reign.flows.get(id)?.leaseTick ?? -1
    return grantedAt >= 0 && state.ticks < grantedAt + leaseTicks - leaseDriftTicks
  }
  return windowOf(state).every((each) => each.isQuorum(holds))
}

function askToConfirm(state: PaxosState, reign: Reign): void {
  const round = reign.reads.newest
  if (!reign.roundTicks.has(round)) reign.roundTicks.set(round, state.ticks)
  const ids = new Set(windowOf(state).flatMap((each) => each.quorum.voters))
  ids.delete(state.id)
  for (const id of ids) state.send(id, { kind: 'confirm', ballot: reign.ballot, round })
}

/** With every heartbeat: renews the lease, or asks again about rounds whose answers were lost. */
export function tickReads(state: PaxosState, reign: Reign): void {
  const { options, ticks } = state
  if ((ticks - reign.sinceTick) % state.config.timing.heartbeatTicks !== 0) return
  for (const [round, tick] of reign.roundTicks) if (tick + 2 * options.leaseTicks < ticks) reign.roundTicks.delete(round)
  if (options.reads === 'lease' && !reign.hasForfeitedLease) {
    reign.reads.newest++
    askToConfirm(state, reign)
  } else if (reign.reads.hasRounds) {
    askToConfirm(state, reign)
  }
}

export function receiveConfirmed(state: PaxosState, from: string, { ballot, round }: Confirmed): void {
  const { reign } = state
  if (!reign || ballot !== reign.ballot || round > reign.reads.newest) return
  const flow = reign.flow(from, state.config.limits, state.ticks)
  flow.heardAtTick = state.ticks
  flow.roundConfirmed = Math.max(flow.roundConfirmed, round)
  flow.leaseTick = Math.max(flow.leaseTick, reign.roundTicks.get(round) ?? -1)
  confirmReads(state, reign)
}

function confirmReads(state: PaxosState, reign: Reign): void {
  const { reads } = reign
  const confirmed = reads.takeConfirmed((id) => (id === state.id ? reads.newest : reign.flows.get(id)?.roundConfirmed ?? 0))
  for (const round of confirmed) answer(state, reign, round)
}

function answer(state: PaxosState, reign: Reign, { number: round, index, readers }: Omit<ReadRound, 'configurations'>): void {
  const tokens: number[] = []
  state.fact({ kind: 'read-safe', ballot: reign.ballot, round, index })
  for (const reader of readers) {
    if (reader.kind === 'own') tokens.push(reader.token)
    else state.send(reader.id, { kind: 'read-index', incarnation: reader.incarnation, sequence: reader.sequence, isSafe: true, index })
  }
  if (tokens.length > 0) state.safeReads.push({ index, tokens })
}

/** Reads that will not become safe in this reign. */
export function refuseReaders(state: PaxosState, readers: readonly Reader[]): void {
  for (const reader of readers) {
    if (reader.kind === 'own') state.droppedReads.push(reader.token)
    else state.send(reader.id, { kind: 'read-index', incarnation: reader.incarnation, sequence: reader.sequence, isSafe: false, index: 0 })
  }
}

/** From a member that has a read of its clients. */
export function receiveReadRequest(state: PaxosState, from: string, { ballot, incarnation, sequence }: ReadRequest): void {
  const { reign } = state
  const reader: Reader = { kind: 'peer', id: from, incarnation, sequence }
  const isServed = reign?.isLeading && reign.ballot === ballot && reign.reads.waiting < state.config.limits.readsWaitingMax
  if (isServed) reign.reads.add(reader)
  else refuseReaders(state, [reader])
}

export function receiveReadIndex(state: PaxosState, { incarnation, sequence, isSafe, index }: ReadIndex): void {
  const { forwards } = state
  if (incarnation !== forwards.incarnation) return
  const token = forwards.take('reads', sequence)
  if (token === 0) return
  if (isSafe) state.safeReads.push({ index, tokens: [token] })
  else state.droppedReads.push(token)
}
