/** Messages on their way: the network says when and whether they arrive, the trace hears of each. */
import { EVENTS } from './events'
import type { Delivery, Network } from './network'
import type { SimulatedNode } from './node'
import type { EventQueue, Scheduled } from './queue'
import type { Trace } from './trace'
import type { Twins } from './twins'
import type { DropReason } from './types'

interface PostWorld {
  readonly nowMs: number
  readonly network: Network
  readonly twins: Twins
  /** A fault that lay in wait for a message has taken it. */
  readonly struck: (kind: 'drop') => void
}

export class Post {
  readonly #world: PostWorld
  readonly #queue: EventQueue<SimulatedNode>
  readonly #trace: Trace
  #messages = 0

  constructor(world: PostWorld, queue: EventQueue<SimulatedNode>, trace: Trace) {
    this.#world = world
    this.#queue = queue
    this.#trace = trace
  }

  send(from: SimulatedNode, to: SimulatedNode, bytes: Uint8Array, kind: string): void {
    const trace = this.#trace
    const { nowMs, network, twins } = this.#world
    const id = ++this.#messages
    trace.counts.messagesSent++
    trace.hash.time(nowMs)
    trace.hash.number(from.index * 64 + to.index)
    trace.hash.bytes(bytes)
    const sent = twins.isHeard(from, to.id) ? network.send(from.id, to.id, nowMs) : { kind: 'lost' as const, why: 'partition' as const }
    if (sent.kind === 'lost') {
      if (sent.why === 'dropped') this.#world.struck('drop')
      if (trace.isTold) this.#tell(id, from.id, to.id, bytes, kind, nowMs, false)
      return this.#dropped(id, from.id, to.id, kind, sent.why)
    }
    this.#underWay(id, from, to, bytes, kind, sent.delivery, false)
    if (sent.duplicate === null) return
    trace.counts.messagesDuplicated++
    trace.did('message-duplicated')
    this.#underWay(++this.#messages, from, to, bytes, kind, sent.duplicate, true)
  }

  /** The process that a message reaches, paused perhaps; null where it is lost after all. */
  arrive(addressee: SimulatedNode, { from, a: id, b: copy, note: kind }: Scheduled<SimulatedNode>): SimulatedNode | null {
    const trace = this.#trace
    const { nowMs, network, twins } = this.#world
    if (network.isCut(from, addressee.id)) {
      this.#dropped(id, from, addressee.id, kind, 'partition')
      return null
    }
    const node = twins.hearer(addressee, from, copy)
    if (!node.isUp) {
      this.#dropped(id, from, addressee.id, kind, 'node-down')
      return null
    }
    trace.counts.messagesDelivered++
    trace.hash.number(id)
    if (trace.isTold) trace.tell({ kind: 'delivered', atMs: nowMs, id, from, to: addressee.id, message: kind })
    return node
  }

  #underWay(id: number, from: SimulatedNode, to: SimulatedNode, bytes: Uint8Array, kind: string, { atMs, isReordered }: Delivery, isDuplicate: boolean): void {
    const trace = this.#trace
    if (isReordered) {
      trace.counts.messagesReordered++
      trace.did('message-reordered')
    }
    this.#queue.push(atMs, EVENTS.deliver, to, id, from.copy, from.id, bytes, kind)
    if (trace.isTold) this.#tell(id, from.id, to.id, bytes, kind, atMs, isDuplicate)
  }

  #tell(id: number, from: string, to: string, bytes: Uint8Array, message: string, deliverAtMs: number, isDuplicate: boolean): void {
    this.#trace.tell({ kind: 'sent', atMs: this.#world.nowMs, id, from, to, message, bytes: bytes.length, deliverAtMs, isDuplicate })
  }

  #dropped(id: number, from: string, to: string, message: string, why: DropReason): void {
    this.#trace.counts.messagesDropped++
    if (this.#trace.isTold) this.#trace.tell({ kind: 'dropped', atMs: this.#world.nowMs, id, from, to, message, why })
  }
}
