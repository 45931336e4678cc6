// Runs a program and keeps what it printed, so that it is shown only where it explains a failure.
import { spawn } from 'node:child_process'

const KEPT_BYTES_MAX = 256 * 1024
const isWindows = process.platform === 'win32'

/** Never rejects: a program that cannot be started ends with code 127. */
export function run(command, args, { cwd, env = process.env, timeoutMs, onText } = {}) {
  return new Promise((resolve) => {
    // npm is a script with an extension on Windows, which only a shell finds.
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], shell: isWindows && command === 'npm' })
    let text = ''
    let timedOut = false
    const take = (chunk) => {
      text = (text + chunk).slice(-KEPT_BYTES_MAX)
      onText?.(String(chunk))
    }
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => ((timedOut = true), child.kill('SIGKILL')), timeoutMs)
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('error', (error) => (clearTimeout(timer), resolve({ code: 127, text: error.message, timedOut })))
    child.on('close', (code) => (clearTimeout(timer), resolve({ code: code ?? 1, text, timedOut })))
  })
}
