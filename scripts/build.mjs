// npm run build [-- --force --without-window]: builds the app into out/, and does nothing where no input changed since the
// last build. --without-window leaves the window's page as it was, for work on the processes behind it.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { SetupFailure } from './setup/failure.mjs'
import { withLock } from './setup/lock.mjs'
import { root } from './setup/places.mjs'
import { say } from './setup/say.mjs'

const INPUTS = ['src', 'electron.vite.config.ts', 'package.json', 'package-lock.json', 'tsconfig.base.json', 'tsconfig.web.json']
const out = path.join(root, 'out')
const stampFile = path.join(out, 'stamp')

function* filesUnder(entry) {
  const stat = statSync(entry, { throwIfNoEntry: false })
  if (stat === undefined) return
  if (!stat.isDirectory()) return yield { file: entry, stat }
  for (const name of readdirSync(entry).sort()) {
    if (!name.endsWith('.test.ts') && !name.endsWith('.md')) yield* filesUnder(path.join(entry, name))
  }
}

/** Names and contents of every input: times of change differ between a checkout and a copy of it. */
export function inputsHash() {
  const hash = createHash('sha256')
  for (const input of INPUTS) {
    for (const { file } of filesUnder(path.join(root, input))) {
      hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0')
    }
  }
  return hash.digest('hex')
}

const readStamp = () => (existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : '')

/** Builds beside the old output and swaps it in whole, so that a running app never sees half a build. */
async function buildInto(next) {
  const { build } = await import('electron-vite')
  // The bundler says "production" to this whole process; what runs after the build, tests above all, must not inherit that.
  const environment = process.env.NODE_ENV
  try {
    // The bundler announces each chunk; only what goes wrong is of interest here.
    await build({ root, logLevel: 'warn', ignoreConfigWarning: true, build: { outDir: next } })
  } catch (error) {
    throw new SetupFailure(`The build failed. ${error.message}`, 'mend the source that it names; the output of the last build is still in place.')
  } finally {
    if (environment === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = environment
  }
  mkdirSync(out, { recursive: true })
  for (const part of readdirSync(next)) {
    const target = path.join(out, part)
    const old = path.join(next, `${part}.old`)
    if (existsSync(target)) renameSync(target, old)
    renameSync(path.join(next, part), target)
  }
}

export async function buildApp({ force = false, withoutWindow = false } = {}) {
  if (withoutWindow) process.env.QUORATE_BUILD_WITHOUT_WINDOW = '1'
  if (!force && readStamp() === inputsHash()) return 'unchanged'
  return withLock('build', async () => {
    const hash = inputsHash()
    if (!force && readStamp() === hash) return 'unchanged'
    const startedAt = Date.now()
    say.step('Building the app')
    const next = path.join(root, 'out', `next-${process.pid}`)
    try {
      await buildInto(next)
    } finally {
      rmSync(next, { recursive: true, force: true })
    }
    // A build that left something out is not the build of these inputs.
    writeFileSync(stampFile, withoutWindow ? '' : hash)
    say.done(`Built in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`)
    return 'built'
  })
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.chdir(fileURLToPath(new URL('..', import.meta.url)))
  const { runStep } = await import('./setup/failure.mjs')
  const { ensureNode } = await import('./setup/node.mjs')
  const { ensureDependencies } = await import('./setup/dependencies.mjs')
  await runStep(async () => {
    await ensureDependencies()
    await ensureNode(import.meta.url)
    if ((await buildApp({ force: process.argv.includes('--force'), withoutWindow: process.argv.includes('--without-window') })) === 'unchanged') say.done('The build is up to date')
  })
}
