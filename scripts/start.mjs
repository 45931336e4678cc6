// npm start [-- options]: sets up what is missing, builds what changed, and opens Quorate.
import path from 'node:path'
import { parseArgs } from 'node:util'
import { ensureDependencies } from './setup/dependencies.mjs'
import { runStep } from './setup/failure.mjs'
import { isRoot, runInForeground } from './setup/launch.mjs'
import { ensureNode } from './setup/node.mjs'
import { inRoot } from './setup/places.mjs'
import { requireSandbox } from './setup/sandbox.mjs'
import { say } from './setup/say.mjs'

const HELP = `npm start [-- options]

Opens the Quorate window; without a display serves it on loopback and prints the address.

  --desktop             open the window even if no display was found
  --serve               serve on loopback even if there is a display
  --port N              port to serve on (default: a free one)
  --data DIR            keep data in DIR
  --no-sandbox-cluster  do not start a local cluster on the first run
  --help                print this

Exit codes: 0 ended as asked, 1 set-up or start failed, 2 wrong options; others are those of the app itself.`

function readOptions() {
  const options = {
    desktop: { type: 'boolean' }, serve: { type: 'boolean' }, port: { type: 'string' }, data: { type: 'string' },
    'no-sandbox-cluster': { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
  }
  try {
    const { values } = parseArgs({ options })
    if (values.port !== undefined && !(/^\d{1,5}$/.test(values.port) && Number(values.port) <= 65_535)) throw new Error(`--port ${values.port} is no port; give a number from 0 to 65535.`)
    if (values.desktop && values.serve) throw new Error('--desktop and --serve exclude each other; give one of them.')
    return values
  } catch (error) {
    console.error(`✗ ${error.message}`)
    console.error('  What to do: npm start -- --help lists the options.')
    process.exit(2)
  }
}

const hasDisplay = () => process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)

/** npm runs scripts in the checkout; a relative folder is meant from where the person is. */
const passedOn = (values) => [
  ...(values.data === undefined ? [] : ['--data', path.resolve(process.env.INIT_CWD ?? process.cwd(), values.data)]),
  ...(values['no-sandbox-cluster'] ? ['--no-sandbox-cluster'] : []),
]

async function startDesktop(values) {
  const { desktopEnvironment, prepareBuild, prepareDesktop } = await import('./setup/steps.mjs')
  const electron = await prepareDesktop()
  await requireSandbox(electron.dist)
  await prepareBuild()
  if (isRoot()) say.note('Running as root: Chromium refuses its sandbox there, so the window runs without it. Prefer an ordinary user.')
  const args = [...(isRoot() ? ['--no-sandbox'] : []), inRoot(), ...passedOn(values)]
  say.step(`Opening Quorate (Electron ${electron.version})`)
  return runInForeground(electron.executable, args, { cwd: inRoot(), env: { ...process.env, ...desktopEnvironment(electron) } })
}

async function startServe(values) {
  const { prepareBuild } = await import('./setup/steps.mjs')
  await prepareBuild()
  const port = values.port === undefined ? [] : ['--port', values.port]
  return runInForeground(process.execPath, [inRoot('out', 'main', 'serve.js'), ...port, ...passedOn(values)], { cwd: inRoot() })
}

const values = readOptions()
if (values.help) {
  console.log(HELP)
  process.exit(0)
}
await runStep(async () => {
  await ensureDependencies()
  await ensureNode(import.meta.url)
  const serve = values.serve || (!values.desktop && !hasDisplay())
  if (serve && !values.serve) say.note('No display found: serving on loopback instead (npm start -- --desktop insists on the window).')
  process.exit(await (serve ? startServe(values) : startDesktop(values)))
})
