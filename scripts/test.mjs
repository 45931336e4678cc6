// npm test: sets up what is missing, then every check there is. Its last line says how many passed, failed and were skipped.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { ensureDependencies } from './setup/dependencies.mjs'
import { runStep, warn } from './setup/failure.mjs'
import { runInForeground } from './setup/launch.mjs'
import { ensureNode } from './setup/node.mjs'
import { inRoot } from './setup/places.mjs'
import { run } from './setup/run.mjs'
import { say } from './setup/say.mjs'

const bin = (name) => inRoot('node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name)
const results = (name) => inRoot('test-results', name)
const seconds = (sinceMs) => `${((Date.now() - sinceMs) / 1000).toFixed(0)} s`
/** Seeds beside those of the tests, about a minute for each protocol: always the same, so that a failure is one of the change at hand. */
const CAMPAIGN = { firstSeed: 1_000_000, seeds: { raft: 1_000, paxos: 700, pbft: 100 } }
const TYPE_PROJECTS = [['tsc', 'tsconfig.core.json'], ['tsc', 'tsconfig.node.json'], ['vue-tsc', 'tsconfig.web.json'], ['tsc', 'tsconfig.test.json']]

/** One program whose exit code is the result. */
async function check(name, command, args) {
  const startedAt = Date.now()
  const { code, text } = await run(command, args, { cwd: inRoot() })
  if (code !== 0) console.log(text.trimEnd())
  say.done(`${code === 0 ? 'passed' : 'FAILED'}: ${name} (${seconds(startedAt)})`)
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }
}

async function types() {
  const all = []
  for (const [compiler, project] of TYPE_PROJECTS) all.push(await check(`types, ${project}`, bin(compiler), ['-p', project]))
  return all
}

/** Vitest's own numbers. Files that could not even be loaded are failures too. */
function vitestCounts(report, exitCode) {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(report, 'utf8'))
  const failed = numFailedTests === 0 && exitCode !== 0 ? 1 : numFailedTests
  return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests }
}

async function vitest(name, projects) {
  const report = results(`${name}.json`)
  rmSync(report, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const code = await runInForeground(process.execPath, [inRoot('node_modules', 'vitest', 'vitest.mjs'), 'run', ...projects.map((project) => `--project=${project}`), ...reporters], { cwd: inRoot() })
  return vitestCounts(report, code)
}

/** The simulator over many seeds: one result for each protocol, none of whose seeds may break an invariant. */
async function campaign([protocol, seeds]) {
  const { code, text } = await run(process.execPath, [inRoot('scripts', 'sim.mjs'), '--protocol', protocol, '--seed', String(CAMPAIGN.firstSeed), '--seeds', String(seeds)], { cwd: inRoot() })
  console.log(text.trimEnd())
  say.done(`${code === 0 ? 'passed' : 'FAILED'}: campaign of ${protocol}`)
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }
}

async function runAll() {
  const { prepareBuild, prepareDesktop, prepareTests } = await import('./setup/steps.mjs')
  const { runEndToEnd } = await import('./e2e.mjs')
  const missing = await prepareTests()
  const electron = await prepareDesktop().catch((error) => (warn(error), null))
  await prepareBuild()
  mkdirSync(results('.'), { recursive: true })
  const parts = []
  const part = async (title, work) => {
    console.log(`\n=== ${title}`)
    const startedAt = Date.now()
    const counts = [await work()].flat()
    for (const each of counts) parts.push({ title, ...each })
    say.done(`${title}: ${seconds(startedAt)}`)
  }
  await part('Lint and types', async () => (await Promise.all([check('lint', bin('eslint'), ['.']), types()])).flat())
  await part('Unit, renderer and architecture tests', () => vitest('unit', ['unit', 'renderer', 'architecture']))
  await part('Simulator', async () => {
    const all = [await vitest('simulation', ['simulation'])]
    for (const each of Object.entries(CAMPAIGN.seeds)) all.push(await campaign(each))
    return all
  })
  if (missing.includes('etcd')) say.note('etcd is missing: integration tests that need it will be skipped.')
  await part('Integration tests', () => vitest('integration', ['integration']))
  await part('End-to-end tests', () => runEndToEnd({ electron, missing }))
  return parts
}

function summarise(parts) {
  const sum = { passed: 0, failed: 0, skipped: 0 }
  console.log('\n=== Summary')
  for (const title of new Set(parts.map((each) => each.title))) {
    const mine = parts.filter((each) => each.title === title)
    const of = (key) => mine.reduce((total, each) => total + each[key], 0)
    for (const key of Object.keys(sum)) sum[key] += of(key)
    console.log(`${title}: ${of('passed')} passed, ${of('failed')} failed, ${of('skipped')} skipped`)
  }
  return sum
}

await runStep(async () => {
  await ensureDependencies()
  await ensureNode(import.meta.url)
  const { passed, failed, skipped } = summarise(await runAll())
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
  process.exitCode = failed === 0 ? 0 : 1
})
