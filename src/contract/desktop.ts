/** What a window may ask of Electron's main process itself. Everything else goes to the console service. */
import * as v from 'valibot'
import { call } from './define'

export const SAVED_FILE_BYTES_MAX = 64 * 1024 * 1024
const fileContent = v.union([
  v.pipe(v.string(), v.maxLength(SAVED_FILE_BYTES_MAX)),
  v.pipe(v.instance(Uint8Array), v.check((bytes) => bytes.byteLength <= SAVED_FILE_BYTES_MAX)),
])

export const desktopContract = {
  /** https only. */
  'desktop.openExternal': call<null>()(v.object({ url: v.pipe(v.string(), v.maxLength(2048)) }), ['refused']),
  /** Asks where to, and writes. */
  'desktop.saveFile': call<{ readonly path: string | null }>()(
    v.object({ suggestedName: v.pipe(v.string(), v.maxLength(120)), content: fileContent }),
    ['write-failed'],
  ),
  /** A PEM file chosen by the user. */
  'desktop.openTextFile': call<{ readonly name: string; readonly text: string } | null>()(v.object({ title: v.pipe(v.string(), v.maxLength(120)) }), ['read-failed', 'too-large']),
} as const
export type DesktopContract = typeof desktopContract

export { DESKTOP_API, PORT_MESSAGE } from './desktop-api'
export type { DesktopApi } from './desktop-api'
