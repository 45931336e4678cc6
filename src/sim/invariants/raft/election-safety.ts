import { PerNode, type RaftCheck, type RaftInvariant } from './per-node'

/** At most one leader can be elected in a given term. */
export const electionSafety: RaftInvariant = {
  name: 'Election Safety',
  source: 'Ongaro and Ousterhout 2014, figure 3; section 5.2',
  begin: (): RaftCheck => {
    const leaders = new Map<number, string>()
    const seen = new PerNode(() => ({ term: 0 }))
    return {
      afterStep: ({ id, machine: { inspect } }) => {
        if (inspect.role !== 'leader') return null
        const memory = seen.of(id)
        const { term } = inspect
        if (memory.term === term) return null
        memory.term = term
        const other = leaders.get(term)
        if (other !== undefined && other !== id) return `${other} and ${id} were both elected in term ${term}`
        leaders.set(term, id)
        return null
      },
    }
  },
}
