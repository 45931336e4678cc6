// Whether Chromium's sandbox can work here. Where it cannot, the window does not open without it: the cure is named.
import { statSync } from 'node:fs'
import path from 'node:path'
import { SetupFailure } from './failure.mjs'
import { isRoot } from './launch.mjs'
import { run } from './run.mjs'

const SETUID = 0o4000

function hasSetuidSandbox(dist) {
  const stat = statSync(path.join(dist, 'chrome-sandbox'), { throwIfNoEntry: false })
  return stat !== undefined && stat.uid === 0 && (stat.mode & SETUID) !== 0
}

/** On Linux it needs namespaces of ordinary users, which some systems switch off, or a helper that belongs to root. */
export async function requireSandbox(dist) {
  if (process.platform !== 'linux' || isRoot() || hasSetuidSandbox(dist)) return
  const { code } = await run('unshare', ['-Ur', 'true'])
  // 127: there is no such command to ask with.
  if (code === 0 || code === 127) return
  const helper = path.join(dist, 'chrome-sandbox')
  throw new SetupFailure(
    "This system does not let ordinary users make namespaces, which Chromium's sandbox needs.",
    `allow it (sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0), or give the sandbox its helper (sudo chown root ${helper} && sudo chmod 4755 ${helper}), or serve it instead (npm start -- --serve).`,
  )
}
