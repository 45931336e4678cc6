import { PerNode, type RaftCheck, type RaftInvariant } from './per-node'

/** A leader never overwrites or deletes entries in its log; it only appends new entries. */
export const leaderAppendOnly: RaftInvariant = {
  name: 'Leader Append-Only',
  source: 'Ongaro and Ousterhout 2014, figure 3; section 5.3',
  begin: (): RaftCheck => {
    const seen = new PerNode(() => ({ incarnation: -1, term: 0, isOwn: false, version: 0, lastIndex: 0 }))
    return {
      afterStep: ({ id, incarnation, machine: { inspect } }) => {
        const memory = seen.of(id)
        const { term, role, logVersion, lastIndex } = inspect
        // A candidate too: from its own vote on, the log that it asked with is the one that it leads with.
        const isOwn = role === 'leader' || role === 'candidate'
        const isGoingOn = role === 'leader' && memory.isOwn && memory.incarnation === incarnation && memory.term === term
        const isBroken = isGoingOn && (logVersion !== memory.version || lastIndex < memory.lastIndex)
        memory.incarnation = incarnation
        memory.term = term
        memory.isOwn = isOwn
        memory.version = logVersion
        memory.lastIndex = lastIndex
        return isBroken ? `${id}, which leads term ${term}, replaced entries of its own log` : null
      },
    }
  },
}
