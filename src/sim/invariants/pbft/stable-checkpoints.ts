import type { PbftMachine } from '../../../core/pbft'
import type { Invariant, NodeView } from '../../invariant'
import { TraceCursor } from './trace-cursor'

/**
 * A checkpoint has one digest on all replicas, computed or taken from another. A stable one is held by a quorum: so many correct replicas at
 * least have executed up to it, or installed it, as a quorum has beside all liars. Whoever vouched for one still has it after a crash.
 */
export const stableCheckpoints: Invariant<PbftMachine> = {
  name: 'Stable Checkpoints',
  source: 'Castro and Liskov, OSDI 1999, section 4.3',
  begin(world) {
    const cursor = new TraceCursor()
    const digests = new Map<number, string>()
    const reached = new Map<string, number>()
    const vouched = new Map<string, number>()
    const follow = (node: NodeView<PbftMachine>): void => {
      if (node.isByzantine || node.incarnation === 0) return
      reached.set(node.id, Math.max(reached.get(node.id) ?? 0, node.machine.status().appliedIndex))
    }
    return {
      afterStep(node) {
        for (const entry of cursor.take(node)) {
          if (entry.kind === 'vouched') vouched.set(node.id, Math.max(vouched.get(node.id) ?? 0, entry.sequence))
          if (entry.kind !== 'stable' && entry.kind !== 'checkpointed' && entry.kind !== 'installed') continue
          const known = digests.get(entry.sequence)
          if (known === undefined) digests.set(entry.sequence, entry.digest)
          else if (known !== entry.digest) return `${node.id}'s checkpoint ${entry.sequence} is of another state than another replica's.`
          // Noted at once: a crash may take back what was executed before anyone asks.
          if (!node.isByzantine) reached.set(node.id, Math.max(reached.get(node.id) ?? 0, entry.kind === 'stable' ? 0 : entry.sequence))
          if (entry.kind !== 'stable') continue
          // Asked for now: some restored a snapshot at their start, some stand in the middle of a turn.
          world.nodes.forEach(follow)
          const holders = [...reached.values()].filter((sequence) => sequence >= entry.sequence).length
          const liars = world.nodes.filter((each) => each.isByzantine).length
          if (holders + liars < node.machine.quorum.size) {
            return `${node.id} took checkpoint ${entry.sequence} for stable, which ${holders} correct replicas have reached.`
          }
        }
        return null
      },
      afterRestart(node) {
        const sequence = vouched.get(node.id) ?? 0
        if (node.isByzantine || node.machine.status().appliedIndex >= sequence) return null
        return `${node.id} has forgotten the state of checkpoint ${sequence}, which it vouched for.`
      },
    }
  },
}
