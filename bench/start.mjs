// npm run bench -- start [--runs N]: from starting the app to a window that shows a local 3-node cluster with its leader, and
// the memory of all its processes when nothing happens. Prints JSON. The first run creates the cluster; the others find it.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { ensureDependencies } from '../scripts/setup/dependencies.mjs'
import { startDisplay } from '../scripts/setup/display.mjs'
import { runStep } from '../scripts/setup/failure.mjs'
import { isRoot } from '../scripts/setup/launch.mjs'
import { ensureNode } from '../scripts/setup/node.mjs'
import { inRoot } from '../scripts/setup/places.mjs'

const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 10_000
const SETTLE_MS = 10_000
const TARGET_POLL_MS = 5
/** What the state of a cluster of three with a leader reads like. */
const USABLE = 'agree on|an lose 1'

const rounded = (value) => Math.round(value * 10) / 10
const say = (text) => console.error(text)

function readProcess(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const memory = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return [{ pid: Number(pid), parent: Number(/^PPid:\s*(\d+)/m.exec(status)[1]), pssMegabytes: Number(/^Pss:\s*(\d+)/m.exec(memory)[1]) / 1024, command }]
  } catch {
    return [] // It ended while it was being read.
  }
}

const kindOf = (command) => /--type=(\S+)/.exec(command)?.[1] ?? (command.includes('crashpad') ? 'crash-handler' : 'main')

/** Proportional set size: what several processes share is counted once. */
function memoryOf(pid) {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap(readProcess)
  const tree = all.filter((each) => each.pid === pid)
  for (const member of tree) tree.push(...all.filter((each) => each.parent === member.pid))
  const byKind = {}
  for (const { command, pssMegabytes } of tree) {
    const entry = (byKind[kindOf(command)] ??= { processes: 0, pssMegabytes: 0 })
    entry.processes += 1
    entry.pssMegabytes = rounded(entry.pssMegabytes + pssMegabytes)
  }
  return { processes: tree.length, pssMegabytes: rounded(tree.reduce((sum, each) => sum + each.pssMegabytes, 0)), byKind }
}

function devToolsPort(child) {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stderr.on('data', (chunk) => {
      text += chunk
      const found = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1]
      if (found !== undefined) resolve(Number(found))
    })
    child.once('exit', (code) => reject(new Error(`Electron ended with ${code}: ${text.slice(-500)}`)))
  })
}

/** The page as a target of the debugger; it appears a moment after the app. */
async function pageTarget(port) {
  for (const until = Date.now() + START_TIMEOUT_MS; Date.now() < until; await sleep(TARGET_POLL_MS)) {
    const targets = await fetch(`http://127.0.0.1:${port}/json/list`).then((answer) => answer.json()).catch(() => [])
    const page = targets.find(({ type, url }) => type === 'page' && url.startsWith('app:'))
    if (page !== undefined) return page.webSocketDebuggerUrl
  }
  throw new Error('No page appeared.')
}

/** Waits within the page and lets it tell the time, so that the debugger's own slowness is not measured. */
const inPage = (pattern) => `new Promise((resolve) => {
  const look = () => {
    if (!/${pattern}/.test(document.body?.innerText ?? '')) return setTimeout(look, 5)
    const paint = performance.getEntriesByName('first-contentful-paint')[0]
    resolve(JSON.stringify({ usableAtMs: Date.now(), paintAtMs: paint ? performance.timeOrigin + paint.startTime : null }))
  }
  look()
})`

async function waitUntilUsable(port) {
  const socket = new WebSocket(await pageTarget(port))
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', reject)
  })
  const ask = () => socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression: inPage(USABLE), awaitPromise: true } }))
  const answer = await new Promise((resolve, reject) => {
    socket.addEventListener('message', ({ data }) => {
      const value = JSON.parse(data).result?.result?.value
      // The document that was asked was replaced by the page itself.
      if (value === undefined) ask()
      else resolve(JSON.parse(value))
    })
    setTimeout(() => reject(new Error('The window never showed a cluster with a leader.')), START_TIMEOUT_MS).unref()
    ask()
  })
  socket.close()
  return answer
}

/** One start on `data`; `whileRunning` may look at it before it is closed. */
async function measureStart({ electron, env, data, whileRunning = async () => null }) {
  const startedAtMs = Date.now()
  const args = [...(isRoot() ? ['--no-sandbox'] : []), '--remote-debugging-port=0', '--lang=en-US', inRoot(), '--data', data]
  const child = spawn(electron.executable, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  try {
    const { usableAtMs, paintAtMs } = await waitUntilUsable(await devToolsPort(child))
    const seen = await whileRunning(child.pid)
    return { usableMs: usableAtMs - startedAtMs, firstPaintMs: paintAtMs === null ? null : rounded(paintAtMs - startedAtMs), seen }
  } finally {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    await exited
    clearTimeout(timer)
  }
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

async function measure(runs) {
  const { desktopEnvironment, prepareBuild, prepareDesktop } = await import('../scripts/setup/steps.mjs')
  const electron = await prepareDesktop()
  await prepareBuild()
  const screen = process.platform === 'linux' ? await startDisplay() : null
  const env = { ...process.env, ...desktopEnvironment(electron), ...(screen === null ? {} : { DISPLAY: screen.display }) }
  const data = mkdtempSync(path.join(os.tmpdir(), 'quorate-bench-'))
  try {
    const first = await measureStart({ electron, env, data })
    say(`first run: usable after ${first.usableMs} ms`)
    const later = []
    for (let run = 1; run <= runs; run++) {
      later.push(await measureStart({ electron, env, data }))
      say(`run ${run}: usable after ${later.at(-1).usableMs} ms`)
    }
    const idle = process.platform !== 'linux' ? null : (await measureStart({ electron, env, data, whileRunning: async (pid) => (await sleep(SETTLE_MS), memoryOf(pid)) })).seen
    const usable = later.map((each) => each.usableMs)
    return {
      electron: electron.version, cpus: os.cpus().length, firstRunMs: first.usableMs,
      usableMs: { median: median(usable), min: Math.min(...usable), max: Math.max(...usable), runs: usable },
      firstPaintMs: median(later.map((each) => each.firstPaintMs)), idle, budget: { usableMs: 1_200, pssMegabytes: 350 },
    }
  } finally {
    screen?.stop()
    rmSync(data, { recursive: true, force: true })
  }
}

// Standard output is for the JSON.
console.log = console.error
await runStep(async () => {
  await ensureDependencies()
  await ensureNode(import.meta.url)
  const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } } })
  const result = await measure(Math.max(1, Number(values.runs)))
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  process.exit(0)
})
