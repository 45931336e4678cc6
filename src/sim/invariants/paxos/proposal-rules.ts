import type { Accepted, PaxosMachine } from '../../../core/paxos'
import type { Invariant } from '../../invariant'
import { DecidedConfigurations, FactCursor, isSameValue, named } from './value'

export const uniqueProposer: Invariant<PaxosMachine> = {
  name: 'Ballots: one proposer, in one incarnation, for each ballot',
  source: 'Lamport, Paxos Made Simple, section 2.5; van Renesse and Altinbuken, section 2.2',
  begin() {
    const cursor = new FactCursor()
    const owners = new Map<number, string>()
    return {
      afterStep(node) {
        const owner = `${node.id}, incarnation ${node.incarnation}`
        for (const fact of cursor.fresh(node)) {
          if (fact.kind === 'asked' && node.machine.inspect.promisedDurable < fact.ballot) {
            return `${owner} asks for promises in ballot ${fact.ballot}, which it would not know of after a crash.`
          }
          if (fact.kind !== 'prepared' && fact.kind !== 'proposed' && fact.kind !== 'asked') continue
          const before = owners.get(fact.ballot)
          if (before === undefined) owners.set(fact.ballot, owner)
          else if (before !== owner) return `${owner} uses ballot ${fact.ballot}, and so did ${before}.`
        }
        return null
      },
    }
  },
}

export const oneValuePerBallot: Invariant<PaxosMachine> = {
  name: 'One value for each slot and ballot',
  source: 'van Renesse and Altinbuken, Paxos Made Moderately Complex, section 2.2 (C1)',
  begin() {
    const cursor = new FactCursor()
    const proposed = new Map<number, Map<number, Accepted>>()
    return {
      afterStep(node) {
        for (const fact of cursor.fresh(node)) {
          if (fact.kind !== 'proposed') continue
          const { entry, ballot } = fact
          const slots = proposed.get(ballot) ?? new Map<number, Accepted>()
          proposed.set(ballot, slots)
          const before = slots.get(entry.slot)
          if (before && !isSameValue(before, entry)) return `${node.id} proposes ${named(entry)}, and ${named(before)} before it.`
          slots.set(entry.slot, entry)
        }
        return null
      },
    }
  },
}

export const preparedForSlot: Invariant<PaxosMachine> = {
  name: 'Phase 1: a proposer has the promises of a majority of the configuration of every slot that it proposes in',
  source: 'Lamport, Paxos Made Simple, section 2.2 (P2c); Lamport, Malkhi and Zhou, Reconfiguring a State Machine, section 3',
  begin() {
    const cursor = new FactCursor()
    const decided = new DecidedConfigurations()
    return {
      afterStep(node) {
        decided.begin(node.machine)
        const { reigns, isPreparedFor } = node.machine.inspect
        for (const fact of cursor.fresh(node)) {
          if (fact.kind === 'chosen') decided.note(fact.entry)
          // What was proposed before a reign that ended in this turn is looked at no more: who had promised is forgotten with it.
          if (fact.kind !== 'proposed' || fact.ballot !== reigns) continue
          const configuration = decided.at(fact.entry.slot)
          if (configuration && !isPreparedFor(configuration)) {
            return `${node.id} proposes ${named(fact.entry)}, without the promises of ${configuration.quorum.voters.join(', ')}.`
          }
        }
        return null
      },
    }
  },
}

export const chosenIsSafe: Invariant<PaxosMachine> = {
  name: 'Safety of proposals: above the ballot in which a value is chosen, only that value is proposed',
  source: 'Lamport, Paxos Made Simple, section 2.2 (P2b)',
  begin() {
    const cursor = new FactCursor()
    const chosen = new Map<number, Accepted>()
    /** The highest proposal of each slot: a value may be found to be chosen after it was proposed against. */
    const highest = new Map<number, Accepted>()
    const against = (value: Accepted, proposal: Accepted): string | null =>
      proposal.ballot > value.ballot && !isSameValue(value, proposal)
        ? `${named(value)} is chosen, and ballot ${proposal.ballot} proposes ${named(proposal)}.`
        : null
    return {
      afterStep(node) {
        for (const fact of cursor.fresh(node)) {
          if (fact.kind === 'chosen') {
            const { entry } = fact
            const before = chosen.get(entry.slot)
            if (!before || entry.ballot < before.ballot) chosen.set(entry.slot, entry)
            const proposal = highest.get(entry.slot)
            const broken = proposal ? against(entry, proposal) : null
            if (broken) return broken
          } else if (fact.kind === 'proposed') {
            const { entry } = fact
            const value = chosen.get(entry.slot)
            const broken = value ? against(value, entry) : null
            if (broken) return broken
            if (entry.ballot > (highest.get(entry.slot)?.ballot ?? 0)) highest.set(entry.slot, entry)
          }
        }
        return null
      },
    }
  },
}
