/**
 * Spreads a map to all nodes over a network that loses messages: state-based replication with deltas (Almeida, Shoker and Baquero,
 * "Delta state replicated data types", 2018). Two values of one key are joined, and a join is commutative, associative and idempotent,
 * so neither order nor repetition matters. What a peer has not acknowledged is sent to it again until it has.
 */
import type { Body, Json } from './message'
import type { Host } from './workload'

/** An unanswered message to a peer is sent again after so long. */
const RETRY_MS = 400
const CHECK_MS = 100
/** Items of one message; the rest follows with the answer. */
const ITEMS_MAX = 512
/** Of JSON, so that no line comes near what a reader takes for one; a larger item goes alone. */
const MESSAGE_CHARACTERS_MAX = 1024 * 1024

export interface Lattice<Value extends Json> {
  /** Null where a message holds something else. */
  readonly parse: (raw: Json) => Value | null
  /** The old value itself where the new one adds nothing. */
  readonly join: (old: Value, fresh: Value) => Value
}

interface Peer {
  /** Keys whose present value it may lack. */
  readonly missing: Set<string>
  /**
   * The message it has not answered yet, sent again as it is: where an answer takes longer than a repetition, each of another number
   * would be taken for the answer to an older message, and the peer would never get beyond the first items.
   */
  sent: { readonly id: number; readonly items: readonly (readonly [string, Json])[]; atMs: number } | null
}

export class Gossip<Value extends Json> {
  readonly #host: Host
  readonly #lattice: Lattice<Value>
  readonly #values = new Map<string, Value>()
  readonly #peers = new Map<string, Peer>()
  #nextId = 1

  constructor(host: Host, lattice: Lattice<Value>) {
    this.#host = host
    this.#lattice = lattice
    this.setPeers(host.nodeIds)
    host.every(CHECK_MS, () => { for (const id of this.#peers.keys()) this.#tell(id) })
  }

  values(): Value[] {
    return [...this.#values.values()]
  }

  /** Whom this node tells; together the nodes must reach each other. */
  setPeers(ids: readonly string[]): void {
    for (const id of this.#peers.keys()) if (!ids.includes(id)) this.#peers.delete(id)
    for (const id of ids) {
      if (id === this.#host.nodeId || this.#peers.has(id)) continue
      this.#peers.set(id, { missing: new Set(this.#values.keys()), sent: null })
      this.#tell(id)
    }
  }

  set(key: string, value: Value): void {
    if (!this.#join(key, value)) return
    for (const [id, peer] of this.#peers) {
      peer.missing.add(key)
      this.#tell(id)
    }
  }

  hear(from: string, body: Body): void {
    if (body.type === 'gossip') this.#learn(from, body)
    else if (body.type === 'gossip_ok') this.#acknowledged(from, body)
  }

  #join(key: string, value: Value): boolean {
    const old = this.#values.get(key)
    const joined = old === undefined ? value : this.#lattice.join(old, value)
    if (old === joined) return false
    this.#values.set(key, joined)
    return true
  }

  #learn(from: string, { id, items }: Body): void {
    if (typeof id !== 'number' || !Array.isArray(items)) return
    const learned: string[] = []
    for (const item of items as readonly Json[]) {
      if (!Array.isArray(item) || typeof item[0] !== 'string') continue
      const [key, raw = null] = item as [string, Json?]
      const value = this.#lattice.parse(raw)
      if (value === null) continue
      if (this.#join(key, value)) learned.push(key)
      // It has what it tells, which may be all there is.
      if (this.#lattice.join(value, this.#values.get(key) as Value) === value) this.#peers.get(from)?.missing.delete(key)
    }
    this.#host.send(from, { type: 'gossip_ok', id })
    for (const [peerId, peer] of this.#peers) {
      if (peerId === from) continue
      for (const key of learned) peer.missing.add(key)
      this.#tell(peerId)
    }
  }

  #acknowledged(from: string, { id }: Body): void {
    const peer = this.#peers.get(from)
    if (!peer?.sent || peer.sent.id !== id) return
    for (const [key, value] of peer.sent.items) if (this.#values.get(key) === value) peer.missing.delete(key)
    peer.sent = null
    this.#tell(from)
  }

  #tell(id: string): void {
    const peer = this.#peers.get(id) as Peer
    const nowMs = this.#host.nowMs()
    if (peer.missing.size === 0 || (peer.sent !== null && nowMs - peer.sent.atMs < RETRY_MS)) return
    peer.sent ??= { id: this.#nextId++, items: this.#itemsFor(peer), atMs: nowMs }
    peer.sent.atMs = nowMs
    this.#host.send(id, { type: 'gossip', id: peer.sent.id, items: peer.sent.items })
  }

  #itemsFor({ missing }: Peer): (readonly [string, Value])[] {
    const items: (readonly [string, Value])[] = []
    let characters = 0
    for (const key of missing) {
      const item = [key, this.#values.get(key) as Value] as const
      characters += JSON.stringify(item).length
      if (items.length >= ITEMS_MAX || (items.length > 0 && characters > MESSAGE_CHARACTERS_MAX)) break
      items.push(item)
    }
    return items
  }
}
