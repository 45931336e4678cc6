/** One node of a local cluster: its process, what state it is in, and why. */
import type { Failure, Result } from '../../../core/base'
import { fail, ok } from '../../../core/base'
import type { MemberKind } from '../../../core/machine'
import type { AgentFailureCode, Behaviour, ForcedStart, FromAgent, LinkRule, NodeStart, PeerAddress, ProtocolOptions, ToAgent } from '../../../contract/agent'
import { AGENT_LIMITS } from '../../../contract/agent'
import type { NodeProcessState, SandboxNode } from '../../../contract/sandbox'
import { SANDBOX_LIMITS } from './limits'
import { portInUse } from './ports'
import type { AgentExit, AgentProcess, ProcessHost } from './process-host'

export type LifeCode = 'port-in-use' | 'no-space' | 'start-failed' | 'wrong-folder'
export type NodeActionCode = LifeCode | 'wrong-state' | 'unsupported'

const LIFE_CODE: Readonly<Record<AgentFailureCode, LifeCode>> = {
  'port-in-use': 'port-in-use', 'no-space': 'no-space', 'wrong-folder': 'wrong-folder',
  'disk-failed': 'start-failed', 'log-corrupt': 'start-failed', 'invariant-broken': 'start-failed', 'bad-start': 'start-failed',
}

export interface NodeOptions {
  /** What it is started with; asked for at every start. Who and where it is stays the same. */
  readonly start: () => NodeStart
  readonly processHost: ProcessHost
  readonly log: { info(text: string): void; warn(text: string): void; error(text: string): void }
  readonly nowMs: () => number
  /** The state, the pid or the reason changed. */
  readonly onState: () => void
  /** `observation` and `changed`. */
  readonly onMessage: (message: FromAgent) => void
  /** What kind of member it is, as far as is remembered. */
  readonly member: () => MemberKind
  /** The rules that hold for it now; asked for at every start. */
  readonly linkRules: () => readonly LinkRule[]
  /** What it does to the others, where it may lie; asked for at every start. */
  readonly behaviour: () => Behaviour
  /** Where the members of the cluster are now; asked for at every start. */
  readonly addresses: () => readonly PeerAddress[]
}

type Intent = 'run' | 'stop' | 'kill'

export class Node {
  readonly nodeId: string
  readonly port: number
  private readonly options: NodeOptions
  /** As it was started last; before that, as it would be. */
  private startedWith: NodeStart
  private process: AgentProcess | null = null
  private current: NodeProcessState = 'stopped'
  private changedAtMs: number
  private why: string | null = null
  private restarts = 0
  private starts = 0
  private intent: Intent = 'stop'
  private failure: Failure<LifeCode> | null = null
  /** For the next start only. */
  private forced: ForcedStart | null = null
  private starting: Promise<Result<null, LifeCode>> | null = null
  /** Settles the start under way. */
  private started: ((result: Result<null, LifeCode>) => void) | null = null
  private readonly exitWaiters: (() => void)[] = []

  constructor(options: NodeOptions) {
    this.options = options
    this.startedWith = options.start()
    this.nodeId = this.startedWith.nodeId
    this.port = this.startedWith.listen.port
    this.changedAtMs = options.nowMs()
  }

  get state(): NodeProcessState {
    return this.current
  }

  /** When the present state began. */
  get sinceMs(): number {
    return this.changedAtMs
  }

  get reason(): string | null {
    return this.why
  }

  /** What its process was started with; null where none runs. */
  get runsWith(): ProtocolOptions | null {
    return this.process === null ? null : this.startedWith.options
  }

  describe(): SandboxNode {
    const { nodeId, port, runsWith } = this
    const all = { nodeId, member: this.options.member(), port, state: this.current, pid: this.process?.pid ?? null, directory: this.startedWith.directory, restarts: this.restarts, runsWith }
    return this.why === null ? all : { ...all, reason: this.why }
  }

  /** Asks the process something. False where there is none to ask. */
  post(message: Extract<ToAgent, { kind: 'observe' | 'control' }>): boolean {
    if (!this.process || this.current === 'starting') return false
    this.process.post(message)
    return true
  }

  applyLinkRules(): void {
    this.process?.post({ kind: 'link-rules', rules: this.options.linkRules() })
  }

  applyBehaviour(): void {
    if (this.startedWith.protocol === 'pbft') this.process?.post({ kind: 'behave', behaviour: this.options.behaviour() })
  }

  applyAddresses(): void {
    this.process?.post({ kind: 'members', members: this.options.addresses() })
  }

  /** Ready, or the reason why not. Running already is fine. */
  async start(): Promise<Result<null, LifeCode>> {
    if (this.starting) return this.starting
    if (this.current === 'running' || this.current === 'paused') return ok(null)
    this.starting = this.launch()
    try {
      return await this.starting
    } finally {
      this.starting = null
    }
  }

  /** Lets it finish what is under way; after the time given it is killed. */
  async stop(withinMs: number = AGENT_LIMITS.stopTimeoutMs): Promise<Result<null, NodeActionCode>> {
    this.intent = 'stop'
    const { process } = this
    if (!process) {
      // It may just be being forked; what comes of that is ended at once.
      await this.starting
      this.become('stopped', null)
      return ok(null)
    }
    // Whoever paused it: a process that is stopped cannot hear.
    process.kill('SIGCONT')
    process.post({ kind: 'stop' })
    if (!(await this.exited(withinMs))) {
      this.options.log.warn(`Node ${this.nodeId} did not stop within ${withinMs} ms and was killed.`)
      process.kill('SIGKILL')
      await this.exited(SANDBOX_LIMITS.killTimeoutMs)
    }
    return ok(null)
  }

