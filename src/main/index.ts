/** The desktop app: what has to happen before Electron is ready, in its order, and the events of its life. */
import { chmodSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { app, dialog } from 'electron'
import { Desktop } from './desktop/app'
import { DEBUG_SWITCHES, readArguments } from './desktop/arguments'
import { openErrorLog } from './desktop/error-log'
import type { ErrorLog } from './desktop/error-log'
import { registerAppScheme } from './desktop/scheme'
import { hardenEverything } from './desktop/security'

const EXIT_REFUSED = 64
const EXIT_NO_DATA_FOLDER = 73
const EXIT_BROKEN = 70

/** The person's own folder, closed to everybody else. Chromium keeps its caches in a folder of their own inside. */
function prepareDataDirectory(wanted: string | null): string {
  const directory = wanted ?? app.getPath('userData')
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    chmodSync(directory, 0o700)
  } catch (error) {
    dialog.showErrorBox('Quorate', `The data folder ${directory} cannot be used: ${error instanceof Error ? error.message : String(error)}`)
    app.exit(EXIT_NO_DATA_FOLDER)
  }
  // The lock of the single instance lies in here too: one app for each data folder.
  app.setPath('userData', directory)
  app.setPath('sessionData', path.join(directory, 'chromium'))
  app.setPath('crashDumps', path.join(directory, 'crashes'))
  return directory
}

/** A state that nobody thought of: written down, and the app ends rather than go on with it. */
function endOnBrokenInvariants(log: ErrorLog): void {
  process.on('uncaughtException', (error) => {
    log.write('uncaught exception', error)
    console.error(error)
    app.exit(EXIT_BROKEN)
  })
  process.on('unhandledRejection', (reason) => log.write('unhandled rejection', reason))
}

function run(): void {
  const debugSwitch = DEBUG_SWITCHES.find((name) => app.commandLine.hasSwitch(name))
  if (app.isPackaged && debugSwitch !== undefined) {
    console.error(`Quorate does not start with --${debugSwitch}: it would let other programs control it.`)
    app.exit(EXIT_REFUSED)
    return
  }
  const { dataDirectory: wanted, firstCluster } = readArguments(process.argv.slice(1), process.cwd())
  const dataDirectory = prepareDataDirectory(wanted)
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  const log = openErrorLog(dataDirectory)
  endOnBrokenInvariants(log)
  registerAppScheme()
  hardenEverything(log)
  // `ready` is held back until this module is evaluated, so it must not be awaited at its top level.
  void app.whenReady().then(() => {
    const desktop = new Desktop({ out: path.join(import.meta.dirname, '..'), dataDirectory, firstCluster, log })
    app.on('second-instance', () => desktop.show())
    app.on('activate', () => desktop.show())
    app.on('before-quit', (event) => desktop.beforeQuit(event))
    app.on('window-all-closed', () => {
      if (process.platform !== 'darwin') app.quit()
    })
    desktop.start()
  })
}

run()
