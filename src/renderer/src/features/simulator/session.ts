/**
 * One simulation as a window looks at it: forward, back, and sideways into a fork. A simulation is a pure function of its plan, so
 * going back is running it again from the start, and only what lies beyond the furthest point seen is news. Until it has run there
 * again, what was recorded of that moment can be shown.
 */
import type { ClusterMoment, NodeObservation } from '../../../../core/observation'
import { startTimeline, type TimelineBuilder } from '../../../../core/observe'
import { explain, shrink, Simulation, type FaultEvent, type LinearizabilityVerdict, type SimulationPlan, type TraceEvent, type Violation } from '../../../../sim'
import { allowing } from './choices'
import type { NodeLog, ShortestRun, SimulatorFrame } from './messages'
import { QUIET_KINDS, Recording, type Sample } from './recording'

export const SESSION_LIMITS = {
  /** Places of each log shown. */
  logRowsMax: 14,
  /** The timeline hears of every node at least so often, in virtual milliseconds. */
  sampleEveryMs: 250,
  /** Events of one step, at most, until something that people look at has happened. */
  stepEventsMax: 20_000,
  shrinkRunsMax: 250,
} as const

/** A member not heard of for so long is drawn as a gap; in a simulation every one is heard at every sample. */
const STALE_AFTER_MS = 3_600_000

const BEGUN_MS = 1

const STATE_KINDS = new Set<TraceEvent['kind']>(['role', 'term', 'leader', 'members', 'crash', 'restart', 'rotten'])

export class SimulatorSession {
  readonly #originMs: number
  #plan: SimulationPlan
  #simulation: Simulation
  /** Events of the running simulation so far; those beyond the recording are news. */
  #count = 0
  #recording = new Recording()
  #timeline: TimelineBuilder
  #seenToMs = 0
  #sampledMs = -Infinity
  #isSampleDue = false
  #violation: Violation | null = null
  #verdict: LinearizabilityVerdict | null = null

  constructor(plan: SimulationPlan, originMs: number) {
    this.#plan = plan
    this.#originMs = originMs
    this.#simulation = this.#begin()
    this.#timeline = startTimeline(this.#moment(), originMs, STALE_AFTER_MS)
    this.#sample()
  }

  #begin(): Simulation {
    this.#count = 0
    return new Simulation(this.#plan, { onEvent: (event) => { this.#heard(event) } })
  }

  #heard(event: TraceEvent): void {
    this.#count++
    if (this.#count <= this.#recording.length) return
    this.#recording.add(event)
    if (STATE_KINDS.has(event.kind)) this.#isSampleDue = true
  }

  get nowMs(): number {
    return this.#simulation.nowMs
  }

  get seenToMs(): number {
    return this.#seenToMs
  }

  get isDone(): boolean {
    return this.#simulation.isDone
  }

  get simulation(): Simulation {
    return this.#simulation
  }

  goTo(atMs: number): void {
    while (!this.advance(atMs));
  }

  /** A stretch of the way to `atMs`, which is the same in every call; true once it is there. */
  advance(atMs: number): boolean {
    if (atMs < this.#simulation.nowMs) this.#simulation = this.#begin()
    if (!this.#isAt(atMs)) {
      this.#simulation.runUntil(Math.min(atMs, this.#simulation.nowMs + SESSION_LIMITS.sampleEveryMs))
      this.#sample()
    }
    return this.#isAt(atMs)
  }

  #isAt(atMs: number): boolean {
    return this.#simulation.isDone || this.#simulation.nowMs >= atMs
  }

