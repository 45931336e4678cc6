/** This replica's own word on its group. */
import type { LogEntryView } from '../machine'
import { unknown, type GroupObservation, type PeerObservation, type Position } from '../observation'
import { decodeBatch } from './batch'
import type { PbftState } from './state'
import { roleOf } from './view-change'

/** The words of the paper for what every protocol has. */
const ROLES = { leader: 'primary', follower: 'replica', candidate: 'candidate' } as const

export function describe(state: PbftState): GroupObservation {
  const { config } = state
  return {
    groupId: config.groupId,
    role: ROLES[roleOf(state)],
    fence: { kind: 'view', value: BigInt(state.view) },
    leaderId: state.phase === 'active' ? state.group.idOf(state.primary) : null,
    members: config.members,
    log: {
      firstAvailable: position(state, firstIndex(state)),
      last: position(state, lastIndex(state)), persisted: position(state, persistedIndex(state)),
      committed: position(state, state.committed), applied: position(state, state.applied),
    },
    peers: state.group.replicas.flatMap((_, i) => (i === state.me ? [] : [describePeer(state, i)])),
  }
}

/** The oldest entry that is kept; the next one where none is. */
export function firstIndex(state: PbftState): number {
  for (const sequence of state.log.keys()) return sequence
  return state.committed + 1
}

export const lastIndex = (state: PbftState): number => Math.max(state.highest, state.committed, state.stable.sequence)

/** Up to here this replica's own word is on its disk. */
export function persistedIndex(state: PbftState): number {
  let index = state.committed
  while (state.slots.get(index + 1)?.isAnswered === true) index++
  return index
}

function position(state: PbftState, index: number): Position {
  return { unit: 'entries', lineage: state.config.groupId, value: BigInt(index) }
}

function describePeer(state: PbftState, replica: number): PeerObservation {
  const peer = state.peers[replica]
  const heardAtTick = peer?.heardAtTick ?? null
  const isHeard = peer !== undefined && heardAtTick !== null
  const none = unknown('not-measured')
  return {
    id: state.group.idOf(replica),
    stage: 'applied',
    position: isHeard ? position(state, peer.executed) : none,
    lag: {
      entries: isHeard ? BigInt(Math.max(0, state.committed - peer.executed)) : none,
      bytes: none, seconds: none,
      silentForMs: isHeard ? (state.ticks - heardAtTick) * state.config.timing.tickMs : none,
      basis: 'self-report-difference',
    },
    flow: isHeard ? (peer.isChanging ? 'view-change' : peer.view < state.view ? 'earlier view' : 'normal') : none,
  }
}

/** One line for each item of a batch; a null request is one that holds none. */
export function entries(state: PbftState, from: number, to: number): LogEntryView[] {
  const views: LogEntryView[] = []
  for (let index = Math.max(1, from); index < Math.min(to, lastIndex(state) + 1); index++) {
    const entry = state.log.get(index)
    const proposal = state.slots.get(index)?.proposal
    const batch = entry?.batch ?? (proposal ? state.slots.get(index)?.batch(proposal.digest) : null)
    const term = entry?.view ?? proposal?.view
    if (!batch || term === undefined) continue
    const items = decodeBatch(state.group, batch) ?? []
    if (items.length === 0) views.push({ index, term, kind: 'null request', command: null })
    for (const { kind, data } of items) views.push({ index, term, kind, command: kind === 'marker' ? null : data })
  }
  return views
}
