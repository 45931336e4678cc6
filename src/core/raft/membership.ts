/** Changes of members at the leader: one at a time, after it has committed an entry of its own term (thesis, chapter 4). */
import { isPlanted } from '../base'
import type { Control, MemberChange } from '../machine'
import { leaveJoint, planChange, type Refusal } from './configuration-change'
import { encodeConfiguration } from './configuration-codec'
import { votersOf, type Configuration } from './configuration'
import { hasCommittedInTerm } from './reads'
import type { RaftState } from './state'
import { stepDownRemoved, transferLeadership } from './transfer'

export function control(state: RaftState, token: number, asked: Control): void {
  if (asked.kind === 'transfer-leadership') return transferLeadership(state, token, asked.to)
  if (state.role !== 'leader') return void state.controls.push({ token, outcome: { kind: 'not-leader', leaderId: state.leaderId } })
  const outcome = changeMembers(state, asked)
  if (outcome !== null) return void state.controls.push({ token, outcome })
  state.changeToken = token
}

/** Appends the change, or says why not. */
function changeMembers(state: RaftState, { changes, mode }: Extract<Control, { kind: 'change-members' }>): Refusal | null {
  if (state.transfer !== null) return refuse('change-in-flight', 'Leadership is being handed over.')
  const isInFlight = state.placed.index > state.log.committed || state.placed.configuration.outgoing !== null
  if (isInFlight && !(__PLANTED__ && isPlanted('raft/two-changes-in-flight'))) {
    return refuse('change-in-flight', 'Another change of members is not committed yet.')
  }
  // Without it a leader could build on a configuration that another one has already replaced (Ongaro, raft-dev, 2015).
  if (!hasCommittedInTerm(state) && !(__PLANTED__ && isPlanted('raft/change-before-own-commit'))) {
    return refuse('not-ready', 'This leader has not yet committed an entry of its own term.')
  }
  const planned = planChange({ ...state.placed.configuration, outgoing: null }, changes, mode)
  if ('kind' in planned) return planned
  if (!keepsActiveQuorum(state, planned)) return refuse('would-lose-quorum', 'Too few of the voters that would remain were heard of lately.')
  appendConfiguration(state, planned)
  return null
}

const refuse = (code: Refusal['code'], message: string): Refusal => ({ kind: 'refused', code, message })

/** Those who are new cannot have been heard of: they count as there. */
function keepsActiveQuorum(state: RaftState, { members }: Configuration): boolean {
  const voters = votersOf(members)
  const isThere = (id: string): boolean => {
    const progress = state.peers.get(id)
    return id === state.id || progress === undefined || progress.wasHeard(state.ticks, state.config.electionTicks)
  }
  return voters.filter(isThere).length > voters.length / 2
}

function appendConfiguration(state: RaftState, configuration: Configuration): void {
  const { log, term } = state
  log.append({ index: log.lastIndex + 1, term, kind: 'configuration', data: encodeConfiguration(configuration) })
  state.syncConfiguration()
}

/** Leader: the commit index moved. Leaves a joint configuration, settles the change, and leaves office where this node is out. */
export function configurationCommitted(state: RaftState): void {
  const { configuration, index } = state.placed
  if (index > state.log.committed) return
  if (configuration.outgoing !== null) {
    // Only in a term in which something is committed: the entry then follows all that came before.
    if (state.config.options.leavesJointByItself && state.transfer === null) leave(state)
    return
  }
  if (state.changeToken !== 0) state.controls.push({ token: state.changeToken, outcome: { kind: 'done' } })
  state.changeToken = 0
  if (!state.quorum.has(state.id) && !(__PLANTED__ && isPlanted('raft/removed-leader-stays'))) stepDownRemoved(state)
}

/** Leader: leaves a joint configuration that is committed. False where there is none. */
export function leave(state: RaftState): boolean {
  const { configuration, index } = state.placed
  if (state.role !== 'leader' || configuration.outgoing === null || index > state.log.committed) return false
  appendConfiguration(state, leaveJoint(configuration))
  return true
}

/**
 * Once a tick: a learner that asked for it becomes a voter when it has caught up. It goes in rounds, each to the end of the log
 * as it was when the round began; one that took less than an election timeout is good enough (thesis, section 4.2.1).
 */
export function tickPromotion(state: RaftState): void {
  const { configuration, index } = state.placed
  const { log, ticks } = state
  if (configuration.outgoing !== null) {
    // Where it was held up by a transfer that came to nothing.
    configurationCommitted(state)
    return
  }
  if (index > log.committed || state.transfer !== null) return
  for (const member of configuration.members) {
    const progress = member.promote && member.kind === 'learner' ? state.peers.get(member.id) : undefined
    if (progress === undefined || progress.match < progress.roundTarget || progress.match === 0) continue
    const isQuick = ticks - progress.roundStartedAtTick <= state.config.electionTicks
    if (isQuick && log.lastIndex - progress.match <= state.config.options.promoteWithinEntries && progress.isRecentlyActive) {
      changeMembers(state, {
        kind: 'change-members', mode: 'single',
        changes: [{ kind: 'set', id: member.id, address: member.address, member: 'voter', promote: false } satisfies MemberChange],
      })
      return
    }
    progress.roundTarget = log.lastIndex
    progress.roundStartedAtTick = ticks
  }
}
