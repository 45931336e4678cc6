import type { MachineLimits } from '../../core/machine'

/** Limits of a driver and its machine, all per node. */
export interface DriverLimits extends MachineLimits {
  /** Proposals that wait for the end of the turn or for their commit. */
  readonly proposalsWaitingMax: number
  /** Bytes of commands collected in one turn. */
  readonly turnBytesMax: number
  readonly controlsWaitingMax: number
  /** A snapshot is taken once so many entries were applied since the last one, */
  readonly snapshotAfterEntries: number
  /** or so many bytes of them, */
  readonly snapshotAfterBytes: number
  /** but not before these bytes are so many times the state of the last one: else a large state is written over and over (thesis, section 5.1.3). */
  readonly snapshotExpansion: number
  /** Chunks of one write: the log of the protocol waits behind no more than these. */
  readonly snapshotWriteBytesMax: number
}

export const DRIVER_LIMITS: DriverLimits = {
  commandBytesMax: 256 * 1024,
  proposalsWaitingMax: 16_384,
  turnBytesMax: 16 * 1024 * 1024,
  readsWaitingMax: 16_384,
  controlsWaitingMax: 64,
  snapshotAfterEntries: 100_000,
  snapshotAfterBytes: 64 * 1024 * 1024,
  snapshotExpansion: 1,
  snapshotWriteBytesMax: 1024 * 1024,
  appendBytesMax: 256 * 1024,
  inflightMessagesMax: 64,
  inflightBytesMax: 4 * 1024 * 1024,
  uncommittedBytesMax: 32 * 1024 * 1024,
  logWindowBytesMax: 16 * 1024 * 1024,
  applyBytesMax: 1024 * 1024,
  trailingEntriesMax: 10_000,
  snapshotChunkBytes: 256 * 1024,
  snapshotBytesMax: 1024 * 1024 * 1024,
}

/** No frame that a driver sends is longer, with the default limits. */
export const FRAME_BYTES_MAX = DRIVER_LIMITS.appendBytesMax + DRIVER_LIMITS.commandBytesMax + 1024
/** No payload of a log record is longer, with the default limits. */
export const RECORD_BYTES_MAX = FRAME_BYTES_MAX
