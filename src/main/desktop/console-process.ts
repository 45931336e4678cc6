/**
 * The console service as a process of its own: started before the first window, started again when it ends unasked, and
 * connected to windows by message ports that main only hands out.
 */
import path from 'node:path'
import { MessageChannelMain, utilityProcess } from 'electron'
import type { MessagePortMain, UtilityProcess, WebContents } from 'electron'
import type { FromHost, ToHost } from '../../contract/host'
import { DESKTOP_CHANNELS } from '../../contract/desktop-api'
import { Agents } from './agents'
import { childEnvironment } from './environment'
import type { ErrorLog } from './error-log'
import { RestartLimit } from './restart-limit'
import { seal, unseal } from './secrets'

const STOP_TIMEOUT_MS = 5_000
const RESTARTS_MAX = 5
const RESTARTS_WITHIN_MS = 60_000
const RESTART_DELAY_MS = 250

export interface ConsoleSettings {
  /** Where the built processes lie. */
  readonly folder: string
  readonly configuration: Extract<FromHost, { kind: 'configure' }>
}

export interface ConsoleEvents {
  notify(notice: Extract<ToHost, { kind: 'notify' }>): void
  badge(figures: Extract<ToHost, { kind: 'badge' }>): void
  theme(theme: 'system' | 'light' | 'dark'): void
  /** It could not start, or ended again and again; it is not started any more. */
  gaveUp(reason: string | null): void
}

export class ConsoleProcess {
  readonly #settings: ConsoleSettings
  readonly #events: ConsoleEvents
  readonly #log: ErrorLog
  readonly #restarts = new RestartLimit(RESTARTS_MAX, RESTARTS_WITHIN_MS)
  #child: UtilityProcess | null = null
  #agents: Agents
  #ready = false
  /** What it said before it could start. */
  #complaint: string | null = null
  #stopping = false
  #waiting: WebContents[] = []
  #stopped: (() => void) | null = null

  constructor(settings: ConsoleSettings, events: ConsoleEvents, log: ErrorLog) {
    this.#settings = settings
    this.#events = events
    this.#log = log
    this.#agents = new Agents(settings.folder, log)
  }

  start(): void {
    const child = utilityProcess.fork(path.join(this.#settings.folder, 'console.js'), [], { serviceName: 'Quorate console', stdio: ['ignore', 'inherit', 'inherit'], env: childEnvironment() })
    const agents = new Agents(this.#settings.folder, this.#log)
    this.#child = child
    this.#agents = agents
    this.#ready = false
    this.#complaint = null
    child.on('message', (message: ToHost) => this.#hear(message, child, agents))
    // Out of memory, say. Unheard it would end the app as well; its exit follows.
    child.on('error', (type, location) => this.#log.write('the console service broke', `${type} at ${location}`))
    child.once('exit', (code) => this.#ended(code, agents))
    this.#post(child, this.#settings.configuration)
    // Pages need not wait until it is ready: what they ask is answered as soon as it is.
    for (const contents of this.#waiting.splice(0)) this.connect(contents)
  }

  /** Starts it again after it was given up. */
  startAgain(): void {
    if (this.#child === null && !this.#stopping) this.start()
  }

  #post(child: UtilityProcess, message: FromHost, port?: MessagePortMain): void {
    // A late answer to a process that has gone concerns nobody.
    if (this.#child === child) child.postMessage(message, port === undefined ? [] : [port])
    else port?.close()
  }

  #hear(message: ToHost, child: UtilityProcess, agents: Agents): void {
    switch (message.kind) {
      case 'ready':
        this.#ready = true
        break
      case 'fork-agent':
        agents.fork(message.id, message.name, (answer, port) => this.#post(child, answer, port))
        break
      case 'seal':
        this.#post(child, { kind: 'sealed', id: message.id, sealed: seal(message.text, this.#log) })
        break
      case 'unseal':
        this.#post(child, { kind: 'unsealed', id: message.id, text: unseal(message.sealed, this.#log) })
        break
      case 'notify':
        if (this.#ready) this.#events.notify(message)
        else this.#complaint = message.body
        break
      case 'badge':
        this.#events.badge(message)
        break
      case 'theme':
        this.#events.theme(message.theme)
        break
      case 'stopped':
        this.#stopped?.()
        break
    }
  }

  #ended(exitCode: number, agents: Agents): void {
    agents.killAll()
    this.#child = null
    this.#stopped?.()
    if (this.#stopping) return
    this.#log.write('the console service ended', `exit code ${exitCode}${this.#complaint === null ? '' : `, ${this.#complaint}`}`)
    // What could not start says why, and would say the same again.
    const mayStart = (this.#ready || this.#complaint === null) && this.#restarts.allows(performance.now())
    if (mayStart) setTimeout(() => this.startAgain(), RESTART_DELAY_MS)
    else this.#events.gaveUp(this.#complaint)
  }

  /** Hands a page one end of a new connection, at once or as soon as the service runs. */
  connect(contents: WebContents): void {
    if (contents.isDestroyed()) return
    if (this.#child === null) {
      if (!this.#waiting.includes(contents)) this.#waiting.push(contents)
      return
    }
    const { port1, port2 } = new MessageChannelMain()
    this.#post(this.#child, { kind: 'client' }, port1)
    contents.postMessage(DESKTOP_CHANNELS.port, null, [port2])
  }

  /** Asks it to stop its clusters, and ends it when it does not within the limit. */
  async stop(): Promise<void> {
    this.#stopping = true
    const child = this.#child
    if (child !== null) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, STOP_TIMEOUT_MS)
        this.#stopped = () => {
          clearTimeout(timer)
          resolve()
        }
        this.#post(child, { kind: 'stop' })
      })
      child.kill()
    }
    this.#agents.killAll()
  }
}
