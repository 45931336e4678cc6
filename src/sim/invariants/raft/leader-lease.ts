import type { RaftMachine } from '../../../core/raft'
import type { World } from '../../invariant'
import { PerNode, type RaftCheck, type RaftInvariant } from './per-node'

/**
 * When a leader is elected, no one of an earlier term still holds a lease to answer reads by itself, as long as clocks keep the stated drift. One
 * that is elected late, by votes that were long under way, commits and answers nothing: a quorum has gone on to the later term.
 */
export const leaderLease: RaftInvariant = {
  name: 'Leader Lease',
  source: 'Ongaro 2014 (thesis), section 6.4.1',
  begin: (world: World<RaftMachine>): RaftCheck => {
    const ledBy = new PerNode(() => ({ term: 0 }))
    return {
      afterStep: ({ id, machine: { inspect } }) => {
        const memory = ledBy.of(id)
        if (inspect.role !== 'leader' || memory.term === inspect.term) return null
        memory.term = inspect.term
        const other = world.nodes.find((node) => node.id !== id && node.isUp && node.machine.inspect.holdsLease && node.machine.inspect.term < inspect.term)
        return other === undefined ? null : `${id} was elected in term ${inspect.term} while ${other.id} holds the lease of term ${other.machine.inspect.term}`
      },
    }
  },
}
