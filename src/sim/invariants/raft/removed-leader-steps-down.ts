import type { RaftCheck, RaftInvariant } from './per-node'

/** A leader that is no voter any more leads until that is committed, and no longer. */
export const removedLeaderStepsDown: RaftInvariant = {
  name: 'Removed Leader Steps Down',
  source: 'thesis, section 4.2.2',
  begin: (): RaftCheck => ({
    afterStep: ({ id, machine: { inspect } }) => {
      const { role, term, committed, placed: { index, configuration: { members, outgoing } } } = inspect
      if (role !== 'leader' || index > committed || outgoing !== null) return null
      const isVoter = members.some((member) => member.id === id && member.kind === 'voter')
      return isVoter ? null : `${id} goes on to lead term ${term}, although it is no voter since entry ${index}, which is committed`
    },
  }),
}
