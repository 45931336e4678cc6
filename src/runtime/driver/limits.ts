/** Limits of a driver, all per node. */
export interface DriverLimits {
  /** One command; bounds the largest frame together with `appendBytesMax`. */
  readonly commandBytesMax: number
  /** Proposals that wait for the end of the turn or for their commit. */
  readonly proposalsWaitingMax: number
  /** Bytes of commands collected in one turn. */
  readonly turnBytesMax: number
  readonly readsWaitingMax: number
  /** Entries of one AppendEntries and of one log record. One entry always fits. */
  readonly appendBytesMax: number
  readonly inflightMessagesMax: number
  readonly inflightBytesMax: number
  /** Appended at the leader and not yet committed. */
  readonly uncommittedBytesMax: number
  /** Entries kept in memory behind the applied index; older ones are read back from storage. */
  readonly logWindowBytesMax: number
  /** Committed entries applied before messages are looked at again. */
  readonly applyBytesMax: number
}

export const DRIVER_LIMITS: DriverLimits = {
  commandBytesMax: 256 * 1024,
  proposalsWaitingMax: 16_384,
  turnBytesMax: 16 * 1024 * 1024,
  readsWaitingMax: 16_384,
  appendBytesMax: 256 * 1024,
  inflightMessagesMax: 64,
  inflightBytesMax: 4 * 1024 * 1024,
  uncommittedBytesMax: 32 * 1024 * 1024,
  logWindowBytesMax: 16 * 1024 * 1024,
  applyBytesMax: 1024 * 1024,
}

/** No frame that a driver sends is longer, with the default limits. */
export const FRAME_BYTES_MAX = DRIVER_LIMITS.appendBytesMax + DRIVER_LIMITS.commandBytesMax + 1024
/** No payload of a log record is longer, with the default limits. */
export const RECORD_BYTES_MAX = FRAME_BYTES_MAX
