/** Handing leadership to another voter (thesis, section 3.10): bring it level, then tell it to stand without waiting. */
import { isPlanted } from '../base'
import { memberOf, type Member } from './configuration'
import { stand } from './election'
import type { TimeoutNow } from './messages'
import type { Progress } from './progress'
import type { RaftState } from './state'

export function transferLeadership(state: RaftState, token: number, to: string | null): void {
  const refuse = (code: 'no-such-member' | 'not-a-voter' | 'not-ready' | 'change-in-flight', message: string): void =>
    void state.controls.push({ token, outcome: { kind: 'refused', code, message } })
  if (state.role !== 'leader') return void state.controls.push({ token, outcome: { kind: 'not-leader', leaderId: state.leaderId } })
  const target = to ?? (preferred(state) ?? mostUpToDate(state))?.id ?? null
  if (target === null) return refuse('not-ready', 'No other voter that could lead was heard of lately.')
  if (target === state.id) return void state.controls.push({ token, outcome: { kind: 'done' } })
  const member = memberOf(state.placed.configuration, target)
  if (member === undefined) return refuse('no-such-member', `${target} is no member.`)
  if (member.kind !== 'voter') return refuse('not-a-voter', `${target} is a ${member.kind} and cannot lead.`)
  if (state.transfer?.target === target) return void state.transfer.tokens.push(token)
  if (state.transfer !== null) return refuse('change-in-flight', `Leadership is being handed to ${state.transfer.target}.`)
  state.transfer = { target, tokens: [token], startedAtTick: state.ticks, isToldToStand: false, isSteppedDown: false }
  continueTransfer(state)
}

const canLead = (member: Member | undefined): boolean => member?.kind === 'voter'

/** Other voters that were heard of lately. */
function* successors(state: RaftState): Generator<Progress> {
  for (const progress of state.peers.values()) {
    if (progress.wasHeard(state.ticks, state.config.electionTicks) && canLead(memberOf(state.placed.configuration, progress.id))) yield progress
  }
}

/** That of the highest priority, where one has any and is so close behind that it can be brought level; what is in flight to it says nothing against it. */
function preferred(state: RaftState): Progress | undefined {
  const { promoteWithinEntries } = state.config.options
  let best: Progress | undefined
  for (const progress of successors(state)) {
    const isClose = progress.match > 0 && state.log.lastIndex - progress.match <= promoteWithinEntries
    if (isClose && state.priorityOf(progress.id) > (best === undefined ? 0 : state.priorityOf(best.id))) best = progress
  }
  return best
}

/** The voter with the longest log; of equal ones that of the highest priority. */
function mostUpToDate(state: RaftState): Progress | undefined {
  let best: Progress | undefined
  for (const progress of successors(state)) {
    const isBetter = best === undefined || progress.match > best.match ||
      (progress.match === best.match && state.priorityOf(progress.id) > state.priorityOf(best.id))
    if (isBetter) best = progress
  }
  return best
}

/** Tells the one who takes over to stand once it is level with this leader. */
export function continueTransfer(state: RaftState): void {
  const { transfer } = state
  if (transfer === null || transfer.isToldToStand || state.role !== 'leader') return
  const isLevel = state.peers.get(transfer.target)?.match === state.log.lastIndex
  if (!isLevel && !(__PLANTED__ && isPlanted('raft/transfer-before-level'))) return
  transfer.isToldToStand = true
  tellToStand(state, transfer.target)
}

function tellToStand(state: RaftState, target: string): void {
  // Those who vote for it will not heed this leader's lease.
  if (!(__PLANTED__ && isPlanted('raft/lease-survives-transfer'))) state.lease.void()
  state.send(target, { kind: 'timeout-now', term: state.term })
}

/** Once a tick: given up after an election timeout, so that proposals are not refused for long. */
export function tickTransfer(state: RaftState): void {
  const { transfer } = state
  if (transfer === null || state.ticks - transfer.startedAtTick < state.config.electionTicks) return
  if (transfer.isToldToStand || transfer.isSteppedDown) return state.endTransfer({ kind: 'unknown', why: 'timed-out' })
  state.endTransfer({ kind: 'refused', code: 'not-ready', message: `${transfer.target} did not catch up within an election timeout.` })
}

/** A leader that is no voter any more leaves office, and names who is most up to date (thesis, section 4.2.2). */
export function stepDownRemoved(state: RaftState): void {
  const successor = mostUpToDate(state)
  if (successor !== undefined && successor.match === state.log.lastIndex) tellToStand(state, successor.id)
  state.becomeFollower(state.term, null, 'it is no voter any more')
}

export function receiveTimeoutNow(state: RaftState, from: string, message: TimeoutNow): void {
  if (message.term !== state.term || state.role === 'leader' || state.leaderId !== from) return
  if (!canLead(state.self) || state.installing !== null) return
  if (__PLANTED__ && isPlanted('raft/transfer-without-election')) {
    state.role = 'candidate'
    return state.becomeLeader()
  }
  stand(state, `${from} hands over`, true)
}