  /** One event that is not a mere message, or the delivery of one message. */
  step(): void {
    const before = this.#count
    for (let i = 0; i < SESSION_LIMITS.stepEventsMax && !this.#simulation.isDone; i++) {
      if (!this.#simulation.step()) break
      const fresh = this.#recording.between(before, this.#count)
      if (fresh.some((event) => event.kind === 'delivered' || !QUIET_KINDS.has(event.kind))) break
    }
    this.#sample()
  }

  /** Goes on from now with one more fault. What was seen beyond now belonged to the other run. */
  inject(fault: FaultEvent): void {
    const atMs = this.#simulation.nowMs
    this.#plan = allowing(fault, this.#simulation.inject(fault))
    this.#recording = new Recording()
    this.#seenToMs = 0
    this.#sampledMs = -Infinity
    this.#violation = null
    this.#verdict = null
    this.#simulation = this.#begin()
    this.#timeline = startTimeline(this.#moment(), this.#originMs, STALE_AFTER_MS)
    this.#sample()
    // The queue rounds times up: a moment on, so that the fault has begun.
    this.goTo(atMs + BEGUN_MS)
  }

  explain(): ShortestRun | null {
    if (!this.#violation) return null
    const { plan, runs, steps } = shrink(this.#plan, this.#violation, { runsMax: SESSION_LIMITS.shrinkRunsMax })
    return { plan, runs, steps, explanation: explain(plan) }
  }

  #sample(): void {
    const { nowMs } = this.#simulation
    if (this.#count < this.#recording.length) return
    this.#violation ??= this.#simulation.violation
    if (this.#simulation.isDone && this.#violation === null) this.#verdict = this.#simulation.report().linearizability
    this.#seenToMs = Math.max(this.#seenToMs, nowMs)
    if (!this.#isSampleDue && nowMs - this.#sampledMs < SESSION_LIMITS.sampleEveryMs) return
    this.#isSampleDue = false
    this.#sampledMs = nowMs
    const sample = this.#now()
    this.#recording.keep(sample)
    for (const observation of sample.moment.observations) this.#timeline.add(observation)
  }

  #now(): Sample {
    const simulation = this.#simulation
    const moment = this.#moment()
    return { nowMs: simulation.nowMs, isDone: simulation.isDone, moment, nodes: simulation.nodes(), logs: this.#logs(moment), counts: simulation.report().counts }
  }

  #moment(): ClusterMoment {
    const moment = this.#simulation.moment()
    const shift = (observation: NodeObservation): NodeObservation => ({ ...observation, atMs: observation.atMs + this.#originMs })
    return { ...moment, atMs: moment.atMs + this.#originMs, observations: moment.observations.map(shift) }
  }

  frame(): SimulatorFrame {
    return this.#shown(this.#now(), this.#simulation.nowMs, this.#count, true)
  }

  /** What was recorded of a moment seen before: messages, events and faults of that very moment, the rest of the last sample before it. */
  recorded(atMs: number): SimulatorFrame | null {
    const sample = atMs <= this.#seenToMs ? this.#recording.sampleAt(atMs) : null
    return sample === null ? null : this.#shown(sample, atMs, this.#recording.countAt(atMs), false)
  }

  #shown({ isDone, moment, nodes, logs, counts }: Sample, nowMs: number, count: number, isSettled: boolean): SimulatorFrame {
    return {
      nowMs, endMs: this.#simulation.endMs, isDone, isSettled, seenToMs: this.#seenToMs, plan: this.#plan, violation: this.#violation, verdict: this.#verdict,
      moment, timeline: this.#timeline.until(this.#originMs + this.#seenToMs), nodes,
      messages: this.#recording.messagesAt(nowMs), logs, events: this.#recording.eventsUpTo(count), faults: this.#recording.faultsUpTo(count), counts,
    }
  }

  /** The same stretch of all logs: up to the furthest place that any of them reaches. */
  #logs(moment: ClusterMoment): NodeLog[] {
    const positions = moment.observations.map((observation) => ({ nodeId: observation.nodeId, log: observation.groups[0]?.log }))
    const valueOf = (position: unknown): number | null =>
      typeof position === 'object' && position !== null && 'value' in position && typeof position.value === 'bigint' ? Number(position.value) : null
    const last = Math.max(0, ...positions.map(({ log }) => valueOf(log?.last) ?? 0))
    const from = Math.max(1, last - SESSION_LIMITS.logRowsMax + 1)
    return positions.map(({ nodeId, log }) => ({ nodeId, firstIndex: valueOf(log?.firstAvailable) ?? 1, rows: this.#simulation.log(nodeId, from, last + 1) }))
  }
}
