import type { PbftMachine } from '../../../core/pbft'
import type { Invariant } from '../../invariant'
import { TraceCursor } from './trace-cursor'

/** No two correct replicas commit, or execute, different batches at one sequence number. */
export const agreement: Invariant<PbftMachine> = {
  name: 'Agreement',
  source: 'Castro and Liskov, OSDI 1999, section 4.2 (invariant of committed-local); TOCS 2002, section 3',
  begin() {
    const cursor = new TraceCursor()
    const decided = new Map<number, { readonly digest: string; readonly by: string }>()
    return {
      afterStep(node) {
        for (const entry of cursor.take(node)) {
          if (entry.kind !== 'committed' && entry.kind !== 'executed') continue
          const first = decided.get(entry.sequence)
          if (!first) decided.set(entry.sequence, { digest: entry.digest, by: node.id })
          else if (first.digest !== entry.digest) {
            const [here, there] = [entry.digest.slice(0, 8), first.digest.slice(0, 8)]
            return `${node.id} ${entry.kind} ${here} at sequence number ${entry.sequence}, where ${first.by} has ${there}.`
          }
        }
        return null
      },
    }
  },
}
