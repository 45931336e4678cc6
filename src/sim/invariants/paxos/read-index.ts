import type { PaxosMachine } from '../../../core/paxos'
import type { Invariant } from '../../invariant'
import { FactCursor } from './value'

export const readIndex: Invariant<PaxosMachine> = {
  name: 'Linearizable reads: a read sees all that was known to be chosen when its round began',
  source: "Ongaro's thesis, section 6.4, with ballots; Paxos Made Live, section 5.2, for leases",
  begin() {
    const cursor = new FactCursor()
    let chosen = 0
    const floors = new Map<string, number>()
    return {
      afterStep(node) {
        for (const fact of cursor.fresh(node)) {
          if (fact.kind === 'chosen') chosen = Math.max(chosen, fact.entry.slot)
          else if (fact.kind === 'read-begun') floors.set(`${node.id}/${fact.ballot}/${fact.round}`, chosen)
          else if (fact.kind === 'read-safe') {
            const floor = floors.get(`${node.id}/${fact.ballot}/${fact.round}`) ?? chosen
            floors.delete(`${node.id}/${fact.ballot}/${fact.round}`)
            if (fact.index < floor) return `${node.id} serves a read as of slot ${fact.index}, and slot ${floor} was chosen before it began.`
          }
        }
        return null
      },
    }
  },
}
