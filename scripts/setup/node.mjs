// The toolchain needs a newer Node than some systems have. On linux-x64 one comes with the dependencies.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { SetupFailure } from './failure.mjs'
import { inRoot } from './places.mjs'

const MAJOR_MIN = 24
const bundledNode = inRoot('node_modules', '.bin', 'node')

export const isNewEnough = () => Number(process.versions.node.split('.')[0]) >= MAJOR_MIN

/** Puts the project's commands first on the path, as npm run does. */
export function pathWithBin() {
  const bin = inRoot('node_modules', '.bin')
  const entries = (process.env.PATH ?? '').split(path.delimiter)
  return entries[0] === bin ? process.env.PATH : [bin, ...entries].join(path.delimiter)
}

/**
 * Returns false when this Node will do. Else runs the script of `moduleUrl` again under the Node that came with the
 * dependencies, never returns to the caller's work, and ends with that run's exit code.
 */
export function ensureNode(moduleUrl) {
  process.env.PATH = pathWithBin()
  if (isNewEnough()) return Promise.resolve(false)
  if (!existsSync(bundledNode)) {
    throw new SetupFailure(
      `Node ${process.versions.node} is too old; ${MAJOR_MIN} or newer is needed.`,
      `install Node ${MAJOR_MIN} (for ${process.platform}-${process.arch} none comes with the dependencies) and run the command again.`,
    )
  }
  const child = spawn(bundledNode, [fileURLToPath(moduleUrl), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 128 + os.constants.signals[signal]))
  return new Promise(() => {})
}
