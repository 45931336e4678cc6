/**
 * Node processes, forked at the console service's request. Each gets one end of a message channel and the service the
 * other, so that nothing they say to each other passes through here. They end with the process that forked them.
 */
import path from 'node:path'
import { MessageChannelMain, utilityProcess } from 'electron'
import type { MessagePortMain, UtilityProcess } from 'electron'
import type { FromHost, HostToAgent } from '../../contract/host'
import { childEnvironment } from './environment'
import type { ErrorLog } from './error-log'

const AGENTS_MAX = 256

export type PostToConsole = (message: FromHost, port?: MessagePortMain) => void

export class Agents {
  readonly #running = new Map<number, UtilityProcess>()
  readonly #entry: string
  readonly #log: ErrorLog

  constructor(folder: string, log: ErrorLog) {
    this.#entry = path.join(folder, 'agent.js')
    this.#log = log
  }

  fork(id: number, name: string, post: PostToConsole): void {
    if (this.#running.size >= AGENTS_MAX) {
      post({ kind: 'fork-failed', id, message: `No more than ${AGENTS_MAX} node processes run at once.` })
      return
    }
    const { port1, port2 } = new MessageChannelMain()
    const child = utilityProcess.fork(this.#entry, [], { serviceName: `Quorate node ${name}`, stdio: ['ignore', 'inherit', 'inherit'], env: childEnvironment() })
    this.#running.set(id, child)
    child.once('spawn', () => {
      const hello: HostToAgent = { kind: 'control-port' }
      child.postMessage(hello, [port1])
      post({ kind: 'forked', id, pid: child.pid ?? 0 }, port2)
    })
    // Unheard it would end the app as well; its exit follows.
    child.on('error', (type, location) => this.#log.write(`node ${name} broke`, `${type} at ${location}`))
    child.once('exit', (exitCode) => {
      this.#running.delete(id)
      post({ kind: 'agent-exit', id, exitCode })
    })
  }

  /** For the end of the console service: whoever held the other ends of their ports is gone. */
  killAll(): void {
    for (const child of this.#running.values()) child.kill()
    this.#running.clear()
  }
}
