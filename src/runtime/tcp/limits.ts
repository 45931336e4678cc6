export const TCP_LIMITS = {
  /** Between nodes. */
  frameBytesMax: 8 * 1024 * 1024,
  /** From a client. */
  clientFrameBytesMax: 1024 * 1024,
  helloBytesMax: 1024,
  /** A connection that has not said hello by then is closed. */
  helloTimeoutMs: 3_000,
  dialTimeoutMs: 2_000,
  redialMsMin: 20,
  redialMsMax: 500,
  /** Bytes queued to one peer; the newest frame is dropped when it does not fit. The protocol sends again. */
  peerQueueBytesMax: 32 * 1024 * 1024,
  /** Bytes queued to one client; a client that does not read is disconnected. */
  clientQueueBytesMax: 32 * 1024 * 1024,
  clientsMax: 1024,
  probeIntervalMs: 200,
  /** A link whose probes are unanswered for this long counts as not connected. */
  probeTimeoutMs: 1_000,
  /**
   * A connection on which nothing is answered for this long is given up and dialled anew. Long, since a link rule may delay
   * answers by seconds; a peer that restarted resets the old connection by itself.
   */
  deadAfterMs: 30_000,
} as const
