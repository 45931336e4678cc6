/**
 * What the preload script gives to the page, as `window[DESKTOP_API]`: a frozen object with exactly these functions. Absent
 * where the page was opened in a browser. Separate from desktop.ts so that the preload script carries no schemas.
 */
import type { Result } from '../core/base'

/** The name under which the preload script exposes the desktop to the page. */
export const DESKTOP_API = 'quorateDesktop'

/** Data of the window message that brings a MessagePort to the console service. */
export const PORT_MESSAGE = 'quorate:console-port'

export interface DesktopApi {
  /** process.platform of the machine: 'darwin' shows Command instead of Ctrl. */
  readonly platform: string
  openExternal(url: string): Promise<Result<null>>
  /** Asks where to, and writes. A null path: the person cancelled. */
  saveFile(suggestedName: string, content: string | Uint8Array): Promise<Result<{ readonly path: string | null }>>
  /** A text file (PEM) chosen by the person; null: cancelled. */
  openTextFile(title: string): Promise<Result<{ readonly name: string; readonly text: string } | null>>
  /**
   * Asks for a connection to the console service. As soon as the service runs, a message event with data PORT_MESSAGE and
   * one MessagePort arrives at the window (check `event.source === window`); ClientMessage and ServerMessage travel over
   * it. When that port closes the service has ended and is started again: ask again for a new one.
   */
  connect(): void
  /** Called with a cluster's id when the person clicked a notification of it. A later listener replaces an earlier one. */
  onShowCluster(listener: (clusterId: string) => void): void
}

/** Channels between the preload script and the main process; there are no others. */
export const DESKTOP_CHANNELS = {
  openExternal: 'desktop.openExternal',
  saveFile: 'desktop.saveFile',
  openTextFile: 'desktop.openTextFile',
  connect: 'desktop.connect',
  /** From the main process, with one port. */
  port: 'desktop.port',
  /** From the main process, with a cluster's id. */
  showCluster: 'desktop.showCluster',
} as const
