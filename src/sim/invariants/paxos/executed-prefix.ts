import type { Accepted, PaxosMachine } from '../../../core/paxos'
import type { Invariant, NodeView } from '../../invariant'
import { FactCursor, isSameValue, named } from './value'

export const executedPrefix: Invariant<PaxosMachine> = {
  name: 'Executed prefix: slot by slot without a gap, and equal on all members',
  source: 'van Renesse and Altinbuken, Paxos Made Moderately Complex, section 2.1 (R1 to R4)',
  begin() {
    const cursor = new FactCursor()
    const chosen = new Map<number, Accepted>()
    const places = new Map<string, { incarnation: number; at: number }>()
    return {
      afterStep(node) {
        const { firstIndex, committedIndex } = node.machine.status()
        let place = places.get(node.id)
        if (!place || place.incarnation !== node.incarnation) places.set(node.id, (place = { incarnation: node.incarnation, at: -1 }))
        for (const fact of cursor.fresh(node)) {
          if (fact.kind !== 'chosen') continue
          const { entry } = fact
          // A snapshot takes a member over many slots at once.
          if (place.at >= 0 && entry.slot !== place.at + 1 && entry.slot !== firstIndex) return `${node.id} goes from slot ${place.at} to slot ${entry.slot}.`
          place.at = entry.slot
          const before = chosen.get(entry.slot)
          if (!before) chosen.set(entry.slot, entry)
          else if (!isSameValue(before, entry)) return `${node.id} has ${named(entry)}, and another member has ${named(before)}.`
        }
        place.at = committedIndex
        return null
      },
    }
  },
}

interface Marks {
  incarnation: number
  committed: number
  applied: number
  first: number
}

export const monotonic: Invariant<PaxosMachine> = {
  name: 'Chosen, applied and trimmed never go back, and keep their order',
  source: 'van Renesse and Altinbuken, Paxos Made Moderately Complex, section 2.1 (slot_out)',
  begin() {
    const marks = new Map<string, Marks>()
    return {
      afterStep(node) {
        const now = marksOf(node)
        const before = marks.get(node.id)
        marks.set(node.id, now)
        if (now.applied > now.committed) return `${node.id} has applied slot ${now.applied}, and only ${now.committed} are chosen.`
        if (before?.incarnation !== now.incarnation) return null
        for (const what of ['committed', 'applied', 'first'] as const) {
          if (now[what] < before[what]) return `${node.id}: ${what} goes back from ${before[what]} to ${now[what]}.`
        }
        return null
      },
    }
  },
}

function marksOf(node: NodeView<PaxosMachine>): Marks {
  const { committedIndex, appliedIndex, firstIndex } = node.machine.status()
  return { incarnation: node.incarnation, committed: committedIndex, applied: appliedIndex, first: firstIndex }
}

export const trimming: Invariant<PaxosMachine> = {
  name: 'Trimming: only what a durable snapshot holds is forgotten',
  source: 'van Renesse and Altinbuken, Paxos Made Moderately Complex, section 4.2; Chandra et al., Paxos Made Live, section 5.5',
  begin: () => ({ afterStep: coveredBy, afterRestart: coveredBy }),
}

function coveredBy(node: NodeView<PaxosMachine>): string | null {
  const { firstIndex } = node.machine.status()
  const { snapshotIndex } = node.machine.inspect
  return firstIndex > snapshotIndex + 1 ? `${node.id} holds slots from ${firstIndex} on, and its snapshot ends at ${snapshotIndex}.` : null
}
