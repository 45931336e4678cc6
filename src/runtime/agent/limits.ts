export const AGENT_PROCESS_LIMITS = {
  /** A process that is to end does so by then, whatever is still open. */
  exitTimeoutMs: 2_000,
  /** After a pause of the process (SIGSTOP, sleep) at most so many ticks are made up for; the rest never happened. */
  ticksAtOnceMax: 3,
  /** With reads by lease so many at least, or an election timeout of them: then no lease that was held before the pause is held after it. */
  ticksAtOnceMaxLeased: 10,
  /** `changed` is sent at most once in this time. */
  changedIntervalMs: 50,
  /** Message rates are taken over at least this long. */
  rateWindowMs: 400,
  diskCheckIntervalMs: 5_000,
  /** Free bytes below which the node raises an alarm: about the next two log segments. */
  diskFreeBytesMin: 64 * 1024 * 1024,
  /** A proof that another member broke the protocol is an alarm for this long. */
  accusationMs: 15_000,
  requestsPerClientMax: 16_384,
  /** How often whoever leads looks for sessions that nobody used for their time to live. */
  sessionSweepMs: 5_000,
  /** Ends of sessions proposed in one look; the others are for the next. */
  sessionsEndedAtOnceMax: 64,
  /** First start-up message; without one the process ends. */
  firstMessageTimeoutMs: 30_000,
} as const

export const LOAD_LIMITS = {
  sampleIntervalMs: 1_000,
  dispatchIntervalMs: 5,
  operationTimeoutMs: 2_000,
  sessionTimeoutMs: 2_000,
  /** A client that failed waits this long before it tries again, so that an unreachable cluster is not hammered. */
  pauseAfterFailureMs: 100,
  /** Tokens that may collect while clients are busy, as time at the full rate. */
  burstMs: 100,
  keysPerClient: 16,
} as const
