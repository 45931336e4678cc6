import { PerNode, type RaftCheck, type RaftInvariant } from './per-node'

/** A leader moves the commit index only to an entry of its own term; older ones are committed by what follows them. */
export const commitOfOwnTerm: RaftInvariant = {
  name: 'Commit of Own Term',
  source: 'Ongaro and Ousterhout 2014, section 5.4.2 and figure 8',
  begin: (): RaftCheck => {
    const seen = new PerNode(() => ({ incarnation: -1, ledTerm: 0, committed: 0 }))
    return {
      afterStep: ({ id, incarnation, machine: { inspect } }) => {
        const memory = seen.of(id)
        const { role, term, committed } = inspect
        // Of the same reign before and after: a follower that was just elected may have learned of more in the same step.
        const isMoved = role === 'leader' && memory.ledTerm === term && memory.incarnation === incarnation && committed > memory.committed
        memory.incarnation = incarnation
        memory.ledTerm = role === 'leader' ? term : 0
        memory.committed = committed
        return isMoved && inspect.termOf(committed) !== term ? `${id}, which leads term ${term}, committed entry ${committed} of term ${inspect.termOf(committed)}` : null
      },
    }
  },
}
