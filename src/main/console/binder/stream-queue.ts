/** The bounded queue between whoever produces a stream and a receiver that may be slow. */

export interface StreamQueueOptions {
  readonly policy: 'coalesce' | 'drop-oldest'
  readonly itemsMax: number
  readonly inFlightMax: number
  /** `dropped`: payloads discarded since the last one that was sent. */
  send(payload: unknown, dropped: number): void
}

export interface StreamQueue {
  push(payload: unknown, key: string): void
  /** The receiver has taken that many. */
  took(items: number): void
  close(): void
  /** Waiting, not yet sent. */
  readonly waiting: () => number
}

export function createStreamQueue(options: StreamQueueOptions): StreamQueue {
  // A Map keeps insertion order, and replacing a value keeps its place: a busy key does not starve the others.
  const waiting = new Map<string | number, unknown>()
  let inFlight = 0
  let dropped = 0
  let sequence = 0
  let closed = false

  const drain = (): void => {
    for (const [key, payload] of waiting) {
      if (inFlight >= options.inFlightMax) return
      waiting.delete(key)
      inFlight += 1
      const lost = dropped
      dropped = 0
      options.send(payload, lost)
      if (closed) return
    }
  }

  return {
    push: (payload, key) => {
      if (closed) return
      waiting.set(options.policy === 'coalesce' ? key : sequence++, payload)
      drain()
      while (waiting.size > options.itemsMax) {
        const oldest = waiting.keys().next()
        if (oldest.done) break
        waiting.delete(oldest.value)
        dropped += 1
      }
    },
    took: (items) => {
      inFlight = Math.max(0, inFlight - items)
      if (!closed) drain()
    },
    close: () => {
      closed = true
      waiting.clear()
    },
    waiting: () => waiting.size,
  }
}
