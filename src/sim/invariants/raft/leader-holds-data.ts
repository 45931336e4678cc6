import { PerNode, type RaftCheck, type RaftInvariant } from './per-node'

/** A leader is elected from those that keep the data: no witness, no learner, no one who is out. */
export const leaderHoldsData: RaftInvariant = {
  name: 'Leader Holds Data',
  source: 'docs/protocols/raft.md, witnesses',
  begin: (): RaftCheck => {
    const ledBy = new PerNode(() => ({ term: 0 }))
    return {
      afterStep: ({ id, machine: { inspect } }) => {
        const memory = ledBy.of(id)
        if (inspect.role !== 'leader' || memory.term === inspect.term) return null
        memory.term = inspect.term
        const { members, outgoing } = inspect.configuration
        const places = [...members, ...(outgoing ?? [])].filter((member) => member.id === id)
        if (places.some((member) => member.kind === 'voter')) return null
        // One that is about to be removed, or to be a learner, may still be needed, until that is committed.
        if (inspect.placed.index > inspect.committed && places.every((member) => member.kind === 'learner')) return null
        return `${id} leads term ${inspect.term} and is ${places[0]?.kind ?? 'no member'}`
      },
    }
  },
}
