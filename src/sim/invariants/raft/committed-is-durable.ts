import type { Configuration, RaftInspector, RaftMachine } from '../../../core/raft'
import type { World } from '../../invariant'
import { majorityHas } from './majorities'
import { PerNode, type RaftCheck, type RaftInvariant } from './per-node'

/**
 * What a leader commits lies on the disks of a majority; and what a member said to be durable is there when it comes back. A leader may
 * commit before its own disk is done, since it counts itself only then.
 */
export const committedIsDurable: RaftInvariant = {
  name: 'CommittedIsDurable',
  source: 'TLA+ specification of etcd-io/raft; thesis, section 10.2.1',
  begin: (world: World<RaftMachine>): RaftCheck => {
    const seen = new PerNode(() => ({ committed: 0, configuration: null as Configuration | null, persisted: 0, persistedTerm: 0, installing: null as RaftInspector['installing'], incarnation: -1 }))
    return {
      afterStep: (node) => {
        const { id, incarnation, machine: { inspect } } = node
        const memory = seen.of(id)
        const { committed, persisted } = inspect
        const configuration = memory.configuration ?? inspect.configuration
        const isNews = inspect.role === 'leader' && memory.incarnation === incarnation && committed > memory.committed
        memory.incarnation = incarnation
        memory.committed = committed
        memory.configuration = inspect.configuration
        memory.persisted = persisted
        memory.persistedTerm = inspect.termOf(persisted) ?? 0
        memory.installing = inspect.installing
        if (!isNews) return null
        const term = inspect.termOf(committed)
        const has = (other: string): boolean => {
          const theirs = world.nodes.find((each) => each.id === other)?.machine.inspect
          if (theirs === undefined) return false
          return theirs.firstIndex > committed || (theirs.persisted >= committed && theirs.termOf(committed) === term)
        }
        // One turn may commit by the old configuration, put the next one in force, and commit by that one.
        return majorityHas(configuration, has) || majorityHas(inspect.configuration, has) ? null : `${id} committed entry ${committed} of term ${term}, which is not on the disks of a majority`
      },
      afterRestart: ({ id, machine: { inspect } }) => {
        const { persisted, persistedTerm, installing } = seen.of(id)
        // A state that a leader has sent was on disk and not yet in force: what this log held behind its place was not that leader's (Raft, section 7).
        if (installing !== null && inspect.firstIndex === installing.index + 1 && inspect.termOf(installing.index) === installing.term) return null
        const term = inspect.firstIndex > persisted ? persistedTerm : inspect.termOf(persisted) ?? 0
        return term === persistedTerm ? null : `${id} came back without entry ${persisted} of term ${persistedTerm}, which it had said to be durable`
      },
    }
  },
}
