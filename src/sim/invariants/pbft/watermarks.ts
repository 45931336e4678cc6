import type { PbftMachine } from '../../../core/pbft'
import type { Invariant } from '../../invariant'
import { TraceCursor } from './trace-cursor'

/** The low watermark is the last stable checkpoint, and no pre-prepare is accepted above the high one. */
export const watermarks: Invariant<PbftMachine> = {
  name: 'Watermarks',
  source: 'Castro and Liskov, OSDI 1999, section 4.3',
  begin() {
    const cursor = new TraceCursor()
    const lows = new Map<string, { readonly incarnation: number; readonly low: number }>()
    return {
      afterStep(node) {
        if (node.isByzantine) return null
        const { low, high } = node.machine.watermarks
        const before = lows.get(node.id)
        const isSame = before?.incarnation === node.incarnation
        if (isSame && low < before.low) return `${node.id}'s low watermark went back from ${before.low} to ${low}.`
        let stable = isSame ? before.low : low
        for (const entry of cursor.take(node)) {
          if (entry.kind === 'stable') stable = entry.sequence
          if (entry.kind === 'proposed' && entry.sequence > high) {
            return `${node.id} accepted sequence number ${entry.sequence}, above its high watermark ${high}.`
          }
        }
        if (stable !== low) return `${node.id}'s low watermark is ${low}, its last stable checkpoint ${stable}.`
        lows.set(node.id, { incarnation: node.incarnation, low })
        return null
      },
    }
  },
}
