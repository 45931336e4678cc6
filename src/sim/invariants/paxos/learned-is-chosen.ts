import type { Accepted, PaxosMachine } from '../../../core/paxos'
import type { Invariant, NodeView } from '../../invariant'
import { DecidedConfigurations, FactCursor, named } from './value'

/** A slot that someone takes for chosen, without a quorum that is known to hold it. */
interface Unproven {
  readonly by: string
  readonly entry: Accepted
  /** Voters that may hold it and have not been looked at since: what they last wrote is not known before. */
  readonly unseen: Set<string>
}

export const learnedIsChosen: Invariant<PaxosMachine> = {
  name: 'Learning: a value is taken for chosen only when a quorum has accepted it in one ballot, durably',
  source: 'Lamport, Paxos Made Simple, section 2.1 and section 2.3',
  begin() {
    const cursor = new FactCursor()
    const configurations = new DecidedConfigurations()
    /** Slot, then ballot, then who has accepted in it. */
    const tallies = new Map<number, Map<number, Set<string>>>()
    const unproven = new Map<number, Unproven>()

    const count = (id: string, slot: number, ballot: number): void => {
      if (slot <= configurations.chosen && !unproven.has(slot)) return
      const ballots = tallies.get(slot) ?? new Map<number, Set<string>>()
      tallies.set(slot, ballots)
      const acceptors = ballots.get(ballot)
      if (acceptors) acceptors.add(id)
      else ballots.set(ballot, new Set([id]))
    }
    const isProven = (slot: number): boolean => {
      const configuration = configurations.at(slot)
      if (!configuration) return true
      return [...(tallies.get(slot)?.values() ?? [])].some((acceptors) => configuration.isQuorum((id) => acceptors.has(id)))
    }
    const learned = (id: string, entry: Accepted): void => {
      if (entry.slot <= configurations.chosen || unproven.has(entry.slot)) return
      if (!isProven(entry.slot)) unproven.set(entry.slot, { by: id, entry, unseen: new Set(configurations.at(entry.slot)?.quorum.voters) })
      else tallies.delete(entry.slot)
      configurations.note(entry)
    }
    const look = (node: NodeView<PaxosMachine>): string | null => {
      for (const [slot, { by, entry, unseen }] of unproven) {
        unseen.delete(node.id)
        if (isProven(slot)) unproven.delete(slot)
        else if (unseen.size === 0) return `${by} takes ${named(entry)} for chosen, and no quorum has accepted it.`
      }
      return null
    }
    return {
      afterStep(node) {
        configurations.begin(node.machine)
        const facts = cursor.fresh(node)
        for (const fact of facts) if (fact.kind === 'accepted') count(node.id, fact.entry.slot, fact.asked)
        for (const fact of facts) if (fact.kind === 'chosen') learned(node.id, fact.entry)
        return unproven.size === 0 ? null : look(node)
      },
      afterRestart(node) {
        // A crash may come between a write and the word of it.
        for (const slot of unproven.keys()) {
          const held = node.machine.inspect.accepted(slot)
          if (held) count(node.id, slot, held.ballot)
        }
        return unproven.size === 0 ? null : look(node)
      },
    }
  },
}
