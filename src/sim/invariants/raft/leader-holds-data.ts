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
        // One that is about to be removed may still be needed, until that is committed.
        if (places.some((member) => member.kind === 'voter') || (places.length === 0 && inspect.placed.index > inspect.committed)) return null
        return `${id} leads term ${inspect.term} and is ${places[0]?.kind ?? 'no member'}`
      },
    }
  },
}
