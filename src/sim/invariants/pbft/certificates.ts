import type { PbftMachine } from '../../../core/pbft'
import type { Invariant, NodeView } from '../../invariant'
import { TraceCursor } from './trace-cursor'

/** A certificate holds a quorum of different replicas, and no correct one among them that did not say so. */
export const certificates: Invariant<PbftMachine> = {
  name: 'Certificates',
  source: 'Castro and Liskov, OSDI 1999, section 4.2 (prepared, committed-local) and section 2 (unforgeable signatures)',
  begin(world) {
    const cursor = new TraceCursor()
    const spoken = new TraceCursor()
    const said = new Set<string>()
    const listen = (node: NodeView<PbftMachine>): void => {
      for (const entry of spoken.take(node)) {
        if (entry.kind === 'said') said.add(`${node.id} ${entry.statement} ${entry.view} ${entry.sequence} ${entry.digest}`)
      }
    }
    const liars = new Set(world.nodes.filter((node) => node.isByzantine).map((node) => node.id))
    return {
      afterStep(node) {
        listen(node)
        for (const entry of cursor.take(node)) {
          if (entry.kind === 'relayed') return `${node.id} took a statement of ${entry.sender} from the hands of ${entry.from}.`
          if (entry.kind !== 'prepared' && entry.kind !== 'committed') continue
          const { view, sequence, digest } = entry
          const needed = node.machine.quorum.size - (entry.kind === 'prepared' ? 1 : 0)
          const distinct = new Set(entry.signers)
          if (distinct.size < needed) {
            return `${node.id} took sequence number ${sequence} for ${entry.kind} on the word of ${distinct.size} replicas, where ${needed} are needed.`
          }
          const statement = entry.kind === 'prepared' ? 'prepare' : 'commit'
          const isSilent = (id: string): boolean => !liars.has(id) && !said.has(`${id} ${statement} ${view} ${sequence} ${digest}`)
          // A replica may have spoken in a turn that has not ended yet, paused in the middle of it.
          if (entry.signers.some(isSilent)) world.nodes.forEach(listen)
          const silent = entry.signers.find(isSilent)
          if (silent === undefined) continue
          return `${node.id} counts a ${statement} of ${silent} for view ${view}, sequence number ${sequence}, which it never gave.`
        }
        return null
      },
    }
  },
}
