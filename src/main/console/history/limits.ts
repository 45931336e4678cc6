/** Everything here that is bounded, with its unit. */
export const HISTORY_LIMITS = {
  /** Observations and samples reach the file this often: what a crash can lose. */
  flushEveryMs: 1_000,
  /** After the disk refused: the wait before the next try. */
  retryAfterMs: 5_000,
  /** How long to wait for a lock that another process holds. */
  lockTimeoutMs: 1_000,
  /** Larger files are not read through at start; damage there is found when it is met. */
  quickCheckBytesMax: 256 * 1024 * 1024,
  walBytesMax: 16 * 1024 * 1024,
  /** Samples of a series before its head is sealed into a chunk, and the longest a head may wait. */
  chunkSamples: 512,
  headAgeMsMax: 2 * 3_600_000,
  headSamplesMax: 500_000,
  /** Observations of one member in one segment, and the longest stretch of one. */
  segmentRecords: 256,
  segmentAgeMsMax: 15 * 60_000,
  /** Decoded segments kept at hand for scrubbing. */
  segmentsCached: 64,
  /** Segments read for one answer: a few hundred milliseconds' work. */
  segmentsPerReadMax: 48,
  /** Answers stay below the wire's 4 MiB with room to spare. */
  answerCharactersMax: 3 * 1024 * 1024,
  /** An unchanged observation is repeated in a recording this often, so that silence shows as silence. */
  refreshEveryMs: 1_000,
  /** A member that is not expected any more is shown for this long after its last word. */
  formerMemberShownMs: 10 * 60_000,
  /** Kept in memory while the disk refuses. */
  pendingObservationsMax: 20_000,
  pendingWritesMax: 5_000,
  exportRowsMax: 20_000,
  /** How often old rows are looked for, and how many go at a time. */
  retainEveryMs: 60_000,
  deletedRowsMax: 2_000,
  vacuumPagesMax: 512,
} as const
