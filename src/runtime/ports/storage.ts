/**
 * A node's durable log of records, as the driver sees it. Appends complete in order; many appends may share one flush
 * (group commit). A record is typed bytes: the protocol's codec knows what is inside.
 */
import type { Result } from '../../core/base'
import type { LogRecord, RecordLocation, RecordReader } from '../../core/machine'

export type { LogRecord, RecordLocation, RecoveredRecord } from '../../core/machine'

export type StorageFailureCode = 'no-space' | 'disk-failed' | 'corrupt'

export interface Storage extends RecordReader {
  /**
   * Queues records behind all earlier ones and calls `done` once they are durable, or with the failure. After a failure
   * nothing more is accepted: what the disk holds is no longer known, so the node must stop (fsync is never retried).
   * Returns the location of each record at once, though it may be read back only once durable or still buffered.
   */
  append(records: readonly LogRecord[], done: (result: Result<undefined, StorageFailureCode>) => void): readonly RecordLocation[]
  /**
   * Records before `location` are no longer needed: their space may be given back, now or later, in whole or not at all. What is
   * given back is not found at the next start. Never throws; a failure to remove costs space only.
   */
  release(location: RecordLocation): void
  /** Bytes on disk. */
  bytesUsed(): number
}
