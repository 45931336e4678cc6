import type { Failure, StorageFailure } from './types'

/** The closed code for an operating system's refusal, with what the person can do about it. */
export function storageFailure(error: unknown, doing: string): Failure {
  const code = errorCode(error)
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return {
      code: 'no-space',
      message: `There is no space left on the disk (${doing}: ${code}).`,
      hint: 'Free space on the disk that holds the data folder, then start the node again. Nothing acknowledged was lost.',
    }
  }
  return {
    code: 'disk-failed',
    message: `The disk refused (${doing}: ${code}).`,
    hint: 'Check the disk and the permissions of the data folder, then start the node again; it reads back what is durable.',
  }
}

export const corruptFailure = (where: string, what: string): StorageFailure => ({
  code: 'corrupt',
  message: `The log is damaged: ${what} (${where}).`,
  hint: 'Entries that were acknowledged may be gone from this node. Keep the folder for inspection, and replace the node with an empty one.',
})

export function errorCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return error instanceof Error ? error.message : String(error)
}
