import type { PaxosMachine } from '../../../core/paxos'
import type { Invariant } from '../../invariant'
import { DecidedConfigurations, FactCursor } from './value'

export const configurationInForce: Invariant<PaxosMachine> = {
  name: 'Configuration: that of a slot is decided by the slots that lie alpha before it',
  source: 'Lamport, Malkhi and Zhou, Reconfiguring a State Machine, section 3; Paxos Made Moderately Complex, section 4.1',
  begin() {
    const cursor = new FactCursor()
    const decided = new DecidedConfigurations()
    return {
      afterStep(node) {
        decided.begin(node.machine)
        const { history, options } = node.machine.inspect
        const { committedIndex } = node.machine.status()
        for (const fact of cursor.fresh(node)) {
          if (fact.kind === 'chosen') decided.note(fact.entry)
          else if (fact.kind === 'proposed' && fact.entry.slot > committedIndex + options.alpha) {
            return `${node.id} proposes in slot ${fact.entry.slot} with ${committedIndex} chosen and a window of ${options.alpha}.`
          }
        }
        const slot = committedIndex + 1
        if (slot > decided.chosen + 1) return null
        const ours = history.at(slot)
        const theirs = decided.at(slot)
        if (theirs === null || theirs === ours) return null
        const votersOf = ({ quorum }: typeof ours): string => quorum.voters.join(', ')
        return votersOf(ours) === votersOf(theirs)
          ? null
          : `${node.id} has the voters ${votersOf(ours)} in slot ${slot}, where the chosen values say ${votersOf(theirs)}.`
      },
    }
  },
}
