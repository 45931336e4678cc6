/** Agent processes that Electron's main forks at our request, each with a port of its own to talk over. */
import type { Result } from '../../../core/base'
import { fail, ok } from '../../../core/base'
import type { FromAgent, ToAgent } from '../../../contract/agent'
import type { HostConnection, Port } from './parent-port'

const FORK_TIMEOUT_MS = 10_000

export interface ForkedExit {
  readonly code: number | null
  readonly signal: string | null
}

/** Has the shape of the sandbox's AgentProcess. */
export interface ForkedAgent {
  readonly pid: number
  post(message: ToAgent): void
  onMessage(listener: (message: FromAgent) => void): void
  onExit(listener: (exit: ForkedExit) => void): void
  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): boolean
}

export interface HostProcessesOptions {
  readonly host: HostConnection
  readonly parse: (message: unknown) => FromAgent | null
  readonly log: { warn(text: string): void }
}

interface Asked {
  readonly name: string
  settle(result: Result<ForkedAgent, 'start-failed'>): void
}

/** utilityProcess tells the exit code only; one that a signal ended has the signal's number, or 128 more. */
const SIGKILL_CODES: readonly number[] = [9, 137]

export function hostProcesses({ host, parse, log }: HostProcessesOptions): { fork(name: string): Promise<Result<ForkedAgent, 'start-failed'>> } {
  const asked = new Map<number, Asked>()
  const ended = new Map<number, (exit: ForkedExit) => void>()
  let sequence = 0

  host.onMessage((message, port) => {
    if (message.kind === 'forked') {
      const request = asked.get(message.id)
      // Too late: nobody waits for it any more. Closing the port ends it.
      if (!request || !port) return port?.close()
      const { agent, exited } = agentOver(message.pid, port, request.name, parse, log)
      ended.set(message.id, exited)
      request.settle(ok(agent))
    } else if (message.kind === 'fork-failed') {
      asked.get(message.id)?.settle(fail('start-failed', `The process could not be started: ${message.message}`, 'The system may be out of processes or memory.'))
    } else if (message.kind === 'agent-exit') {
      const isKill = SIGKILL_CODES.includes(message.exitCode)
      ended.get(message.id)?.({ code: isKill ? null : message.exitCode, signal: isKill ? 'SIGKILL' : null })
      ended.delete(message.id)
      asked.get(message.id)?.settle(fail('start-failed', 'The process ended before it could be used.'))
    }
  })

  return {
    fork: (name) => new Promise((resolve) => {
      const id = (sequence += 1)
      const timer = setTimeout(() => settle(fail('start-failed', `The process of ${name} was not started within ${FORK_TIMEOUT_MS / 1000} s.`, 'The machine may be overloaded; try again.')), FORK_TIMEOUT_MS)
      const settle = (result: Result<ForkedAgent, 'start-failed'>): void => {
        clearTimeout(timer)
        asked.delete(id)
        resolve(result)
      }
      asked.set(id, { name, settle })
      host.post({ kind: 'fork-agent', id, name })
    }),
  }
}

function agentOver(pid: number, port: Port, name: string, parse: HostProcessesOptions['parse'], log: HostProcessesOptions['log']) {
  const listeners: ((message: FromAgent) => void)[] = []
  const exitListeners: ((exit: ForkedExit) => void)[] = []
  let exit: ForkedExit | null = null
  port.on('message', ({ data }) => {
    const message = parse(data)
    if (message) for (const listener of listeners) listener(message)
    else log.warn(`${name} said something that is not of the protocol.`)
  })
  const agent: ForkedAgent = {
    pid,
    post: (message) => {
      if (exit === null) port.postMessage(message)
    },
    onMessage: (listener) => {
      listeners.push(listener)
      port.start()
    },
    onExit: (listener) => {
      if (exit) listener(exit)
      else exitListeners.push(listener)
    },
    kill: (signal) => {
      if (exit !== null) return false
      try {
        return process.kill(pid, signal)
      } catch {
        // It ended a moment ago; its exit is on the way.
        return false
      }
    },
  }
  const exited = (how: ForkedExit): void => {
    if (exit) return
    exit = how
    port.close()
    for (const listener of exitListeners) listener(how)
  }
  return { agent, exited }
}
