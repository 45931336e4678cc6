/** What an operator may ask of a replica. */
import type { Control, ControlOutcome } from '../machine'
import type { PbftState } from './state'
import { startViewChange } from './view-change'

const MEMBERS = 'PBFT knows its replicas and their keys from the start: a change of members needs a new group, fed from a snapshot of this one.'

/** The outcome, or null where it will come with the new view. */
export function control(state: PbftState, token: number, asked: Control): ControlOutcome | null {
  if (asked.kind === 'change-members') return { kind: 'refused', code: 'not-supported', message: MEMBERS }
  const { group } = state
  if (asked.to !== null && group.positionOf(asked.to) === null) {
    return { kind: 'refused', code: 'no-such-member', message: `${asked.to} is no replica of this group.` }
  }
  if (state.phase === 'changing') return { kind: 'refused', code: 'not-ready', message: 'A view change is under way.' }
  if (asked.to === group.idOf(state.primary)) return { kind: 'refused', code: 'nothing-to-do', message: `${asked.to} is the primary.` }
  if (!state.isPrimary) return { kind: 'not-leader', leaderId: group.idOf(state.primary) }
  const next = group.idOf(group.primaryOf(state.view + 1))
  if (next === group.idOf(state.me)) return { kind: 'refused', code: 'nothing-to-do', message: 'This is the only replica.' }
  if (asked.to !== null && asked.to !== next) {
    return { kind: 'refused', code: 'not-supported', message: `Views go round the replicas in order: the next primary can only be ${next}.` }
  }
  if (state.transferLeadership !== null) return { kind: 'refused', code: 'change-in-flight', message: 'A hand-over is under way.' }
  state.transferLeadership = { token, view: state.view + 1, sinceTick: state.ticks }
  // The others follow the primary's own view change at once; see joinViewChange.
  startViewChange(state, state.view + 1, 'an operator asked for it')
  return null
}
