// A screen in memory for tests, where the system has Xvfb.
import { spawn } from 'node:child_process'
import { SetupFailure } from './failure.mjs'

const START_TIMEOUT_MS = 10_000
const SCREEN = '1600x1000x24'

/** @param prefix a command that runs what follows as another user, or nothing */
export async function startDisplay(prefix = []) {
  const [command, ...args] = [...prefix, 'Xvfb', '-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp', '-ac', '-noreset']
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const number = await new Promise((resolve, reject) => {
    const failed = (why) => reject(new SetupFailure(`Xvfb did not start: ${why}.`, 'install xvfb (on Debian and Ubuntu: sudo apt-get install xvfb) and run the command again.'))
    const timer = setTimeout(() => failed('it stayed silent'), START_TIMEOUT_MS)
    let text = ''
    child.on('error', (error) => failed(error.message))
    child.on('exit', (code) => failed(`exit code ${code}`))
    child.stdio[3].on('data', (chunk) => {
      text += chunk
      if (!text.includes('\n')) return
      clearTimeout(timer)
      resolve(Number(text))
    })
  })
  return { display: `:${number}`, stop: () => child.kill() }
}
