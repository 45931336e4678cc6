/** What a window may ask of Electron's main process itself. Everything else goes to the console service. */
import * as v from 'valibot'
import { call } from './define'

export const desktopContract = {
  /** https only. */
  'desktop.openExternal': call<null>()(v.object({ url: v.pipe(v.string(), v.maxLength(2048)) }), ['refused']),
  /** Asks where to, and writes. */
  'desktop.saveFile': call<{ readonly path: string | null }>()(
    v.object({ suggestedName: v.pipe(v.string(), v.maxLength(120)), content: v.union([v.string(), v.instance(Uint8Array)]) }),
    ['write-failed'],
  ),
  /** A PEM file chosen by the user. */
  'desktop.openTextFile': call<{ readonly name: string; readonly text: string } | null>()(v.object({ title: v.pipe(v.string(), v.maxLength(120)) }), ['read-failed', 'too-large']),
} as const
export type DesktopContract = typeof desktopContract

/** The name under which the preload script exposes the desktop to the page. */
export const DESKTOP_API = 'quorateDesktop'
