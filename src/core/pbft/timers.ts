/** When a replica gives up on the primary (OSDI 1999, section 4.4; TOCS 2002, section 4.5.2). */
import { isPlanted } from '../base'
import { broadcastStatus, fetchMissing } from './catch-up'
import { STARVATION_TIMEOUTS } from './limits'
import { giveUpOld, passOnAgain } from './requests'
import type { PbftState } from './state'
import { watchTransfer } from './transfer'
import { startViewChange } from './view-change'

/** Timeouts after which a hand-over that was asked for counts as not known. */
const HAND_OVER_TIMEOUTS = 8

export function tick(state: PbftState): void {
  state.ticks++
  for (const peer of state.peers) peer.answered = 0
  if (state.phase === 'active') watchPrimary(state)
  else watchViewChange(state)
  giveUpHandOver(state)
  if (state.ticks % state.config.timing.heartbeatTicks !== 0) return
  giveUpOld(state)
  passOnAgain(state)
  watchTransfer(state)
  fetchMissing(state)
  broadcastStatus(state)
}

function watchPrimary(state: PbftState): void {
  const isWaiting = state.pool.size > 0 || state.highest > state.executed
  if (!isWaiting) {
    state.timer = 0
    return
  }
  // What this replica itself lacks is no fault of the primary.
  if (state.isBehind) return
  state.timer++
  if (state.timer >= timeoutOf(state)) return startViewChange(state, state.view + 1, 'nothing was executed in time')
  const oldest = state.pool.oldest()
  if (oldest === null || (__PLANTED__ && isPlanted('pbft/timer-restarted-by-requests'))) return
  const age = state.ticks - Math.max(oldest.sinceTick, state.viewSinceTick)
  if (age >= STARVATION_TIMEOUTS * timeoutOf(state)) startViewChange(state, state.view + 1, 'a request starved while others were executed')
}

/**
 * Counts only once a quorum has left for this view or a later one: a replica alone does not run ahead of the others, and those whom one
 * ran ahead of follow it in time.
 */
function watchViewChange(state: PbftState): void {
  const gone = [...state.viewChanges.values()].filter(({ message }) => message.view >= state.view).length
  if (gone < state.group.quorum.size) return
  state.timer++
  if (state.timer >= timeoutOf(state)) startViewChange(state, state.view + 1, 'no valid new view came in time')
}

/** Doubled with every view change that led to nothing. */
function timeoutOf(state: PbftState): number {
  if (__PLANTED__ && isPlanted('pbft/timeout-not-doubled')) return state.config.timing.heartbeatTicks
  return state.timeoutTicks
}

function giveUpHandOver(state: PbftState): void {
  const asked = state.transferLeadership
  if (asked === null || state.ticks - asked.sinceTick < HAND_OVER_TIMEOUTS * state.config.timing.electionTicks) return
  state.transferLeadership = null
  state.out.controls.push({ token: asked.token, outcome: { kind: 'unknown', why: 'timed-out' } })
}
