/** The load generators of the local clusters: one process of its own each. */
import type { Result } from '../../../core/base'
import { fail, ok } from '../../../core/base'
import type { ProtocolName } from '../../../core/machine'
import { AGENT_LIMITS, type PeerAddress } from '../../../contract/agent'
import { LOAD_DEFAULTS, type LoadSample, type LoadSettings, type LoadState } from '../../../contract/load'
import { SANDBOX_LIMITS } from './limits'
import type { AgentExit, AgentProcess, ProcessHost } from './process-host'

export interface LoadOptions {
  readonly clusterId: string
  readonly protocol: ProtocolName
  readonly members: () => readonly PeerAddress[]
  /** Left out: the clients do not sign. */
  readonly clientKeyFile?: string
  readonly processHost: ProcessHost
  readonly log: { info(text: string): void; warn(text: string): void; error(text: string): void }
  readonly nowMs: () => number
  readonly onState: (state: LoadState) => void
  readonly onSample: (clusterId: string, sample: LoadSample) => void
}

const NO_TOTALS = { completed: 0, errors: 0, unknownOutcomes: 0, outvoted: 0 }

export class Load {
  private readonly options: LoadOptions
  private process: AgentProcess | null = null
  private current: LoadState
  private asked = false

  constructor(options: LoadOptions) {
    this.options = options
    this.current = { clusterId: options.clusterId, running: false, settings: LOAD_DEFAULTS, startedAtMs: null, samples: [], totals: NO_TOTALS }
  }

  state(): LoadState {
    return this.current
  }

  /** Running already: the new settings hold from now on. */
  async start(settings: LoadSettings): Promise<Result<null, 'start-failed'>> {
    if (this.asked) {
      if (this.process) this.adjust(settings)
      return ok(null)
    }
    this.asked = true
    const { clusterId, protocol, members, clientKeyFile, processHost, nowMs } = this.options
    this.change({ settings, running: true, startedAtMs: nowMs(), totals: NO_TOTALS, samples: [], reason: '' })
    const forked = await processHost.fork(`${clusterId}/load`)
    if (!forked.ok) {
      this.asked = false
      this.change({ running: false, startedAtMs: null, reason: forked.error.message })
      return forked
    }
    const process = forked.value
    this.process = process
    process.onMessage((message) => {
      if (message.kind === 'load-sample') this.sampled(message.sample)
      else if (message.kind === 'failed') this.change({ reason: message.message })
      else if (message.kind === 'log') this.options.log[message.level](`${clusterId}/load: ${message.text}`)
    })
    process.onExit((exit) => this.ended(process, exit))
    process.post({ kind: 'start-load', protocol, members: members(), ...(clientKeyFile === undefined ? {} : { clientKeyFile }), settings: this.current.settings })
    // It was stopped while the process was being forked.
    if (!this.asked) await this.stop()
    return ok(null)
  }

  adjust(settings: LoadSettings): Result<null, 'not-running'> {
    if (!this.process) return fail('not-running', 'No load is running on this cluster.', 'Start it first.')
    this.process.post({ kind: 'load-settings', settings })
    this.change({ settings })
    return ok(null)
  }

  /** The members have changed: the clients ask the ones there are now. */
  membersChanged(): void {
    this.process?.post({ kind: 'members', members: this.options.members() })
  }

  async stop(withinMs: number = AGENT_LIMITS.stopTimeoutMs): Promise<void> {
    this.asked = false
    const { process } = this
    if (!process) return
    const gone = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), withinMs)
      process.onExit(() => {
        clearTimeout(timer)
        resolve(true)
      })
    })
    process.post({ kind: 'stop' })
    if (!(await gone)) process.kill('SIGKILL')
  }

  private ended(process: AgentProcess, exit: AgentExit): void {
    if (this.process !== process) return
    const unasked = this.asked
    this.process = null
    this.asked = false
    const why = this.current.reason || (unasked ? `The load generator ended by itself (${exit.signal ?? `exit code ${exit.code ?? 'unknown'}`}).` : '')
    this.change({ running: false, startedAtMs: null, reason: why })
  }

  private sampled(sample: LoadSample): void {
    const { totals, samples } = this.current
    this.change({
      samples: [...samples, sample].slice(-SANDBOX_LIMITS.loadSamplesMax),
      totals: {
        completed: totals.completed + sample.completed,
        errors: totals.errors + sample.errors,
        unknownOutcomes: totals.unknownOutcomes + sample.unknownOutcomes,
        outvoted: totals.outvoted + sample.outvoted,
      },
    })
    this.options.onSample(this.options.clusterId, sample)
  }

  /** An empty reason means none. */
  private change(change: Partial<LoadState>): void {
    const { reason, ...rest } = { ...this.current, ...change }
    this.current = reason ? { ...rest, reason } : rest
    this.options.onState(this.current)
  }
}
