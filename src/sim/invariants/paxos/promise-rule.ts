import type { Accepted, PaxosMachine } from '../../../core/paxos'
import type { Invariant, NodeView } from '../../invariant'
import { FactCursor, named } from './value'

/** What one acceptor has answered for, over all its incarnations. */
interface Answered {
  promised: number
  readonly accepted: Map<number, Accepted>
}

export const promiseRule: Invariant<PaxosMachine> = {
  name: 'Promise: an acceptor accepts nothing below what it has promised, and forgets neither',
  source: 'Lamport, Paxos Made Simple, section 2.2 (P1a), and section 2.5 for what survives a crash',
  begin() {
    const cursor = new FactCursor()
    const answered = new Map<string, Answered>()
    const of = (id: string): Answered => {
      let found = answered.get(id)
      if (!found) answered.set(id, (found = { promised: 0, accepted: new Map() }))
      return found
    }
    return {
      afterStep(node) {
        const { promised: now, grants } = node.machine.inspect
        const held = of(node.id)
        for (const fact of cursor.fresh(node)) {
          if (fact.kind === 'promised') held.promised = Math.max(held.promised, fact.ballot)
          else if (fact.kind === 'accepted') held.accepted.set(fact.entry.slot, fact.entry)
          else if (fact.kind === 'chosen') held.accepted.delete(fact.entry.slot)
          // To record a value in a ballot is to promise it.
          if ((fact.kind === 'accepted' || fact.kind === 'chosen') && fact.entry.ballot > now) {
            return `${node.id} holds ${named(fact.entry)}, and has promised no more than ballot ${now}.`
          }
          if (fact.kind === 'granted' && fact.asked < fact.promised) {
            return `${node.id} accepts in ballot ${fact.asked}, and has promised ballot ${fact.promised}.`
          }
        }
        if (grants > now) return `${node.id} grants a lease in ballot ${grants}, and has promised no more than ballot ${now}.`
        return now < held.promised ? `${node.id} has promised ballot ${held.promised}, and goes back to ${now}.` : null
      },
      afterRestart: (node) => rememberedBy(node, of(node.id)),
    }
  },
}

function rememberedBy(node: NodeView<PaxosMachine>, { promised, accepted }: Answered): string | null {
  const { inspect } = node.machine
  if (inspect.promised < promised) return `${node.id} has promised ballot ${promised}, and knows only of ${inspect.promised} after its restart.`
  const { committedIndex } = node.machine.status()
  for (const [slot, entry] of accepted) {
    if (slot <= committedIndex) accepted.delete(slot)
    else if ((inspect.accepted(slot)?.ballot ?? 0) < entry.ballot) return `${node.id} has accepted ${named(entry)}, and has lost it after its restart.`
  }
  return null
}
