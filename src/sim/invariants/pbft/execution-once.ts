import type { PbftMachine } from '../../../core/pbft'
import { REQUEST_WINDOW } from '../../../core/pbft/limits'
import type { Invariant } from '../../invariant'
import { TraceCursor } from './trace-cursor'

/** Each request is executed at one place of the order, and each replica executes places one after another. */
export const executionOnce: Invariant<PbftMachine> = {
  name: 'One Execution per Request',
  source: 'Castro and Liskov, OSDI 1999, section 4.1 (exactly-once by time stamps) and 4.2 (execution in order)',
  begin() {
    const cursor = new TraceCursor()
    const places = new Map<string, { readonly sequence: number; readonly ordinal: number }>()
    const last = new Map<string, { incarnation: number; sequence: number }>()
    let ordinal = 0
    return {
      afterStep(node) {
        for (const entry of cursor.take(node)) {
          if (entry.kind !== 'executed' && entry.kind !== 'installed') continue
          const before = last.get(node.id)
          const isNext = before?.incarnation !== node.incarnation || entry.kind === 'installed' || entry.sequence === before.sequence + 1
          if (!isNext) return `${node.id} executed sequence number ${entry.sequence} after ${before.sequence}.`
          last.set(node.id, { incarnation: node.incarnation, sequence: entry.sequence })
          if (entry.kind !== 'executed') continue
          const here = new Set<string>()
          for (const { id, isRepeat } of entry.requests) {
            if (isRepeat) continue
            if (here.has(id)) return `${node.id} executed request ${id.slice(0, 8)} twice at sequence number ${entry.sequence}.`
            here.add(id)
            const known = places.get(id)
            // Requests are remembered for so many others; after that the sessions of the state machine answer.
            if (known && known.sequence !== entry.sequence && ordinal - known.ordinal < REQUEST_WINDOW) {
              return `${node.id} executed request ${id.slice(0, 8)} at sequence number ${entry.sequence}; its place is ${known.sequence}.`
            }
            if (!known || known.sequence !== entry.sequence) places.set(id, { sequence: entry.sequence, ordinal: ++ordinal })
          }
        }
        return null
      },
    }
  },
}
