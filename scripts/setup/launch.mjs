// Starts a long-running program in this terminal, passes on what the terminal says to it, and ends as it ends.
import { spawn } from 'node:child_process'
import os from 'node:os'

const STOP_GRACE_MS = 8_000
const PARENT_POLL_MS = 1_000

/**
 * Resolves with the exit code; a signal counts as 128 plus its number, as shells have it. An app that was stopped as it was asked to
 * ends well; with `isCommand` that too counts as the signal, since a command that did not finish has no answer. `isPatient`: every signal is
 * passed on as it is, and however long the program takes to end, it is waited for.
 */
export function runInForeground(command, args, { cwd, env = process.env, isCommand = false, isPatient = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: 'inherit' })
    let asked = false
    const onSignal = (signal) => {
      if (isPatient) return child.kill(signal)
      // Ctrl-C reaches the whole group of the terminal by itself; a signal to this process alone has to be passed on.
      // Asked twice, or not done in time: it is ended.
      if (asked) return child.kill('SIGKILL')
      asked = true
      child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
      setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS).unref()
    }
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const signal of signals) process.on(signal, onSignal)
    // npm that is ended takes its shell along and leaves us behind: what nobody waits for any more is stopped as well.
    const parent = process.ppid
    const watch = setInterval(() => process.ppid !== parent && !asked && onSignal('SIGTERM'), PARENT_POLL_MS)
    if (process.env.npm_lifecycle_event === undefined) clearInterval(watch)
    const end = (code) => {
      clearInterval(watch)
      for (const signal of signals) process.off(signal, onSignal)
      resolve(code)
    }
    child.on('error', (error) => {
      console.error(error.message)
      end(127)
    })
    child.on('exit', (code, signal) => {
      const wasAsked = asked && !isCommand && (signal === 'SIGINT' || signal === 'SIGTERM')
      end(signal === null ? code : wasAsked ? 0 : 128 + os.constants.signals[signal])
    })
  })
}

export const isRoot = () => process.platform === 'linux' && process.getuid() === 0
