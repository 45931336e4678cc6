// The one list of set-up steps, shared by start, test, bench and the command line.
import { buildApp } from '../build.mjs'
import { ensureElectron } from './electron.mjs'
import { NEEDS, requireNeeds, wishFor } from './packages.mjs'
import { ensureSqlite } from './sqlite.mjs'

/** Everything the desktop app needs to run on this machine: an Electron, its libraries, and SQLite for it. */
export async function prepareDesktop() {
  await requireNeeds(NEEDS.window, 'The window')
  const electron = await ensureElectron()
  const sqliteBinding = await ensureSqlite(electron.napi)
  return { ...electron, sqliteBinding }
}

/** What only tests use; what cannot be had is named, and the tests that need it are skipped aloud. */
export const prepareTests = () => wishFor(NEEDS.tests, 'Some tests will be skipped')

export const prepareBuild = buildApp

/** The environment under which Electron, Playwright and the app find what set-up chose. */
export const desktopEnvironment = ({ dist, executable, sqliteBinding }) => ({
  ELECTRON_OVERRIDE_DIST_PATH: dist,
  ELECTRON_EXEC_PATH: executable,
  ...(sqliteBinding === null ? {} : { QUORATE_SQLITE_BINDING: sqliteBinding }),
})
