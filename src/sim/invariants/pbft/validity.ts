import { toHex } from '../../../core/base'
import type { PbftMachine } from '../../../core/pbft'
import type { Invariant } from '../../invariant'
import { TraceCursor } from './trace-cursor'

const SHOWN_BYTES = 8

/** Every executed command was proposed by a client. Asks the run, where it keeps account. */
export const validity: Invariant<PbftMachine> = {
  name: 'Validity',
  source: 'Castro and Liskov, OSDI 1999, section 4.2 (requests are authenticated by their clients)',
  begin(world) {
    const cursor = new TraceCursor()
    return {
      afterStep(node) {
        for (const entry of cursor.take(node)) {
          if (entry.kind !== 'executed') continue
          const invented = entry.requests.find(({ command }) => world.wasProposed?.(command) === false)
          if (!invented) continue
          const shown = toHex(invented.command.subarray(0, SHOWN_BYTES))
          return `${node.id} executed ${shown}… at sequence number ${entry.sequence}, which no client proposed.`
        }
        return null
      },
    }
  },
}
