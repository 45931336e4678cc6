import { PerNode, type RaftCheck, type RaftInvariant, type RaftNode } from './per-node'

type Figure = 'term' | 'committed' | 'applied'

/** One figure never goes back while a node runs. */
function neverBack(name: string, figure: Figure, source: string): RaftInvariant {
  return {
    name,
    source,
    begin: (): RaftCheck => {
      const seen = new PerNode(() => ({ incarnation: -1, value: 0 }))
      return {
        afterStep: ({ id, incarnation, machine: { inspect } }) => {
          const memory = seen.of(id)
          const value = inspect[figure]
          const before = memory.incarnation === incarnation ? memory.value : 0
          memory.incarnation = incarnation
          memory.value = value
          return value < before ? `the ${figure} of ${id} went back from ${before} to ${value}` : null
        },
      }
    },
  }
}

export const commitMonotonic = neverBack('Monotonic Commit', 'committed', 'Ongaro and Ousterhout 2014, figure 2: commitIndex increases monotonically')
export const appliedMonotonic = neverBack('Monotonic Applied', 'applied', 'Ongaro and Ousterhout 2014, figure 2: lastApplied increases monotonically')

const FIGURE_2 = 'Ongaro and Ousterhout 2014, figure 2: currentTerm and votedFor are on stable storage before an answer'

/** The term never goes back; term and vote that a completed write spoke of are there when the node comes back. */
export const termMonotonic: RaftInvariant = {
  name: 'Monotonic Term',
  source: FIGURE_2,
  begin: (world): RaftCheck => {
    const running = neverBack('Monotonic Term', 'term', FIGURE_2).begin(world)
    const durable = new PerNode(() => ({ term: 0, vote: null as string | null }))
    return {
      afterStep: (node: RaftNode) => {
        const memory = durable.of(node.id)
        const { term, vote } = node.machine.inspect.durable
        memory.term = term
        memory.vote = vote
        return running.afterStep(node)
      },
      afterRestart: ({ id, machine: { inspect } }) => {
        const { term, vote } = durable.of(id)
        if (inspect.term < term) return `${id} came back in term ${inspect.term}; term ${term} had been durable`
        if (inspect.term === term && vote !== null && inspect.vote !== vote) return `${id} came back without its vote for ${vote} in term ${term}`
        return null
      },
    }
  },
}
