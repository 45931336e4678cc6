/** Two sets that only grow: broadcast (what every node is to hear) and g-set. */
import { canonicalJson, errorBody, objectOf, stringsOf, type Body, type Json } from './message'
import { Gossip } from './gossip'
import type { Host, OpenWorkload } from './workload'

/** A set is a map from each element's text to the element, wrapped since an element may be null. */
type Element = readonly [Json]

const ELEMENT_CHARACTERS_MAX = 256 * 1024

const openSet = (host: Host): Gossip<Element> => new Gossip<Element>(host, {
  parse: (raw) => (Array.isArray(raw) && raw.length === 1 ? raw as unknown as Element : null),
  join: (old) => old,
})

const elements = (set: Gossip<Element>): Json[] => set.values().map(([element]) => element)

function add(set: Gossip<Element>, element: Json | undefined, done: Body): Body {
  if (element === undefined) return errorBody('malformedRequest', 'There is nothing to add.')
  const key = canonicalJson(element)
  if (key.length > ELEMENT_CHARACTERS_MAX) return errorBody('malformedRequest', `An element is at most ${ELEMENT_CHARACTERS_MAX} characters of JSON.`)
  set.set(key, [element])
  return done
}

export const openGrowOnlySet: OpenWorkload = (host) => {
  const set = openSet(host)
  return {
    request: (body, answer) => {
      if (body.type === 'add') answer(add(set, body['element'], { type: 'add_ok' }))
      else if (body.type === 'read') answer({ type: 'read_ok', value: elements(set) })
      else return false
      return true
    },
    hear: (from, body) => { set.hear(from, body) },
    stop: () => undefined,
  }
}

export const openBroadcast: OpenWorkload = (host) => {
  const set = openSet(host)
  const connect = (body: Body): Body => {
    const topology = objectOf(body['topology'])
    // The line of a single node names no node at all.
    const neighbours = topology === null ? null : stringsOf(topology[host.nodeId] ?? [])
    if (neighbours === null) return errorBody('malformedRequest', 'topology maps nodes to lists of their neighbours.')
    const known = neighbours.filter((id) => id !== host.nodeId && host.nodeIds.includes(id))
    // A node without neighbours would hear nothing: it keeps all the others.
    if (known.length > 0) set.setPeers(known)
    return { type: 'topology_ok' }
  }
  return {
    request: (body, answer) => {
      if (body.type === 'broadcast') answer(add(set, body['message'], { type: 'broadcast_ok' }))
      else if (body.type === 'read') answer({ type: 'read_ok', messages: elements(set) })
      else if (body.type === 'topology') answer(connect(body))
      else return false
      return true
    },
    hear: (from, body) => { set.hear(from, body) },
    stop: () => undefined,
  }
}
