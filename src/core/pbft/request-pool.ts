/** Requests that are known here and not yet executed, oldest first: this node's own, with who waits for them, and those passed on by others. */
import { REQUEST_BYTES_PER_SOURCE_MAX, REQUESTS_PER_SOURCE_MAX } from './limits'
import type { Item } from './types'

export interface PendingRequest {
  readonly item: Item
  /** The replica on whose account it is kept; this node for its clients' own. */
  readonly source: number
  /** Proposals of this node that wait for it. */
  readonly tokens: number[]
  /** Reads of this node that wait for it, where it is a marker. */
  readonly reads: number[]
  readonly sinceTick: number
  /** It was last passed on at this tick; null: not in this view. */
  sentAtTick: number | null
  /** How often it was passed on in this view. */
  sentCount: number
  /** The primary gave it a place in this view. */
  isAssigned: boolean
}

interface Account {
  requests: number
  bytes: number
}

export class RequestPool {
  readonly #pending = new Map<string, PendingRequest>()
  readonly #accounts: Account[]
  #unsent = 0

  constructor(replicas: number) {
    this.#accounts = Array.from({ length: replicas }, () => ({ requests: 0, bytes: 0 }))
  }

  get size(): number {
    return this.#pending.size
  }

  /** Requests that were not yet passed on, or given a place, in this view. */
  get hasNew(): boolean {
    return this.#unsent > 0
  }

  get(id: string): PendingRequest | undefined {
    return this.#pending.get(id)
  }

  values(): IterableIterator<PendingRequest> {
    return this.#pending.values()
  }

  oldest(): PendingRequest | null {
    for (const request of this.#pending.values()) return request
    return null
  }

  /** The request, new or already known; null where `source` has too many that wait. */
  add(item: Item, source: number, tick: number): PendingRequest | null {
    const known = this.#pending.get(item.id)
    if (known) return known
    const account = this.#accounts[source] as Account
    if (account.requests >= REQUESTS_PER_SOURCE_MAX || account.bytes + item.data.length > REQUEST_BYTES_PER_SOURCE_MAX) return null
    account.requests++
    account.bytes += item.data.length
    const request = { item, source, tokens: [], reads: [], sinceTick: tick, sentAtTick: null, sentCount: 0, isAssigned: false }
    this.#pending.set(item.id, request)
    this.#unsent++
    return request
  }

  markSent(request: PendingRequest, tick: number): void {
    if (request.sentAtTick === null && !request.isAssigned) this.#unsent--
    request.sentAtTick = tick
    request.sentCount++
  }

  markAssigned(request: PendingRequest): void {
    if (request.sentAtTick === null && !request.isAssigned) this.#unsent--
    request.isAssigned = true
  }

  take(id: string): PendingRequest | null {
    const request = this.#pending.get(id)
    if (!request) return null
    this.#pending.delete(id)
    if (request.sentAtTick === null && !request.isAssigned) this.#unsent--
    const account = this.#accounts[request.source] as Account
    account.requests--
    account.bytes -= request.item.data.length
    return request
  }

  /** A new view: everything has to be ordered, or passed on, anew. */
  beginView(): void {
    this.#unsent = this.#pending.size
    for (const request of this.#pending.values()) {
      request.sentAtTick = null
      request.sentCount = 0
      request.isAssigned = false
    }
  }
}
