// node_modules as the lockfile says, without running any package's install script.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { SetupFailure } from './failure.mjs'
import { withLock } from './lock.mjs'
import { inRoot } from './places.mjs'
import { run } from './run.mjs'
import { say, withProgress } from './say.mjs'

const lockfile = inRoot('package-lock.json')
const stamp = inRoot('node_modules', '.quorate-lockfile')
const hashOf = (file) => createHash('sha256').update(readFileSync(file)).digest('hex')

/** What npm itself wrote down of the tree it installed: package path and version. */
function installedMatches() {
  const hidden = inRoot('node_modules', '.package-lock.json')
  if (!existsSync(hidden)) return false
  const wanted = JSON.parse(readFileSync(lockfile, 'utf8')).packages
  const found = JSON.parse(readFileSync(hidden, 'utf8')).packages
  return Object.entries(wanted).every(([name, entry]) => name === '' || entry.optional === true || found[name]?.version === entry.version)
}

function upToDate() {
  const hash = hashOf(lockfile)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return true
  if (!installedMatches()) return false
  writeFileSync(stamp, hash)
  return true
}

async function install() {
  if (upToDate()) return
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const result = await withProgress('Installing dependencies from the lockfile', () => run('npm', args, { cwd: inRoot() }))
  if (result.code !== 0) {
    console.error(result.text)
    throw new SetupFailure('npm could not install the dependencies.', 'check that the npm registry can be reached (npm ping), then run the command again.')
  }
  writeFileSync(stamp, hashOf(lockfile))
}

export async function ensureDependencies() {
  if (upToDate()) return
  await withLock('dependencies', install)
  say.done('Dependencies are in place')
}
