import { CommittedEntries } from './committed-entries'
import { PerNode, type RaftCheck, type RaftInvariant } from './per-node'

/** If an entry is committed in a given term, it will be present in the logs of the leaders for all higher-numbered terms. */
export const leaderCompleteness: RaftInvariant = {
  name: 'Leader Completeness',
  source: 'Ongaro and Ousterhout 2014, figure 3; section 5.4',
  begin: (): RaftCheck => {
    const committed = new CommittedEntries()
    const ledBy = new PerNode(() => ({ term: 0 }))
    return {
      afterStep: (node) => {
        const { inspect } = node.machine
        const memory = ledBy.of(node.id)
        if (inspect.role === 'leader' && memory.term !== inspect.term) {
          memory.term = inspect.term
          // What it has committed itself is the business of LogInv.
          for (let index = Math.max(inspect.committed + 1, inspect.firstIndex); index <= committed.last; index++) {
            const entry = committed.at(index)
            if (entry !== undefined && entry.seenInTerm < inspect.term && inspect.termOf(index) !== entry.term) {
              return `${node.id} leads term ${inspect.term} without entry ${index} of term ${entry.term}, which is committed`
            }
          }
        }
        committed.look(node)
        return null
      },
    }
  },
}
