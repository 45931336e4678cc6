import { CommittedEntries } from './committed-entries'
import type { RaftCheck, RaftInvariant } from './per-node'

/** Committed prefixes of any two members never conflict. */
export const logInv: RaftInvariant = {
  name: 'LogInv',
  source: 'TLA+ specification of etcd-io/raft',
  begin: (): RaftCheck => {
    const committed = new CommittedEntries()
    return {
      afterStep: (node) => {
        const index = committed.look(node)
        if (index === null) return null
        const { inspect } = node.machine
        return `${node.id} takes entry ${index} of term ${inspect.termOf(index)} for committed; one of term ${committed.at(index)?.term} was committed there`
      },
    }
  },
}
