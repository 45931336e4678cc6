import type { Accepted, PaxosMachine } from '../../../core/paxos'
import type { Invariant } from '../../invariant'
import { DecidedConfigurations, FactCursor, isSameValue, named } from './value'

/** Who has accepted in one ballot of one slot, durably. */
interface Tally {
  readonly entry: Accepted
  readonly acceptors: Set<string>
}

/** Computed from what acceptors hold on their disks, not from what anyone believes. */
export const oneValueChosen: Invariant<PaxosMachine> = {
  name: 'Consistency: only one value is chosen in a slot',
  source: 'Lamport, Paxos Made Simple, section 2.1',
  begin() {
    const cursor = new FactCursor()
    const configurations = new DecidedConfigurations()
    const tallies = new Map<number, Map<number, Tally>>()
    const chosen = new Map<number, Accepted>()

    const accepted = (id: string, asked: number, entry: Accepted): string | null => {
      const ballots = tallies.get(entry.slot) ?? new Map<number, Tally>()
      tallies.set(entry.slot, ballots)
      let tally = ballots.get(asked)
      if (!tally) ballots.set(asked, (tally = { entry, acceptors: new Set() }))
      tally.acceptors.add(id)
      const { acceptors } = tally
      if (!configurations.at(entry.slot)?.isQuorum((each) => acceptors.has(each))) return null
      const before = chosen.get(entry.slot)
      if (!before) chosen.set(entry.slot, tally.entry)
      else if (!isSameValue(before, tally.entry)) return `${named(tally.entry)} is chosen, and so is ${named(before)}.`
      return null
    }
    return {
      afterStep(node) {
        configurations.begin(node.machine)
        for (const fact of cursor.fresh(node)) {
          if (fact.kind === 'chosen') {
            configurations.note(fact.entry)
            const before = chosen.get(fact.entry.slot)
            if (before && !isSameValue(before, fact.entry)) return `${node.id} takes ${named(fact.entry)} for chosen, but ${named(before)} is.`
            chosen.set(fact.entry.slot, before ?? fact.entry)
          } else if (fact.kind === 'accepted') {
            const broken = accepted(node.id, fact.asked, fact.entry)
            if (broken) return broken
          }
        }
        return null
      },
    }
  },
}
