/** Changes of members: what the leader accepts, and what every member does when one is chosen and when it comes into force. */
import { isPlanted } from '../base'
import type { ControlOutcome, MemberChange } from '../machine'
import { ORDINALS_MAX } from './ballot'
import { Configuration, VOTERS_MAX, type Member } from './configuration'
import { encodeConfiguration } from './configuration-codec'
import { askForPromises, isWindowPrepared, stepDown } from './phase-one'
import { bestSuccessor } from './handover'
import type { Reign } from './reign'
import type { PaxosState } from './state'

type Refused = Extract<ControlOutcome, { readonly kind: 'refused' }>
const refused = (code: Refused['code'], message: string): Refused => ({ kind: 'refused', code, message })

export function changeMembers(state: PaxosState, token: number, changes: readonly MemberChange[], mode: 'auto' | 'joint' | 'single'): void {
  const { reign } = state
  const outcome = reign?.isLeading
    ? beginChange(state, reign, token, changes, mode)
    : { kind: 'not-leader' as const, leaderId: state.election.leaderId }
  if (outcome) state.controls.push({ token, outcome })
}

/** Null where the change is on its way. */
function beginChange(
  state: PaxosState, reign: Reign, token: number, changes: readonly MemberChange[], mode: 'auto' | 'joint' | 'single',
): ControlOutcome | null {
  if (isChangeInFlight(state, reign)) return refused('change-in-flight', 'A change of members is already on its way.')
  if (reign.handover) return refused('change-in-flight', 'The leadership is being handed over.')
  if (state.log.chosen < reign.recoveredTo || !isWindowPrepared(state, reign)) {
    return refused('not-ready', 'The leader is new and still settles what earlier leaders left behind.')
  }
  if (mode === 'single' && changes.length !== 1) return refused('not-supported', 'A single step changes exactly one member.')
  const next = changed(state.history.newest.configuration, changes)
  if (!(next instanceof Configuration)) return next
  const problem = quorumProblem(state, next)
  if (problem) return problem
  reign.change = { token, configuration: next, slot: 0 }
  state.proposals.enqueue({ kind: 'members', data: encodeConfiguration(next), token: 0 })
  return null
}

/** Proposed and not yet in force, by this leader or by one before. */
function isChangeInFlight(state: PaxosState, reign: Reign): boolean {
  const { log, history } = state
  if (reign.change !== null || history.newest.from > log.chosen + 1) return true
  for (let slot = log.chosen + 1; slot <= log.last; slot++) if (log.get(slot)?.accepted.kind === 'members') return true
  return false
}

/** The configuration after `changes`, or why there is none. */
export function changed(before: Configuration, changes: readonly MemberChange[]): Configuration | Refused {
  const members = new Map(before.members.map((member) => [member.id, member]))
  let { nextOrdinal } = before
  for (const change of changes) {
    const held = members.get(change.id)
    if (change.kind === 'remove') {
      if (!held) return refused('no-such-member', `${change.id} is no member.`)
      members.delete(change.id)
      continue
    }
    if (change.member === 'witness') return refused('not-supported', 'Paxos has no witnesses: every acceptor keeps the values that it accepts.')
    if (!held && nextOrdinal >= ORDINALS_MAX) return refused('not-supported', `A group has at most ${ORDINALS_MAX} members over its whole life.`)
    const voter = change.member === 'voter'
    const ordinal = held?.ordinal ?? nextOrdinal++
    members.set(change.id, { id: change.id, name: held?.name ?? change.id, address: change.address, voter, promote: !voter && change.promote, ordinal })
  }
  const voters = [...members.values()].filter((member) => member.voter).length
  if (voters === 0) return refused('would-lose-quorum', 'A group needs at least one voter.')
  if (voters > VOTERS_MAX) return refused('not-supported', `A group has at most ${VOTERS_MAX} voters.`)
  if (isSame(before, members)) return refused('nothing-to-do', 'The members already are as asked.')
  return new Configuration([...members.values()], nextOrdinal)
}

function isSame(before: Configuration, after: ReadonlyMap<string, Member>): boolean {
  if (before.members.length !== after.size) return false
  return before.members.every((member) => {
    const next = after.get(member.id)
    return next !== undefined && next.ordinal === member.ordinal && next.voter === member.voter && next.promote === member.promote && next.address === member.address
  })
}

/** Voters that were members before must be there; new ones are taken at their word. */
function quorumProblem(state: PaxosState, next: Configuration): Refused | null {
  const { election, ticks } = state
  const known = state.history.newest.configuration
  const isThere = (id: string): boolean => id === state.id || known.member(id) === undefined || election.isConnected(id, ticks)
  return next.isQuorum(isThere) ? null : refused('would-lose-quorum', 'Too few of the voters after the change are connected to this leader.')
}

/** A change of members is chosen in `slot`. */
export function memberChosen(state: PaxosState, slot: number, configuration: Configuration): void {
  const { reign, history, options } = state
  const from = __PLANTED__ && isPlanted('paxos/alpha-ignored') ? Math.max(slot + 1, history.newest.from + 1) : slot + options.alpha
  history.add(from, configuration)
  state.events.push({ kind: 'members-changed', members: configuration.claims(), index: slot })
  if (configuration.member(state.id)) state.isRemoved = false
  state.election.isHeartbeatDue = true
  if (reign) askForPromises(state, reign)
}

/** The chosen prefix grew: a configuration may have come into force. */
export function checkMembership(state: PaxosState): void {
  const { reign, log, history } = state
  const current = history.at(log.chosen + 1)
  if (reign?.change && reign.change.slot > 0 && log.chosen + 1 >= reign.change.slot + state.options.alpha) {
    state.controls.push({ token: reign.change.token, outcome: { kind: 'done' } })
    reign.change = null
  }
  if (!state.isRemoved && !history.from(log.chosen + 1).some((each) => each.member(state.id))) {
    state.isRemoved = true
    state.events.push({ kind: 'removed', index: log.chosen })
  }
  if (reign && !current.isVoter(state.id)) {
    const successor = bestSuccessor(state, reign)
    if (successor !== null) state.send(successor, { kind: 'take-over', ballot: reign.ballot })
    stepDown(state, 'this node is no voter any more')
  }
  if (!state.reign) state.setRole('follower', current.isVoter(state.id) ? 'this node is a voter' : 'this node is no voter')
}

/** Learners that were to become voters and have caught up. */
export function tickPromotion(state: PaxosState, reign: Reign): void {
  const { log, history, election, ticks } = state
  if (reign.handover || isChangeInFlight(state, reign) || log.chosen < reign.recoveredTo) return
  const ready = history.newest.configuration.members.filter(({ id, promote }) => {
    const chosen = reign.flows.get(id)?.chosen ?? null
    return promote && chosen !== null && chosen + state.options.alpha >= log.chosen && election.isConnected(id, ticks)
  })
  const [first] = ready
  if (!first) return
  const changes = [{ kind: 'set' as const, id: first.id, address: first.address, member: 'voter' as const, promote: false }]
  beginChange(state, reign, 0, changes, 'auto')
}
