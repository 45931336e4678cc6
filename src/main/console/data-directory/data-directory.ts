import { accessSync, chmodSync, constants, mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Result } from '../../../core/base'
import { fail, ok } from '../../../core/base'
import { takeLock } from './lock'

export type DataDirectoryCode = 'in-use' | 'not-usable'

export interface DataDirectory {
  readonly path: string
  file(name: string): string
  /** Lets another console in. */
  close(): void
}

/** Makes the folder for its owner only and takes its lock. `what` names the holder to a second console. */
export function openDataDirectory(directory: string, what: string, nowMs: () => number): Result<DataDirectory, DataDirectoryCode> {
  const absolute = path.resolve(directory)
  try {
    mkdirSync(absolute, { recursive: true, mode: 0o700 })
    chmodSync(absolute, 0o700)
    accessSync(absolute, constants.R_OK | constants.W_OK | constants.X_OK)
    const lock = takeLock(absolute, what, nowMs)
    if (!lock.ok) return lock
    return ok({ path: absolute, file: (name) => path.join(absolute, name), close: () => lock.value.release() })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    if (code === 'ENOSPC' || code === 'EDQUOT') return fail('not-usable', `The disk with the data folder ${absolute} is full.`, 'Free some space and start again.')
    return fail('not-usable', `The data folder ${absolute} cannot be used (${code}).`, 'Choose a folder that you own with --data, or correct its permissions.')
  }
}
