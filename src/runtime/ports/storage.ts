/**
 * A node's durable log of records, as the driver sees it. Appends complete in order; many appends may share one flush
 * (group commit). A record is typed bytes: the protocol's codec knows what is inside.
 */
import type { Result } from '../../core/base'

export interface LogRecord {
  /** What the payload is; assigned by the protocol's codec. 0 to 255. */
  readonly type: number
  readonly payload: Uint8Array
}

export type StorageFailureCode = 'no-space' | 'disk-failed' | 'corrupt'

/** Where a record lies, so that it can be read again. Opaque to the caller; a safe integer. */
export type RecordLocation = number

export interface Storage {
  /**
   * Queues records behind all earlier ones and calls `done` once they are durable, or with the failure. After a failure
   * nothing more is accepted: what the disk holds is no longer known, so the node must stop (fsync is never retried).
   * Returns the location of each record at once, though it may be read back only once durable or still buffered.
   */
  append(records: readonly LogRecord[], done: (result: Result<undefined, StorageFailureCode>) => void): readonly RecordLocation[]
  /** Reads one record back, synchronously; for followers that are far behind. */
  read(location: RecordLocation): LogRecord
  /** Bytes on disk. */
  bytesUsed(): number
}

/** What was found at start, in the order it was written. */
export interface RecoveredRecord extends LogRecord {
  readonly location: RecordLocation
}
