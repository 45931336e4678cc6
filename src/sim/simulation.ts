/** One simulation: a pure function of its plan. */
import type { ClusterMoment } from '../core/observation'
import { Cluster } from './cluster'
import { EVENTS } from './events'
import { judge } from './judge'
import { Liveness } from './liveness'
import { momentOf } from './moment'
import { Nemesis } from './nemesis'
import type { SimulatedNode } from './node'
import type { FaultEvent, SimulationPlan } from './plan'
import { adapterOf } from './protocols'
import { EventQueue } from './queue'
import { Trace } from './trace'
import type {
  LinearizabilityVerdict, LogRow, NodeSummary, SimulationOptions, SimulationReport, SimulationView, Violation,
} from './types'
import { Workload } from './workload'

export class Simulation implements SimulationView {
  readonly plan: SimulationPlan
  readonly #queue = new EventQueue<SimulatedNode>()
  readonly #trace: Trace
  readonly #cluster: Cluster
  readonly #workload: Workload
  readonly #liveness: Liveness
  readonly #isGoingOn: boolean
  #verdict: LinearizabilityVerdict = 'not-checked'
  #isOver = false

  constructor(plan: SimulationPlan, options: SimulationOptions = {}) {
    this.plan = plan
    this.#isGoingOn = options.isGoingOn === true
    this.#trace = new Trace(options.onEvent ?? null)
    const cluster = new Cluster(plan, options.adapter ?? adapterOf(plan.protocol), this.#queue, this.#trace)
    this.#cluster = cluster
    this.#workload = new Workload(cluster)
    const nemesis = new Nemesis(cluster)
    this.#liveness = new Liveness(cluster, nemesis, this.#workload)
    cluster.listeners.push({
      onEvent: (_node, event) => {
        if (event.kind === 'members-changed') this.#workload.membersChanged(event.members.filter((member) => member.voter).map(({ id }) => id), event.index)
      },
      onCommitted: () => undefined,
    })
    cluster.found()
    if (cluster.twins.exist) this.#reshuffle()
    for (const liar of plan.byzantine) {
      if (liar.kind !== 'liar') continue
      cluster.call(liar.fromMs, () => {
        cluster.adapted.behave(liar.node, liar.behaviour)
        if (liar.behaviour === 'equivocate') this.#trace.did('equivocation')
      })
      cluster.call(liar.untilMs, () => { cluster.adapted.behave(liar.node, null) })
    }
    this.#workload.begin()
    nemesis.begin()
  }

  get nowMs(): number {
    return this.#cluster.nowMs
  }

  get endMs(): number {
    return this.plan.durationMs + this.plan.livenessMs
  }

  get isDone(): boolean {
    return this.#isOver
  }

  get violation(): Violation | null {
    return this.#cluster.violation
  }

  get replayHash(): string {
    return this.#trace.hash.toString()
  }

  step(): boolean {
    if (this.#isOver) return false
    const queue = this.#queue
    if (queue.length === 0 || queue.nextAtMs > this.endMs || this.#liveness.stage === 'done' || (this.violation !== null && !this.#isGoingOn)) {
      this.#end()
      return false
    }
    const event = queue.pop()
    const cluster = this.#cluster
    cluster.nowMs = event.atMs
    this.#trace.counts.steps++
    cluster.happen(event)
    queue.release(event)
    return true
  }

  runUntil(atMs: number): void {
    while (!this.#isOver && this.#queue.nextAtMs <= atMs) if (!this.step()) return
    if (!this.#isOver && this.#queue.nextAtMs > atMs && atMs <= this.endMs) this.#cluster.nowMs = Math.max(this.nowMs, atMs)
  }

  run(): SimulationReport {
    while (this.step());
    return this.report()
  }

  #reshuffle(): void {
    const { twins } = this.#cluster
    twins.reshuffle()
    this.#cluster.call(this.nowMs + twins.reshuffleMs, () => { this.#reshuffle() })
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    const cluster = this.#cluster
    if (this.violation === null && this.#liveness.stage !== 'done') {
      cluster.fail({
        invariant: this.#liveness.stage === 'quiet' ? 'Convergence' : 'Progress', source: 'docs/simulator.md, the liveness phase',
        message: `The simulation ended at ${Math.round(this.nowMs)} ms, and the core had not come together.`,
      }, null)
    }
    if (this.violation !== null && !this.#isGoingOn) return
    const judged = judge(this.#workload.history())
    this.#verdict = judged.verdict
    if (judged.broken !== null) cluster.fail(judged.broken, null)
  }

  report(): SimulationReport {
    const { counts } = this.#trace
    const { core, progressAfterMs, convergedAfterMs, elections, stateHash } = this.#liveness
    return {
      plan: this.plan, violation: this.violation, virtualMs: this.nowMs, replayHash: this.replayHash, stateHash,
      counts: { ...counts }, coverage: this.#trace.coverage(), linearizability: this.#verdict,
      liveness: { core: core.map(({ id }) => id), progressAfterMs, convergedAfterMs, elections },
    }
  }

  moment(): ClusterMoment {
    return momentOf(this.#cluster)
  }

  nodes(): readonly NodeSummary[] {
    return this.#cluster.nodes.filter((node) => node.copy === 0).map((node) => {
      const status = node.isUp ? node.machine.status() : null
      return {
        id: node.id, isUp: node.isUp, isPaused: node.isPaused, isRotten: node.isRotten, isByzantine: node.isByzantine,
        role: status?.role ?? null, term: status?.term ?? null,
      }
    })
  }

  log(nodeId: string, from: number, to: number): readonly LogRow[] {
    const node = this.#cluster.node(nodeId)
    if (!node.hasStarted) return []
    const { persistedIndex, committedIndex, appliedIndex } = node.machine.status()
    const stateOf = (index: number): LogRow['state'] => {
      if (index <= appliedIndex) return 'applied'
      if (index <= committedIndex) return 'committed'
      return index <= persistedIndex ? 'persisted' : 'volatile'
    }
    const entries = node.disk.watched(() => node.machine.entries(from, to)) ?? []
    return entries.map(({ index, term, kind, command }) => ({
      index, epoch: this.#cluster.adapter.epochText(node.machine, term), kind, command: command === null ? null : this.#cluster.describeCommand(command), state: stateOf(index),
    }))
  }

  inject(fault: FaultEvent): SimulationPlan {
    const lengthMs = 'untilMs' in fault ? fault.untilMs - fault.atMs : 0
    const now = { ...fault, atMs: this.nowMs, ...('untilMs' in fault ? { untilMs: this.nowMs + lengthMs } : {}) } as FaultEvent
    return { ...this.plan, faults: [...this.plan.faults, now] }
  }
}

/** Kinds of events, for those who look into the queue. */
export const SIMULATION_EVENTS = EVENTS
