/** Agent processes as child processes of plain Node: one core/base JSON line a message over standard input and output. */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { Result } from '../../core/base'
import { fail, fromJson, ok, toJson } from '../../core/base'
import { AGENT_LIMITS, type FromAgent } from '../../contract/agent'
import { parseFromAgent, type AgentExit, type AgentProcess, type ProcessHost } from '../console/sandbox'
import { splitLines } from './split-lines'

export interface ChildProcessHostOptions {
  /** The built agent: one file. */
  readonly agentEntry: string
  readonly log: { warn(text: string): void }
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

const STDERR_CHARACTERS_MAX = 2_000

export function childProcessHost(options: ChildProcessHostOptions): ProcessHost {
  return {
    fork: (name) => new Promise<Result<AgentProcess, 'start-failed'>>((resolve) => {
      // A group of its own: Ctrl+C in the console's terminal is the console's to handle.
      const child = spawn(process.execPath, [options.agentEntry], { stdio: ['pipe', 'pipe', 'pipe'], detached: process.platform !== 'win32', windowsHide: true, env: agentEnvironment() })
      child.once('error', (error) => {
        resolve(fail('start-failed', `The process of ${name} could not be started: ${error.message}.`, 'The system may be out of processes or memory.'))
      })
      child.once('spawn', () => resolve(ok(agentOver(child, name, options.log))))
    }),
  }
}

/** No variable of the console reaches a node but what Node itself needs. */
function agentEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'SystemRoot', 'TEMP']
  return Object.fromEntries(kept.flatMap((key) => (process.env[key] === undefined ? [] : [[key, process.env[key]]])))
}

function agentOver(child: Child, name: string, log: { warn(text: string): void }): AgentProcess {
  const listeners: ((message: FromAgent) => void)[] = []
  const exitListeners: ((exit: AgentExit) => void)[] = []
  let exit: AgentExit | null = null
  let complaints = ''

  splitLines(child.stdout, AGENT_LIMITS.lineBytesMax, {
    onLine: (line) => {
      const message = parseLine(line)
      if (message) for (const listener of listeners) listener(message)
      else log.warn(`${name} said something that is not of the protocol.`)
    },
    onTooLong: () => {
      log.warn(`${name} sent a line of more than ${AGENT_LIMITS.lineBytesMax} bytes and was ended.`)
      child.kill('SIGKILL')
    },
  })
  child.stderr.setEncoding('utf8')
  child.stderr.on('data', (text: string) => void (complaints = (complaints + text).slice(-STDERR_CHARACTERS_MAX)))
  // A node that was killed leaves a broken pipe: its exit tells what happened.
  child.stdin.on('error', () => {})
  // 'close', not 'exit': what it said last has been read by then.
  child.once('close', (code, signal) => {
    exit = { code, signal }
    if (code !== 0 && signal === null && complaints) log.warn(`${name} ended with exit code ${code}: ${complaints.trim()}`)
    for (const listener of exitListeners) listener(exit)
  })

  return {
    pid: child.pid ?? -1,
    post: (message) => {
      if (child.stdin.writable) child.stdin.write(`${toJson(message)}\n`)
    },
    onMessage: (listener) => void listeners.push(listener),
    onExit: (listener) => {
      if (exit) listener(exit)
      else exitListeners.push(listener)
    },
    kill: (signal) => {
      try {
        return exit === null && child.kill(signal)
      } catch {
        // Windows knows neither SIGSTOP nor SIGCONT.
        return false
      }
    },
  }
}

function parseLine(line: string): FromAgent | null {
  try {
    return parseFromAgent(fromJson(line))
  } catch {
    return null
  }
}
