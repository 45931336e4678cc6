/** Records of a node's own durable log, as a machine writes them and finds them again. */

/** Types up to here belong to the machine's codec; the ones above to the driver (snapshots). */
export const MACHINE_RECORD_TYPE_MAX = 199

export interface LogRecord {
  /** What the payload is; assigned by the protocol's codec. 0 to 255. */
  readonly type: number
  readonly payload: Uint8Array
}

/** Where a record lies, so that it can be read again. Opaque to the caller; a safe integer that rises with every record. */
export type RecordLocation = number

/** What was found at start, in the order it was written. */
export interface RecoveredRecord extends LogRecord {
  readonly location: RecordLocation
}

/** Reads one record back, synchronously: a durable one, or one that is still buffered. */
export interface RecordReader {
  read(location: RecordLocation): LogRecord
}
