import type { PbftMachine } from '../../../core/pbft'
import type { Invariant } from '../../invariant'
import { TraceCursor } from './trace-cursor'

/** Views only rise, and a replica that has said that it left a view says nothing in it any more, not after a crash either. */
export const viewsMonotonic: Invariant<PbftMachine> = {
  name: 'Views Are Monotonic',
  source: 'Castro and Liskov, OSDI 1999, section 4.4',
  begin() {
    const cursor = new TraceCursor()
    const views = new Map<string, { readonly incarnation: number; readonly view: number }>()
    const left = new Map<string, number>()
    return {
      afterStep(node) {
        if (node.isByzantine) return null
        const { view } = node.machine
        const before = views.get(node.id)
        if (before?.incarnation === node.incarnation && view < before.view) return `${node.id} went back from view ${before.view} to ${view}.`
        views.set(node.id, { incarnation: node.incarnation, view })
        const gone = left.get(node.id) ?? 0
        if (view < gone) return `${node.id} is in view ${view} after it said that it left for ${gone}.`
        for (const entry of cursor.take(node)) if (entry.kind === 'left') left.set(node.id, Math.max(left.get(node.id) ?? 0, entry.view))
        return null
      },
    }
  },
}
