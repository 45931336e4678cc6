import type { PbftMachine } from '../../../core/pbft'
import type { Invariant } from '../../invariant'
import { TraceCursor } from './trace-cursor'

/** A new view follows from valid view changes and takes, for each place, the prepared certificate of the highest view among them. */
export const highestCertificate: Invariant<PbftMachine> = {
  name: 'New Views Take the Highest Certificate',
  source: 'Castro and Liskov, OSDI 1999, section 4.4 (computation of O)',
  begin() {
    const cursor = new TraceCursor()
    return {
      afterStep(node) {
        for (const entry of cursor.take(node)) {
          if (entry.kind !== 'entered') continue
          if (!entry.isFollowed) return `${node.id} entered view ${entry.view} by a new-view that does not follow from valid view changes.`
          const higher = entry.chosen.find(({ sequence, view }) => entry.given.some((each) => each.sequence === sequence && each.view > view))
          if (higher) {
            const { sequence, view } = higher
            return `${node.id} entered view ${entry.view} with the batch prepared in view ${view} at sequence number ${sequence}, where a later one was known.`
          }
        }
        return null
      },
    }
  },
}
