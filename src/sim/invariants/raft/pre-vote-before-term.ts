import { PerNode, type RaftCheck, type RaftInvariant } from './per-node'

/** A member stands for election in a new term only after a majority has said that it would vote for it, or when its leader hands over. */
export const preVoteBeforeTerm: RaftInvariant = {
  name: 'Pre-Vote Before Term',
  source: 'Ongaro 2014 (thesis), section 9.6',
  begin: (): RaftCheck => {
    const seen = new PerNode(() => ({ term: 0 }))
    return {
      afterStep: ({ id, machine: { inspect } }) => {
        if (inspect.role !== 'candidate') return null
        const memory = seen.of(id)
        const { term, preVotedTerm, isTransferCandidate } = inspect
        if (memory.term === term) return null
        memory.term = term
        return preVotedTerm === term || isTransferCandidate ? null : `${id} stands in term ${term} without having asked whether it could win`
      },
    }
  },
}
