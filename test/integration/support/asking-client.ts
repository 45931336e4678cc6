/**
 * A client that asks a real cluster for everything its state machine can do, one thing at a time, and writes down what it asked and was
 * told. It draws its questions as the clients of the simulator do, so that one judge serves both.
 */
import { seededRandom, type Random } from '../../../src/core/base'
import type { HistoryRecorder } from '../../../src/core/checker'
import { encodeCommand, encodeQuery } from '../../../src/core/statemachine'
import { openSession, type OperationClient } from '../../../src/runtime/client'
import type { WorkloadPlan } from '../../../src/sim/plan'
import { drawAsk, meaningOf, type Ask, type Memory } from '../../../src/sim/workload/asks'

/** Short, so that faults leave operations whose outcome nobody knows, ... */
const WRITE_TIMEOUT_MS = 1_500
/** ... and so that reads which a paused member finds on waking were asked after others had gone on without it. */
const READ_TIMEOUT_MS = 300
const SESSION_TIMEOUT_MS = 30_000

type Told = { readonly kind: 'ok'; readonly reply: Uint8Array; readonly repeated: boolean } | { readonly kind: 'failed' } | { readonly kind: 'unknown' }

export class AskingClient {
  /** Answers that make no sense for what was asked. */
  readonly problems: string[] = []
  answered = 0
  unknown = 0
  private readonly cluster: OperationClient
  private readonly recorder: HistoryRecorder
  private readonly plan: WorkloadPlan
  private readonly index: number
  private readonly random: Random
  private lives = 0
  private stopped = false
  private ended: Promise<void> = Promise.resolve()

  constructor(index: number, cluster: OperationClient, recorder: HistoryRecorder, plan: WorkloadPlan, seed: number) {
    this.index = index
    this.cluster = cluster
    this.recorder = recorder
    this.plan = plan
    this.random = seededRandom(seed + index)
  }

  start(): void {
    this.ended = this.run()
  }

  stop(): Promise<void> {
    this.stopped = true
    return this.ended
  }

  /**
   * A life ends where an outcome stays unknown: what comes after it is asked by a process of another name, in a session of its own, as
   * the old one may hold locks that it does not know of.
   */
  private async run(): Promise<void> {
    let written = 0
    while (!this.stopped) {
      const process = `c${this.index}.${this.lives++}`
      const clientId = await this.session()
      if (clientId === null) return
      const memory: Memory = { seen: new Map(), tokens: new Map(), written }
      for (let sequence = 1; !this.stopped; sequence++) {
        const ask = drawAsk(this.random, this.plan, this.index, memory)
        if (!(await this.ask(process, clientId, sequence, ask, memory))) break
      }
      ({ written } = memory)
    }
  }

  /**
   * It keeps itself alive for as long as the client, also when its life here is over: the model of locks knows of no lock that is taken
   * from who has it.
   */
  private session(): Promise<string | null> {
    return new Promise((resolve) => {
      openSession(this.cluster, this.cluster.nowMs() + SESSION_TIMEOUT_MS, (opened) => {
        if (!opened.ok) this.problems.push(`no session: ${opened.error.message}`)
        resolve(opened.ok ? opened.value.clientId : null)
      })
    })
  }

  private async ask(process: string, clientId: string, sequence: number, ask: Ask, memory: Memory): Promise<boolean> {
    const operation = this.recorder.invoke(process, ask.f, ask.key, ask.value, performance.now())
    const told = await this.tell(clientId, sequence, ask)
    const complete = (type: 'ok' | 'fail' | 'info', value: Parameters<HistoryRecorder['complete']>[2] = null): boolean => {
      this.recorder.complete(operation, type, value, performance.now())
      return type !== 'info'
    }
    if (told.kind === 'unknown') {
      this.unknown += 1
      return complete('info')
    }
    if (told.kind === 'failed') return complete('fail')
    this.answered += 1
    const meaning = meaningOf(ask, told.reply, memory)
    if (meaning.kind === 'ok' || meaning.kind === 'fail') return complete(meaning.kind, meaning.kind === 'ok' ? meaning.value : null)
    this.problems.push(`${process} asked for ${ask.f} ${ask.key} and was told: ${meaning.kind === 'broken' ? meaning.reply : meaning.kind}`)
    return complete('info')
  }

  private tell(clientId: string, sequence: number, ask: Ask): Promise<Told> {
    const { operation, query } = ask
    const deadlineMs = this.cluster.nowMs() + (query === null ? WRITE_TIMEOUT_MS : READ_TIMEOUT_MS)
    return new Promise((done) => {
      if (query !== null) this.cluster.run({ kind: 'read', payload: encodeQuery(query), repeatable: true, deadlineMs, done })
      else if (operation !== null) {
        const payload = encodeCommand({ kind: 'operate', clientId, sequence, lowestOutstanding: sequence, operation })
        this.cluster.run({ kind: 'propose', payload, repeatable: true, deadlineMs, done })
      }
    })
  }
}
