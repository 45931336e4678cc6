import { PerNode, type RaftCheck, type RaftInvariant } from './per-node'

/** A leader appends a configuration only where the one before is committed, and an entry of its own term. */
export const oneChangeAtATime: RaftInvariant = {
  name: 'One Configuration Change at a Time',
  source: 'Ongaro 2014 (thesis), section 4.1; Ongaro, raft-dev, July 2015',
  begin: (): RaftCheck => {
    const seen = new PerNode(() => ({ index: 0, ledTerm: 0, isJoint: false }))
    return {
      afterStep: ({ id, machine: { inspect } }) => {
        const memory = seen.of(id)
        const { role, term, committed, placed } = inspect
        const before = memory.index
        const wasJoint = memory.isJoint
        const isAppended = role === 'leader' && memory.ledTerm === term && placed.index > before && inspect.termOf(placed.index) === term
        memory.index = placed.index
        memory.isJoint = placed.configuration.outgoing !== null
        memory.ledTerm = role === 'leader' ? term : 0
        if (!isAppended) return null
        if (before > committed) return `${id} changes the members at ${placed.index}; the change at ${before} is not committed`
        // Out of a joint configuration that is committed every leader goes the same way: to its incoming half.
        if (wasJoint && !memory.isJoint) return null
        if (inspect.termOf(committed) !== term && committed < placed.index) return `${id} changes the members before it has committed an entry of its own term`
        return null
      },
    }
  },
}
