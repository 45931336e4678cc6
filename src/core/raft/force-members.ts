/**
 * On after the loss of a majority: one survivor makes itself the only voter, on its own word. Explicit (the option must be given, with the
 * consent to loss in it), guarded (bound to the last index that the operator saw) and recorded (a forced configuration in the log).
 */
import { fail, ok, type Result } from '../base'
import type { MemberClaim } from '../observation'
import { encodeConfiguration } from './configuration-codec'
import { memberOf, toConfiguration } from './configuration'
import type { ForcedMembers } from './options'
import type { RaftState } from './state'
import type { RecoveredLog } from './types'

/**
 * By so much the term rises, so that the entry cannot be of a term that an election which this node never heard of has used: two
 * different entries of one index and term would break Log Matching.
 */
export const FORCED_TERM_STEP = 1_000_000

const HINT = 'Look at the logs of all survivors again, and give the last index of the one that is to go on.'
const refuse = (message: string): Result<never, 'corrupt'> => fail('corrupt', message, HINT)

/**
 * Whether the log that was found is the one that the operator looked at: as it was then, or with the members forced upon it since. `founders` are
 * the members where the log holds none.
 */
export function mayForce(nodeId: string, founders: readonly MemberClaim[], log: RecoveredLog, { members, lastIndex }: ForcedMembers): Result<undefined, 'corrupt'> {
  if (!members.every((member) => member.voter === (member.id === nodeId)) || !members.some((member) => member.id === nodeId)) {
    return refuse('The node that is forced to go on is the only voter among the members that are given.')
  }
  const current = log.configurations.at(-1)?.configuration ?? log.base?.configuration ?? toConfiguration(founders)
  if (memberOf(current, nodeId)?.kind === 'witness') return refuse('A witness keeps no data and cannot go on alone.')
  if (log.lastIndex === lastIndex || isForcedAlready(log, lastIndex)) return ok()
  return refuse(`The log ends at ${log.lastIndex}, not at ${lastIndex}.`)
}

/** The option was left in place, and there is nothing to do. */
function isForcedAlready({ configurations, base, hardState }: RecoveredLog, lastIndex: number): boolean {
  const isThere = configurations.some((placed) => placed.index === lastIndex + 1 && placed.configuration.isForced)
  // Behind a snapshot the entry is gone; no election has raised the term so far.
  return isThere || ((base?.index ?? 0) > lastIndex && hardState.term >= FORCED_TERM_STEP)
}

/** Appends the configuration, unless that was done before. `mayForce` has been asked. */
export function forceMembers(state: RaftState, { members, lastIndex }: ForcedMembers): void {
  if (state.log.lastIndex !== lastIndex) return
  const made = toConfiguration(members)
  const configuration = {
    ...made, isForced: true, members: made.members.map((member) => ({ ...member, promote: member.kind === 'learner' })),
  }
  const term = Math.max(state.term, state.log.lastTerm) + FORCED_TERM_STEP
  state.becomeFollower(term, null, 'its members were forced')
  state.log.append({ index: lastIndex + 1, term, kind: 'configuration', data: encodeConfiguration(configuration) })
  state.syncConfiguration()
}
