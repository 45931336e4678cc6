/** Agents made up for the tests of this folder. */
import type { FromAgent, ToAgent } from '../../../contract/agent'
import type { ControlOutcome } from '../../../core/machine'
import { silentObservation, type NodeObservation } from '../../../core/observation'
import type { AgentExit, AgentProcess, AgentSignal } from './process-host'

/** A process made up in memory: it does what its behaviour says, and keeps what was said to it. */
export class FakeAgent implements AgentProcess {
  readonly pid: number
  readonly name: string
  readonly heard: ToAgent[] = []
  readonly signals: AgentSignal[] = []
  answers = true
  startsWith: FromAgent | null = { kind: 'ready', port: 1, recoveredEntries: 0 }
  stopsWhenAsked = true
  /** What it answers to a control; null for nothing. */
  outcome: ControlOutcome | null = { kind: 'done' }
  /** What it says of itself when observed. */
  word: NodeObservation = said
  alive = true
  private readonly listeners: ((message: FromAgent) => void)[] = []
  private readonly exitListeners: ((exit: AgentExit) => void)[] = []

  constructor(pid: number, name: string) {
    this.pid = pid
    this.name = name
  }

  post(message: ToAgent): void {
    if (!this.alive) return
    this.heard.push(message)
    setImmediate(() => this.react(message))
  }

  onMessage(listener: (message: FromAgent) => void): void {
    this.listeners.push(listener)
  }

  onExit(listener: (exit: AgentExit) => void): void {
    this.exitListeners.push(listener)
  }

  kill(signal: AgentSignal): boolean {
    if (!this.alive) return false
    this.signals.push(signal)
    if (signal === 'SIGKILL') this.end({ code: null, signal })
    return true
  }

  say(message: FromAgent): void {
    for (const listener of this.listeners) listener(message)
  }

  end(exit: AgentExit): void {
    if (!this.alive) return
    this.alive = false
    for (const listener of this.exitListeners) listener(exit)
  }

  private react(message: ToAgent): void {
    if (!this.alive) return
    if (message.kind === 'start-node' && this.startsWith) {
      this.say(this.startsWith)
      if (this.startsWith.kind === 'failed') this.end({ code: 1, signal: null })
    } else if (message.kind === 'observe' && this.answers) this.say({ kind: 'observation', id: message.id, observation: this.word })
    else if (message.kind === 'control' && this.outcome) this.say({ kind: 'control-outcome', id: message.id, outcome: this.outcome })
    else if (message.kind === 'stop' && this.stopsWhenAsked) this.end({ code: 0, signal: null })
  }
}

export const said: NodeObservation = {
  ...silentObservation({ clusterId: 'other', nodeId: 'other', name: 'other', atMs: 0, source: { endpoint: 'none', path: 'simulated' } }, 'unknown', ''),
  reachability: 'ok',
}
