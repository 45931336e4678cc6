/** Sizes of the log on disk. Changing a default is safe: each segment says in its header how long it is. */
export const WAL_LIMITS = {
  /** A segment is written with zeros ahead of use, so that fdatasync has no size change to journal. */
  segmentBytesDefault: 16 * 1024 * 1024,
  segmentBytesMin: 4 * 1024,
  segmentBytesMax: 1024 * 1024 * 1024,
  /** One record with its header; a segment holds at least one such record or is as large as it can be. */
  recordBytesMax: 8 * 1024 * 1024,
  /** A flush carries at most this much, plus one record. */
  batchBytesMax: 4 * 1024 * 1024,
  batchBytesInitial: 64 * 1024,
  /** Zeros are written in pieces of this size, so that preparing a segment does not hold up the log. */
  zeroBytesPerWrite: 512 * 1024,
  /** The next segment is prepared once this share of the current one is used. */
  prepareAtShare: 0.25,
  /** Larger writes are handed to another thread: copying takes time, and the system may hold up who dirties many pages. */
  directWriteBytesMax: 16 * 1024,
  /** Flushes run on this thread while they take less than this on average ... */
  directFlushMeanMsMax: 0.6,
  /** (the average forgets as fast as this share of each new one) */
  directFlushGain: 1 / 32,
  /** ... and none took this long among the last so many. */
  directFlushSlowMs: 4,
  directFlushPause: 256,
  flushSamplesKept: 1024,
} as const
