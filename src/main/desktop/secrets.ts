/** Secrets sealed with the system's own store. Where that store would keep them readable, none is kept at all. */
import { safeStorage } from 'electron'
import type { ErrorLog } from './error-log'

/** Stores of Linux that protect nothing: their key is a constant of Chromium's source. */
const WORTHLESS_BACKENDS: readonly string[] = ['basic_text', 'unknown']

function storeIsTrusted(): boolean {
  if (!safeStorage.isEncryptionAvailable()) return false
  return process.platform !== 'linux' || !WORTHLESS_BACKENDS.includes(safeStorage.getSelectedStorageBackend())
}

/** base64, or null: hold the secret in memory only. */
export function seal(text: string, log: ErrorLog): string | null {
  try {
    return storeIsTrusted() ? safeStorage.encryptString(text).toString('base64') : null
  } catch (error) {
    log.write('secret not sealed', error)
    return null
  }
}

/** null: the store has changed or is locked, and the person has to give the secret again. */
export function unseal(sealed: string, log: ErrorLog): string | null {
  try {
    return storeIsTrusted() ? safeStorage.decryptString(Buffer.from(sealed, 'base64')) : null
  } catch (error) {
    log.write('secret not unsealed', error)
    return null
  }
}
