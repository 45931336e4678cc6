/**
 * A counter that only grows (Shapiro et al., "A comprehensive study of convergent and commutative replicated data types", 2011, section
 * 3.1.2): each node counts what it was asked to add; the value is the sum over all nodes, and of two counts of a node the greater is later.
 */
import { errorBody, type Body, type Json } from './message'
import { Gossip } from './gossip'
import type { OpenWorkload } from './workload'

const isCount = (value: Json | undefined): value is number => Number.isSafeInteger(value) && (value as number) >= 0

export const openGrowOnlyCounter: OpenWorkload = (host) => {
  const counts = new Gossip<number>(host, { parse: (raw) => (isCount(raw) ? raw : null), join: Math.max })
  let own = 0
  const add = (delta: Json | undefined): Body => {
    if (!isCount(delta) || !Number.isSafeInteger(own + delta)) return errorBody('malformedRequest', 'delta is an integer that is not negative.')
    own += delta
    counts.set(host.nodeId, own)
    return { type: 'add_ok' }
  }
  return {
    request: (body, answer) => {
      if (body.type === 'add') answer(add(body['delta']))
      else if (body.type === 'read') answer({ type: 'read_ok', value: counts.values().reduce((sum, count) => sum + count, 0) })
      else return false
      return true
    },
    hear: (from, body) => { counts.hear(from, body) },
    stop: () => undefined,
  }
}