  async kill(): Promise<Result<null, NodeActionCode>> {
    const { process } = this
    if (!process) return fail('wrong-state', `Node ${this.nodeId} is not running.`)
    this.intent = 'kill'
    process.kill('SIGKILL')
    await this.exited(SANDBOX_LIMITS.killTimeoutMs)
    return ok(null)
  }

  async restart(): Promise<Result<null, NodeActionCode>> {
    if (this.process) await this.stop()
    return this.start()
  }

  /** Restarted as the only voter, on its own word. */
  async restartForced(forced: ForcedStart): Promise<Result<null, LifeCode>> {
    await this.stop()
    this.forced = forced
    return this.start()
  }

  pause(): Result<null, NodeActionCode> {
    return this.signal('running', 'SIGSTOP', 'paused')
  }

  resume(): Result<null, NodeActionCode> {
    return this.signal('paused', 'SIGCONT', 'running')
  }

  private signal(from: NodeProcessState, signal: 'SIGSTOP' | 'SIGCONT', to: NodeProcessState): Result<null, NodeActionCode> {
    if (globalThis.process.platform === 'win32') {
      return fail('unsupported', 'Windows cannot pause a process.', 'Cut the links of the node instead.')
    }
    if (this.current !== from || !this.process) return fail('wrong-state', `Node ${this.nodeId} is ${this.current}, not ${from}.`)
    if (!this.process.kill(signal)) return fail('wrong-state', `Node ${this.nodeId} has just ended.`)
    this.become(to, null)
    return ok(null)
  }

  private become(state: NodeProcessState, why: string | null): void {
    if (state === this.current && why === this.why) return
    if (state !== this.current) this.changedAtMs = this.options.nowMs()
    this.current = state
    this.why = why
    this.options.onState()
  }

  private async launch(): Promise<Result<null, LifeCode>> {
    const { processHost } = this.options
    if (this.process) await this.exited(AGENT_LIMITS.stopTimeoutMs)
    this.intent = 'run'
    this.failure = null
    this.become('starting', null)
    const forked = await processHost.fork(`${this.startedWith.clusterId}/${this.nodeId}`)
    if (!forked.ok) {
      this.become('failed', forked.error.message)
      return forked
    }
    return this.awaitReady(forked.value)
  }

  private async awaitReady(process: AgentProcess): Promise<Result<null, LifeCode>> {
    if (this.intent !== 'run') {
      process.kill('SIGKILL')
      return fail('start-failed', `Node ${this.nodeId} was stopped before it ran.`)
    }
    this.process = process
    this.startedWith = this.options.start()
    this.starts += 1
    if (this.starts > 1) this.restarts += 1
    const outcome = new Promise<Result<null, LifeCode>>((resolve) => (this.started = resolve))
    const timer = setTimeout(() => {
      const message = `Node ${this.nodeId} did not become ready within ${AGENT_LIMITS.startTimeoutMs / 1000} s.`
      this.failure = { code: 'start-failed', message, hint: 'The machine may be overloaded; start the node again.' }
      process.kill('SIGKILL')
    }, AGENT_LIMITS.startTimeoutMs)
    process.onMessage((message) => this.receive(process, message))
    process.onExit((exit) => this.ended(process, exit))
    process.post({ ...this.startedWith, forced: this.forced })
    this.forced = null
    // Before it opens a socket: faults that are in force hold from its first message on.
    this.applyLinkRules()
    this.applyBehaviour()
    this.applyAddresses()
    const result = await outcome
    clearTimeout(timer)
    this.started = null
    if (result.ok || result.error.code !== 'port-in-use') return result
    const named = await portInUse(this.port)
    this.become('failed', named.error.message)
    return named
  }

  private receive(process: AgentProcess, message: FromAgent): void {
    if (this.process !== process) return
    if (message.kind === 'ready') {
      if (this.current === 'starting') this.become('running', null)
      this.started?.(ok(null))
    } else if (message.kind === 'failed') {
      this.failure = { code: LIFE_CODE[message.code], message: message.message, hint: message.hint }
      this.become('failed', message.message)
    } else if (message.kind === 'log') {
      this.options.log[message.level](`${this.startedWith.clusterId}/${this.nodeId}: ${message.text}`)
    } else this.options.onMessage(message)
  }

  private ended(process: AgentProcess, exit: AgentExit): void {
    if (this.process !== process) return
    this.process = null
    if (this.intent === 'stop') this.become('stopped', null)
    else if (this.intent === 'kill') this.become('killed', null)
    else if (this.failure) this.become('failed', this.failure.message)
    else if (exit.signal === 'SIGKILL') this.become('killed', 'The process was killed from outside (SIGKILL).')
    else this.become('failed', `The process ended by itself (${exit.signal ?? `exit code ${exit.code ?? 'unknown'}`}).`)
    const failure = this.failure ?? { code: 'start-failed', message: this.why ?? `Node ${this.nodeId} was ${this.current} while it started.` }
    this.started?.({ ok: false, error: failure })
    for (const waiter of this.exitWaiters.splice(0)) waiter()
  }

  /** True once the process is gone; false after the time given. */
  private exited(withinMs: number): Promise<boolean> {
    if (!this.process) return Promise.resolve(true)
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), withinMs)
      this.exitWaiters.push(() => {
        clearTimeout(timer)
        resolve(true)
      })
    })
  }
}
