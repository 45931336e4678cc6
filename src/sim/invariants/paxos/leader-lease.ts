import type { PaxosMachine } from '../../../core/paxos'
import type { Invariant, NodeView, World } from '../../invariant'

/** Whoever may propose in the next slot of a leader with a lease, in a later ballot: that leader would answer reads without what is chosen there. */
export const leaderLease: Invariant<PaxosMachine> = {
  name: 'Lease: no later ballot is prepared for the slots of a leader that holds one',
  source: 'Chandra et al., Paxos Made Live, section 5.2',
  begin(world: World<PaxosMachine>) {
    const broken = (holder: NodeView<PaxosMachine>, other: NodeView<PaxosMachine>): string | null => {
      const [held, later] = [holder.machine.inspect, other.machine.inspect]
      if (!held.holdsLease || later.reigns <= held.reigns) return null
      const next = held.history.at(holder.machine.status().committedIndex + 1)
      return later.isPreparedFor(next) ? `${other.id} is prepared in ballot ${later.reigns} while ${holder.id} holds the lease of ballot ${held.reigns}.` : null
    }
    return {
      afterStep(node) {
        const { options, reigns } = node.machine.inspect
        if (options.reads !== 'lease' || reigns === 0) return null
        for (const other of world.nodes) {
          if (other.id === node.id || !other.isUp) continue
          const found = broken(node, other) ?? broken(other, node)
          if (found !== null) return found
        }
        return null
      },
    }
  },
}
