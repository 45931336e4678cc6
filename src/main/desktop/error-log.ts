/** What went wrong in the desktop process, in a file of the data folder. Bounded; readable by its owner only. */
import { appendFileSync, renameSync, statSync } from 'node:fs'
import path from 'node:path'

const FILE_BYTES_MAX = 1024 * 1024
const ENTRY_CHARACTERS_MAX = 8_192

export interface ErrorLog {
  /** Never throws: what cannot be written is lost. */
  write(what: string, detail: unknown): void
}

function describe(detail: unknown): string {
  if (detail instanceof Error) return detail.stack ?? detail.message
  return typeof detail === 'string' ? detail : JSON.stringify(detail)
}

export function openErrorLog(directory: string, nowIso: () => string = () => new Date().toISOString()): ErrorLog {
  const file = path.join(directory, 'desktop.log')
  return {
    write: (what, detail) => {
      try {
        if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > FILE_BYTES_MAX) renameSync(file, `${file}.1`)
        appendFileSync(file, `${nowIso()} ${what}: ${describe(detail)}`.slice(0, ENTRY_CHARACTERS_MAX) + '\n', { mode: 0o600 })
      } catch {
        // A full or read-only disk must not take the app down with it.
      }
    },
  }
}
