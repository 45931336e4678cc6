import type { PbftMachine } from '../../../core/pbft'
import type { Invariant } from '../../invariant'
import { TraceCursor } from './trace-cursor'

/** What is committed in one view is what every later view proposes at its sequence number: prepared certificates survive view changes. */
export const carriedOver: Invariant<PbftMachine> = {
  name: 'Prepared Certificates Survive View Changes',
  source: 'Castro and Liskov, OSDI 1999, section 4.5.1; TOCS 2002, section 4.5.1',
  begin() {
    const cursor = new TraceCursor()
    const committed = new Map<number, { readonly view: number; readonly digest: string }>()
    const proposed = new Map<number, { readonly view: number; readonly digest: string }[]>()
    const broken = (node: string, sequence: number, view: number, of: number): string =>
      `${node}: what was committed in view ${of} at sequence number ${sequence} is another batch in view ${view}.`
    return {
      afterStep(node) {
        for (const entry of cursor.take(node)) {
          if (entry.kind === 'committed') {
            const { sequence, view, digest } = entry
            const known = committed.get(sequence)
            if (!known || view < known.view) committed.set(sequence, { view, digest })
            const other = proposed.get(sequence)?.find((each) => each.view > view && each.digest !== digest)
            if (other) return broken(node.id, sequence, other.view, view)
          } else if (entry.kind === 'proposed') {
            const { sequence, view, digest } = entry
            const known = committed.get(sequence)
            if (known && view > known.view && known.digest !== digest) return broken(node.id, sequence, view, known.view)
            const all = proposed.get(sequence) ?? []
            if (!all.some((each) => each.view === view && each.digest === digest)) all.push({ view, digest })
            proposed.set(sequence, all)
          }
        }
        return null
      },
    }
  },
}
