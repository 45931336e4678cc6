// Where set-up keeps things: the checkout, and a cache per user outside of it.
import { accessSync, constants, mkdirSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '..', '..')
export const inRoot = (...parts) => path.join(root, ...parts)

function cacheCandidates() {
  const home = os.homedir()
  const named = process.env.QUORATE_CACHE_DIR ? [process.env.QUORATE_CACHE_DIR] : []
  const user = process.getuid?.() ?? os.userInfo().username
  const temporary = path.join(os.tmpdir(), `quorate-cache-${user}`)
  if (process.platform === 'darwin') return [...named, path.join(home, 'Library/Caches/quorate'), temporary]
  if (process.platform === 'win32') return [...named, path.join(process.env.LOCALAPPDATA ?? home, 'quorate', 'Cache'), temporary]
  return [...named, path.join(process.env.XDG_CACHE_HOME || path.join(home, '.cache'), 'quorate'), temporary]
}

let chosen

/** The first cache folder that can be written; a read-only home falls back to the system's temporary folder. */
export function cacheDirectory() {
  if (chosen !== undefined) return chosen
  for (const candidate of cacheCandidates()) {
    try {
      mkdirSync(candidate, { recursive: true, mode: 0o755 })
      accessSync(candidate, constants.W_OK)
      return (chosen = candidate)
    } catch {
      // Not writable: the next one may be.
    }
  }
  throw new Error('No folder for the cache can be written. Set QUORATE_CACHE_DIR to one that can.')
}
