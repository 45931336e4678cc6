import type { Configuration } from '../../../core/raft'
import type { World } from '../../invariant'
import type { RaftMachine } from '../../../core/raft'
import { everyQuorumHas } from './majorities'
import { PerNode, type RaftCheck, type RaftInvariant, type RaftNode } from './per-node'

/** The newest entry that a leader was seen to commit, and by which configuration. */
interface Newest {
  readonly index: number
  readonly term: number
  readonly configuration: Configuration
}

/**
 * Every quorum has a member whose log contains the committed prefix. Looked at when a leader commits, and when a log was cut or came
 * back from its disk.
 */
export const quorumLogInv: RaftInvariant = {
  name: 'QuorumLogInv',
  source: 'TLA+ specification of etcd-io/raft',
  begin: (world: World<RaftMachine>): RaftCheck => {
    const seen = new PerNode(() => ({ version: -1, committed: 0, configuration: null as Configuration | null }))
    let newest: Newest | null = null

    const check = (): string | null => {
      if (newest === null) return null
      const { index, term, configuration } = newest
      const has = (id: string): boolean => {
        const node = world.nodes.find((each) => each.id === id)
        if (node === undefined) return false
        const { inspect } = node.machine
        if (inspect.firstIndex > index) return true
        // What a crashed member had not yet on its disk is gone.
        return (node.isUp || inspect.persisted >= index) && inspect.termOf(index) === term
      }
      return everyQuorumHas(configuration, has) ? null : `there is a quorum without entry ${index} of term ${term}, which is committed`
    }

    const look = ({ id, machine: { inspect } }: RaftNode): boolean => {
      const memory = seen.of(id)
      const wasCut = memory.version !== inspect.logVersion
      // The one that it was committed by: a change may have been appended in this very step.
      const configuration = memory.configuration ?? inspect.configuration
      const hasCommitted = inspect.role === 'leader' && inspect.committed > memory.committed && inspect.committed > (newest?.index ?? 0)
      if (hasCommitted) newest = { index: inspect.committed, term: inspect.termOf(inspect.committed) ?? 0, configuration }
      memory.version = inspect.logVersion
      memory.committed = inspect.committed
      memory.configuration = inspect.configuration
      return wasCut || hasCommitted
    }

    return {
      afterStep: (node) => (look(node) ? check() : null),
      afterRestart: (node) => {
        look(node)
        return check()
      },
    }
  },
}
