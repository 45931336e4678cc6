import type { Failure as BaseFailure } from '../../core/base'
import type { StorageFailureCode } from '../ports'

export type StorageFailure = BaseFailure<StorageFailureCode>
export type Failure = BaseFailure<'no-space' | 'disk-failed'>

/** Why a folder could not be opened. */
export type OpenFailureCode = StorageFailureCode | 'wrong-folder' | 'in-use'

export interface WalStatistics {
  readonly flushes: number
  readonly records: number
  readonly bytes: number
  /** Write and fdatasync together, over the last flushes; null before the first. */
  readonly flushP50Ms: number | null
  readonly flushP99Ms: number | null
  /** Over the last flushes. */
  readonly recordsPerFlush: number | null
}
