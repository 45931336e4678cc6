/** Unreliable, unordered-across-peers delivery of frames between the nodes of one cluster. */
export interface LinkStatistics {
  readonly peerId: string
  readonly connected: boolean
  /** Smoothed round trip, measured by the transport's own probes; null before the first. */
  readonly rttMs: number | null
  /** Sent to the peer over the last second or so. */
  readonly bytesPerSecond: number
  /** Since something was last received from the peer; null if nothing ever was. */
  readonly silentForMs: number | null
}

export interface Transport {
  /** Queues a frame; drops it when the peer's queue is full or the link is down. Never blocks, never throws. `kind` is for whoever watches. */
  send(to: string, frame: Uint8Array, kind?: string): void
  statistics(): readonly LinkStatistics[]
}
