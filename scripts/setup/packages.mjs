// What the operating system has to bring: looked for by what is used of it (a command, a library, a font), so that a
// system that has it under another package name is left alone.
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { SetupFailure } from './failure.mjs'
import { run } from './run.mjs'
import { say, withProgress } from './say.mjs'

const APT_TIMEOUT_MS = 900_000
const POLICY_FILE = '/usr/sbin/policy-rc.d'
const command = (name, ...debian) => ({ kind: 'command', name, debian })
const library = (name, ...debian) => ({ kind: 'library', name, debian })

const WINDOW = [
  library('libgtk-3.so.0', 'libgtk-3-0', 'libgtk-3-0t64'),
  library('libnss3.so', 'libnss3'),
  library('libasound.so.2', 'libasound2', 'libasound2t64'),
  library('libgbm.so.1', 'libgbm1'),
]
const UNPACK = [command('unzip', 'unzip')]
const COMPILE = [command('python3', 'python3'), command('make', 'make'), command('g++', 'g++')]
const TESTS = [
  command('Xvfb', 'xvfb'),
  command('xauth', 'xauth'),
  command('chromium', 'chromium'),
  command('etcd', 'etcd-server'),
  command('etcdctl', 'etcd-client'),
  command('openssl', 'openssl'),
  { kind: 'font', name: 'a Chinese font', debian: ['fonts-wqy-microhei'] },
]
export const NEEDS = { window: WINDOW, unpack: UNPACK, compile: COMPILE, tests: TESTS }

/** The path of a command, or undefined. */
export function findCommand(name) {
  const entries = (process.env.PATH ?? '').split(path.delimiter)
  return [...entries, '/usr/sbin', '/sbin'].map((entry) => path.join(entry, name)).find((file) => existsSync(file))
}

async function missingOf(needs) {
  const libraries = needs.some(({ kind }) => kind === 'library') ? (await run('/sbin/ldconfig', ['-p'])).text : ''
  const hasFont = async () => (await run('fc-list', [':lang=zh'])).text.includes(':')
  const present = await Promise.all(needs.map((need) => {
    if (need.kind === 'command') return findCommand(need.name) !== undefined
    if (need.kind === 'library') return libraries.includes(need.name)
    return hasFont()
  }))
  return needs.filter((_, i) => !present[i])
}

/** Of alternative names, the one this release knows. */
async function packageFor({ debian }) {
  for (const name of debian) {
    const { code, text } = await run('apt-cache', ['show', '--no-all-versions', name])
    if (code === 0 && text.includes('Version:')) return name
  }
  return debian[0]
}

const apt = (args) =>
  run('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: APT_TIMEOUT_MS })

async function installWithApt(missing) {
  // A package that brings a server would start it; here only the programs are wanted.
  const ownPolicy = !existsSync(POLICY_FILE)
  if (ownPolicy) writeFileSync(POLICY_FILE, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    await apt(['update'])
    const names = await Promise.all(missing.map(packageFor))
    return await withProgress(`Installing Debian packages: ${names.join(' ')}`, () => apt(['install', '-y', '--no-install-recommends', ...names]))
  } finally {
    if (ownPolicy) rmSync(POLICY_FILE, { force: true })
  }
}

/** Returns what is still missing, after installing it where this user may. */
async function provide(needs) {
  const missing = await missingOf(needs)
  if (missing.length === 0 || process.platform !== 'linux') return missing
  if (process.getuid() !== 0 || findCommand('apt-get') === undefined) return missing
  const result = await installWithApt(missing)
  if (result.code !== 0) say.done(result.text.trim().split('\n').slice(-5).join('\n  '))
  return missingOf(needs)
}

const cureFor = (missing) => {
  const names = missing.map(({ debian }) => debian[0]).join(' ')
  return `install ${missing.map(({ name }) => name).join(', ')} (on Debian and Ubuntu: sudo apt-get install ${names}) and run the command again.`
}

/** Fails with what to install where something is missing that cannot be done without. */
export async function requireNeeds(needs, purpose) {
  if (process.platform !== 'linux') return
  const missing = await provide(needs)
  if (missing.length > 0) throw new SetupFailure(`${purpose} needs ${missing.map(({ name }) => name).join(', ')}, which this system does not have.`, cureFor(missing))
}

/** Says what is missing and goes on; returns the names of what is missing. */
export async function wishFor(needs, purpose) {
  if (process.platform !== 'linux') return []
  const missing = await provide(needs)
  if (missing.length > 0) say.note(`${purpose}: missing ${missing.map(({ name }) => name).join(', ')}. To have it, ${cureFor(missing)}`)
  return missing.map(({ name }) => name)
}
