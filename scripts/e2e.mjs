// npm run e2e [-- Playwright's options]: the real window under Xvfb, and Chromium against the loopback server.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureDependencies } from './setup/dependencies.mjs'
import { runStep, warn } from './setup/failure.mjs'
import { runInForeground } from './setup/launch.mjs'
import { ensureNode } from './setup/node.mjs'
import { inRoot } from './setup/places.mjs'
import { say } from './setup/say.mjs'

const RESULTS = inRoot('test-results', 'e2e')

function projectsFor(electron, missing) {
  const projects = []
  if (electron !== null) projects.push('desktop')
  if (!missing.includes('chromium')) projects.push('browser')
  return projects
}

/** Playwright's own numbers. A run that ended before it could count is one failure. */
function countsOf(reportFile, exitCode) {
  if (!existsSync(reportFile)) return { passed: 0, failed: 1, skipped: 0 }
  const { stats } = JSON.parse(readFileSync(reportFile, 'utf8'))
  const failed = stats.unexpected === 0 && exitCode !== 0 ? 1 : stats.unexpected
  return { passed: stats.expected + stats.flaky, failed, skipped: stats.skipped }
}

async function runPlaywright(projects, electron, extra) {
  const { desktopEnvironment } = await import('./setup/steps.mjs')
  const { startDisplay } = await import('./setup/display.mjs')
  const { ordinaryUser } = await import('./setup/ordinary-user.mjs')
  const user = await ordinaryUser(electron)
  const drops = user !== null && user.prefix !== undefined
  if (drops) say.done('Running as an ordinary user, so that Chromium\'s sandbox is tested too')
  else if (user !== null) say.note(`Running as root without Chromium's sandbox: ${user.reason}.`)
  const prefix = drops ? user.prefix : []
  const output = drops ? user.output : RESULTS
  rmSync(RESULTS, { recursive: true, force: true })
  mkdirSync(RESULTS, { recursive: true })
  const screen = process.platform === 'linux' ? await startDisplay(prefix) : null
  const env = {
    ...process.env, ...(electron === null ? {} : desktopEnvironment(electron)), ...(drops ? user.environment : {}),
    ...(screen === null ? {} : { DISPLAY: screen.display }), QUORATE_E2E_OUTPUT: output,
  }
  delete env.WAYLAND_DISPLAY
  const cli = inRoot('node_modules', '@playwright', 'test', 'cli.js')
  const [command, ...args] = [...prefix, process.execPath, cli, 'test', ...projects.map((name) => `--project=${name}`), ...extra]
  try {
    return await runInForeground(command, args, { cwd: inRoot(), env })
  } finally {
    screen?.stop()
    if (drops) {
      cpSync(output, RESULTS, { recursive: true })
      user.drop()
    }
  }
}

/** @param missing commands that set-up could not provide; what needs them is skipped aloud */
export async function runEndToEnd({ electron, missing, extra = [] }) {
  const projects = projectsFor(electron, missing)
  const absent = 2 - projects.length
  if (electron === null) say.note('SKIPPED: tests of the real window, as there is no Electron.')
  if (missing.includes('chromium')) say.note('SKIPPED: tests in a browser, as there is no chromium.')
  if (process.platform === 'linux' && missing.includes('Xvfb')) {
    say.note('SKIPPED: all end-to-end tests, as there is no Xvfb.')
    return { passed: 0, failed: 0, skipped: 2, code: 0 }
  }
  if (projects.length === 0) return { passed: 0, failed: 0, skipped: absent, code: 0 }
  const code = await runPlaywright(projects, electron, extra)
  const counts = countsOf(path.join(RESULTS, 'report.json'), code)
  return { ...counts, skipped: counts.skipped + absent, code }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runStep(async () => {
    await ensureDependencies()
    await ensureNode(import.meta.url)
    const { prepareBuild, prepareDesktop, prepareTests } = await import('./setup/steps.mjs')
    const missing = await prepareTests()
    const electron = await prepareDesktop().catch((error) => (warn(error), null))
    await prepareBuild()
    const { code } = await runEndToEnd({ electron, missing, extra: process.argv.slice(2) })
    process.exit(code)
  })
}
