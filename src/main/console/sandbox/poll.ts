/** Asks one node over its control channel what it says, on a beat of its own, and never waits for another node. */
import type { FromAgent } from '../../../contract/agent'
import { AGENT_LIMITS } from '../../../contract/agent'
import type { NodeObservation } from '../../../core/observation'
import { silentObservation } from '../../../core/observation'
import { LOOPBACK, SANDBOX_LIMITS } from './limits'
import type { Node } from './node'

export interface PollOptions {
  readonly clusterId: string
  readonly node: Node
  readonly nowMs: () => number
  readonly intervalMs: () => number
  readonly onObservation: (observation: NodeObservation) => void
}

interface Asked {
  readonly id: number
  /** performance.now() */
  readonly sentAtMs: number
  deadline: NodeJS.Timeout
  /** The deadline passed: silence was reported. An answer that comes yet only shows that it lives again. */
  late: boolean
}

export class NodePoll {
  private readonly options: PollOptions
  private timer: NodeJS.Timeout | null = null
  private soon: NodeJS.Timeout | null = null
  private asked: Asked | null = null
  private sequence = 0
  private lastAskedAtMs = -Infinity

  constructor(options: PollOptions) {
    this.options = options
  }

  start(): void {
    this.stop()
    this.beat()
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer)
    if (this.soon) clearTimeout(this.soon)
    if (this.asked) clearTimeout(this.asked.deadline)
    this.timer = this.soon = this.asked = null
  }

  /** The state of the process changed: what was asked of the old process is void, and what is known is told at once. */
  stateChanged(): void {
    if (!this.timer) return
    if (this.options.node.state !== 'paused' && this.asked) {
      clearTimeout(this.asked.deadline)
      this.asked = null
    }
    this.ask()
  }

  receive(message: FromAgent): void {
    if (!this.timer) return
    if (message.kind === 'changed') this.askSoon()
    else if (message.kind === 'observation') this.answered(message.id, message.observation)
  }

  private beat(): void {
    this.timer = setTimeout(() => this.beat(), this.options.intervalMs())
    this.ask()
  }

  /** As soon as the answer under way, if there is one, has come. */
  askSoon(): void {
    if (this.soon) return
    const waitMs = Math.max(0, this.lastAskedAtMs + SANDBOX_LIMITS.changedObserveEveryMs - performance.now())
    this.soon = setTimeout(() => {
      this.soon = null
      // An answer under way may be older than the change.
      if (this.asked && !this.asked.late) this.askSoon()
      else this.ask()
    }, waitMs || 1)
  }

  private ask(): void {
    const { node } = this.options
    if (node.state !== 'running' && node.state !== 'paused') return this.tellAbsence()
    if (this.asked) {
      if (!this.asked.late) return
      // One unread request at most: a paused process must not find a pipe full of them.
      this.tellSilence()
      if (performance.now() - this.asked.sentAtMs < SANDBOX_LIMITS.observeRepeatAfterMs) return
    }
    this.sequence += 1
    const id = this.sequence
    if (!node.post({ kind: 'observe', id })) return
    this.lastAskedAtMs = performance.now()
    this.asked = { id, sentAtMs: this.lastAskedAtMs, deadline: this.deadline(id), late: this.asked?.late ?? false }
  }

  private deadline(id: number): NodeJS.Timeout {
    const dueAtMs = performance.now() + AGENT_LIMITS.observeTimeoutMs
    return setTimeout(() => {
      const { asked } = this
      if (asked?.id !== id) return
      // It is the console that did not run meanwhile: the answer may be there, unread.
      if (performance.now() - dueAtMs > SANDBOX_LIMITS.ownDelayMs) {
        asked.deadline = this.deadline(id)
        return
      }
      asked.late = true
      this.tellSilence()
    }, AGENT_LIMITS.observeTimeoutMs)
  }

  private answered(id: number, said: NodeObservation): void {
    const { asked } = this
    if (asked?.id !== id) return
    clearTimeout(asked.deadline)
    this.asked = null
    if (asked.late) return this.ask()
    const rttMs = Math.round((performance.now() - asked.sentAtMs) * 1000) / 1000
    this.options.onObservation({ ...said, ...this.about(), rttMs })
  }

  private about(): Pick<NodeObservation, 'clusterId' | 'nodeId' | 'name' | 'atMs' | 'source'> {
    const { clusterId, node, nowMs } = this.options
    return { clusterId, nodeId: node.nodeId, name: node.nodeId, atMs: nowMs(), source: { endpoint: `${LOOPBACK}:${node.port}`, path: 'process' } }
  }

  private tellSilence(): void {
    const paused = this.options.node.state === 'paused'
    const reason = paused ? 'The process is paused and does not answer.' : `It did not answer within ${AGENT_LIMITS.observeTimeoutMs} ms.`
    this.options.onObservation(silentObservation(this.about(), 'timeout', reason))
  }

  private tellAbsence(): void {
    const { node, onObservation } = this.options
    if (node.state === 'starting') onObservation(silentObservation(this.about(), 'unknown', 'The process is starting.'))
    else if (node.state === 'stopped') onObservation(silentObservation(this.about(), 'stopped', node.reason ?? 'The process was stopped.'))
    else onObservation(silentObservation(this.about(), 'ended', node.reason ?? 'The process was killed.'))
  }
}
