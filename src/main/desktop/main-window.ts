/** The window: where it was, in the colours of the theme from its first pixel, loaded again when its page crashes. */
import path from 'node:path'
import { BrowserWindow, app, nativeTheme, screen } from 'electron'
import type { ErrorLog } from './error-log'
import { DESKTOP_CHANNELS } from '../../contract/desktop-api'
import { APP_PAGE, isAppUrl } from './origin'
import { RestartLimit } from './restart-limit'
import { WINDOW_SIZE, visibleBounds } from './window-state'
import type { WindowStateFile } from './window-state'

/** The page's own --surface-1, so that nothing flashes before it is drawn. */
const BACKGROUND = { light: '#f6f7f9', dark: '#0e1115' } as const
/** Chromium's: one level more is a fifth larger. */
const ZOOM_STEP = 1.2
const SAVE_DELAY_MS = 500
const RELOADS_MAX = 3
const RELOADS_WITHIN_MS = 60_000

export interface WindowSettings {
  /** Where the built preload script lies. */
  readonly preload: string
  readonly icon: string
  readonly state: WindowStateFile
  readonly log: ErrorLog
  /** The page crashed; `reloaded` is false when it did so too often. */
  readonly onCrash: (reloaded: boolean) => void
}

export const backgroundColor = (): string => (nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light)

function remember(window: BrowserWindow, state: WindowStateFile): void {
  let timer: NodeJS.Timeout | undefined
  const note = (): void => {
    state.change({ bounds: window.getNormalBounds(), maximized: window.isMaximized(), zoomLevel: Math.max(-5, Math.min(5, window.webContents.getZoomLevel())) })
  }
  const noteSoon = (): void => {
    note()
    clearTimeout(timer)
    timer = setTimeout(() => state.save(), SAVE_DELAY_MS)
  }
  window.on('resize', noteSoon)
  window.on('move', noteSoon)
  window.on('close', () => {
    note()
    clearTimeout(timer)
    state.save()
  })
}

function load(window: BrowserWindow, url: string, log: ErrorLog): void {
  if (!window.isDestroyed()) window.loadURL(url).catch((error: unknown) => log.write('the page did not load', error))
}

function reloadAfterCrash(window: BrowserWindow, { log, onCrash }: WindowSettings): void {
  const reloads = new RestartLimit(RELOADS_MAX, RELOADS_WITHIN_MS)
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    log.write('the page ended', `${reason}, exit code ${exitCode}`)
    const reloaded = reloads.allows(performance.now())
    // Where the person was, and not within the event: the crashed page is still being taken apart.
    const url = window.webContents.getURL()
    if (reloaded) setImmediate(() => load(window, isAppUrl(url) ? url : APP_PAGE, log))
    onCrash(reloaded)
  })
  window.webContents.on('preload-error', (_event, _file, error) => log.write('the preload script failed', error))
  window.on('unresponsive', () => log.write('the page does not respond', ''))
}

export function openWindow(settings: WindowSettings): BrowserWindow {
  const { state } = settings
  const bounds = visibleBounds(state.state.bounds, screen.getAllDisplays().map((display) => display.workArea))
  const window = new BrowserWindow({
    ...(bounds ?? { width: WINDOW_SIZE.width, height: WINDOW_SIZE.height }),
    minWidth: WINDOW_SIZE.widthMin, minHeight: WINDOW_SIZE.heightMin,
    show: false, title: 'Quorate', backgroundColor: backgroundColor(), autoHideMenuBar: true, icon: settings.icon,
    webPreferences: {
      preload: settings.preload,
      sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true, webviewTag: false, spellcheck: false,
      // Compiled code is kept from the first run on, not from the third.
      v8CacheOptions: 'bypassHeatCheck',
      devTools: !app.isPackaged,
      zoomFactor: ZOOM_STEP ** state.state.zoomLevel,
    },
  })
  window.once('ready-to-show', () => {
    if (state.state.maximized) window.maximize()
    window.show()
  })
  remember(window, state)
  reloadAfterCrash(window, settings)
  const repaint = (): void => window.setBackgroundColor(backgroundColor())
  nativeTheme.on('updated', repaint)
  window.once('closed', () => nativeTheme.off('updated', repaint))
  load(window, APP_PAGE, settings.log)
  return window
}

export function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

export function showCluster(window: BrowserWindow, clusterId: string | null): void {
  bringToFront(window)
  if (clusterId !== null) window.webContents.send(DESKTOP_CHANNELS.showCluster, clusterId)
}

export const preloadScript = (out: string): string => path.join(out, 'preload', 'index.cjs')
