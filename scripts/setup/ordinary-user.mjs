// End-to-end tests run as an ordinary user where root started them: Chromium has no sandbox as root, and it shall be tested.
import { execFileSync } from 'node:child_process'
import { chownSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { isRoot } from './launch.mjs'
import { findCommand } from './packages.mjs'
import { inRoot } from './places.mjs'
import { run } from './run.mjs'

const USER = 'nobody'
const idOf = (flag) => Number(execFileSync('id', [flag, USER], { encoding: 'utf8' }))

/** Copies by hard links where that works: the cache of root may not be readable for others. */
async function shareFolder(from, to) {
  const linked = await run('cp', ['-al', from, to])
  if (linked.code !== 0) {
    rmSync(to, { recursive: true, force: true })
    cpSync(from, to, { recursive: true })
  }
}

/**
 * Null: tests run as the present user. Else what to put before a command, the environment it gets, and the folder it may
 * write to; `reason` tells why there is none although root asked.
 */
export async function ordinaryUser(electron) {
  if (!isRoot()) return null
  if (findCommand('runuser') === undefined) return { reason: 'runuser is missing' }
  const home = mkdtempSync(path.join(os.tmpdir(), 'quorate-tests-'))
  const drop = () => rmSync(home, { recursive: true, force: true })
  const prefix = ['runuser', '-u', USER, '--']
  const probe = await run(prefix[0], [...prefix.slice(1), 'sh', '-c', `test -r "${inRoot('package.json')}" && "${process.execPath}" -e 0 && unshare -Ur true`])
  if (probe.code !== 0) {
    drop()
    return { reason: 'another user may not read this checkout, or may not make namespaces' }
  }
  const output = path.join(home, 'output')
  for (const folder of [home, output, path.join(home, 'tmp')]) {
    mkdirSync(folder, { recursive: true })
    chownSync(folder, idOf('-u'), idOf('-g'))
  }
  const environment = { HOME: home, TMPDIR: path.join(home, 'tmp'), XDG_CACHE_HOME: path.join(home, 'cache'), XDG_CONFIG_HOME: path.join(home, 'config'), USER, LOGNAME: USER }
  if (electron !== null) {
    const dist = path.join(home, 'electron')
    await shareFolder(electron.dist, dist)
    Object.assign(environment, { ELECTRON_OVERRIDE_DIST_PATH: dist, ELECTRON_EXEC_PATH: path.join(dist, path.basename(electron.executable)) })
    if (electron.sqliteBinding !== null) {
      const binding = path.join(home, 'better_sqlite3.node')
      cpSync(electron.sqliteBinding, binding)
      Object.assign(environment, { QUORATE_SQLITE_BINDING: binding })
    }
  }
  return { prefix, environment, output, drop }
}
