/** The desktop app once Electron is ready: the service first, then the window that shows it. */
import path from 'node:path'
import { app, dialog, nativeTheme, session } from 'electron'
import type { BrowserWindow } from 'electron'
import { bindDesktop } from './ipc'
import { desktopCalls } from './calls'
import { ConsoleProcess } from './console-process'
import type { ErrorLog } from './error-log'
import { bringToFront, openWindow, preloadScript, showCluster } from './main-window'
import { setMenu } from './menu'
import { notify } from './notifications'
import { serveApp } from './scheme'
import { WindowStateFile } from './window-state'
import { wordsFor } from './words'

export interface DesktopSettings {
  /** The folder `out` of the build. */
  readonly out: string
  readonly dataDirectory: string
  readonly firstCluster: boolean
  readonly log: ErrorLog
}

export class Desktop {
  readonly #settings: DesktopSettings
  readonly #state: WindowStateFile
  readonly #console: ConsoleProcess
  readonly #words = wordsFor(app.getLocale())
  #window: BrowserWindow | null = null
  #quitting: 'no' | 'stopping' | 'stopped' = 'no'

  constructor(settings: DesktopSettings) {
    this.#settings = settings
    this.#state = new WindowStateFile(settings.dataDirectory)
    nativeTheme.themeSource = this.#state.state.theme
    // A packaged app never loads a module that its environment names.
    const nativeBinding = app.isPackaged ? null : (process.env['QUORATE_SQLITE_BINDING'] ?? null)
    this.#console = new ConsoleProcess(
      {
        folder: path.join(settings.out, 'main'),
        configuration: { kind: 'configure', dataDirectory: settings.dataDirectory, version: app.getVersion(), nativeBinding, firstCluster: settings.firstCluster },
      },
      {
        notify: (notice) => notify(notice, (clusterId) => this.show(clusterId), settings.log),
        badge: ({ firing }) => void app.setBadgeCount(firing),
        theme: (theme) => this.#setTheme(theme),
        gaveUp: (reason) => void this.#ask(this.#words.consoleGone, reason ?? this.#words.consoleGoneDetail, () => this.#console.startAgain()),
      },
      settings.log,
    )
  }

  /** The service needs no window and the window no service to begin with, so both start at once. */
  start(): void {
    this.#console.start()
    serveApp(session.defaultSession, path.join(this.#settings.out, 'renderer'))
    bindDesktop(desktopCalls(this.#settings.log), (contents) => this.#console.connect(contents), this.#settings.log)
    this.#open()
    setMenu(this.#words)
  }

  #open(): BrowserWindow {
    const window = openWindow({
      preload: preloadScript(this.#settings.out),
      icon: path.join(this.#settings.out, '..', 'resources', 'icon.png'),
      state: this.#state, log: this.#settings.log,
      onCrash: (reloaded) => this.#tellOfCrash(reloaded),
    })
    window.once('closed', () => {
      if (this.#window === window) this.#window = null
    })
    this.#window = window
    return window
  }

  /** Brings the window to the front, opening it if there is none, on a cluster if one is named. */
  show(clusterId: string | null = null): void {
    const window = this.#window ?? this.#open()
    if (clusterId === null) bringToFront(window)
    else showCluster(window, clusterId)
  }

  #setTheme(theme: 'system' | 'light' | 'dark'): void {
    nativeTheme.themeSource = theme
    this.#state.change({ theme })
    this.#state.save()
  }

  #tellOfCrash(reloaded: boolean): void {
    if (reloaded) notify({ kind: 'notify', title: 'Quorate', body: this.#words.pageCrashed, clusterId: null, critical: false }, () => this.show(), this.#settings.log)
    else void this.#ask(this.#words.pageGone, this.#words.consoleGoneDetail, () => this.#window?.webContents.reload())
  }

  async #ask(message: string, detail: string, onStartAgain: () => void): Promise<void> {
    const buttons = [this.#words.startAgain, this.#words.quit]
    const { response } = await dialog.showMessageBox({ type: 'error', title: 'Quorate', message, detail, buttons, defaultId: 0, cancelId: 1 })
    if (response === 0) onStartAgain()
    else app.quit()
  }

  /** Holds the end back until the service has stopped its clusters, or has had its time. */
  beforeQuit(event: { preventDefault(): void }): void {
    if (this.#quitting === 'stopped') return
    event.preventDefault()
    if (this.#quitting === 'stopping') return
    this.#quitting = 'stopping'
    void this.#console.stop().finally(() => {
      this.#quitting = 'stopped'
      app.quit()
    })
  }
}
