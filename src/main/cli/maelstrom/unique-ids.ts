/** Ids that no other node makes, and that this node does not make again even if it is started anew. */
import { randomBytes } from 'node:crypto'
import type { OpenWorkload } from './workload'

const START_BYTES = 8

export const openUniqueIds: OpenWorkload = ({ nodeId }) => {
  const start = randomBytes(START_BYTES).toString('hex')
  let count = 0
  return {
    request: (body, answer) => {
      if (body.type !== 'generate') return false
      answer({ type: 'generate_ok', id: `${nodeId}-${start}-${++count}` })
      return true
    },
    hear: () => undefined,
    stop: () => undefined,
  }
}
