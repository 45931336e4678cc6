import { PerNode, type RaftCheck, type RaftInvariant } from './per-node'

/** Who leads a term has its own vote for that term on disk: else a crash could let it vote again in that term. */
export const leaderIsDurable: RaftInvariant = {
  name: 'Leader Is Durable',
  source: 'Ongaro and Ousterhout 2014, figure 2: currentTerm and votedFor are on stable storage before a request',
  begin: (): RaftCheck => {
    const ledBy = new PerNode(() => ({ term: 0 }))
    return {
      afterStep: ({ id, machine: { inspect } }) => {
        const memory = ledBy.of(id)
        const { role, term, durable } = inspect
        if (role !== 'leader' || memory.term === term) return null
        memory.term = term
        return durable.term === term && durable.vote === id ? null : `${id} leads term ${term}, and its own vote is not on its disk`
      },
    }
  },
}
