/**
 * One simulation as a window looks at it: forward, back, and sideways into a fork. A simulation is a pure function of its plan, so
 * going back is running it again from the start, and only what lies beyond the furthest point seen is news.
 */
import type { ClusterMoment, NodeObservation } from '../../../../core/observation'
import { startTimeline, type TimelineBuilder } from '../../../../core/observe'
import { explain, shrink, Simulation, type FaultEvent, type LinearizabilityVerdict, type SimulationPlan, type TraceEvent, type Violation } from '../../../../sim'
import { allowing } from './choices'
import type { FaultSeen, MessageUnderWay, NodeLog, ShortestRun, SimulatorFrame } from './messages'

export const SESSION_LIMITS = {
  /** Events of the list. */
  eventsShownMax: 400,
  /** Places of each log shown. */
  logRowsMax: 14,
  /** Messages looked at, back from now, for those under way. */
  messagesLookedAtMax: 4_000,
  messagesShownMax: 120,
  /** The timeline hears of every node at least so often, in virtual milliseconds. */
  sampleEveryMs: 250,
  /** Events of one step, at most, until something that people look at has happened. */
  stepEventsMax: 20_000,
  shrinkRunsMax: 250,
} as const

/** A member not heard of for so long is drawn as a gap; in a simulation every one is heard at every sample. */
const STALE_AFTER_MS = 3_600_000
/** A message that is lost is drawn for so long. */
const LOST_SHOWN_MS = 120

const BEGUN_MS = 1

const QUIET_KINDS = new Set<TraceEvent['kind']>(['sent', 'delivered', 'dropped', 'committed', 'applied'])
const STATE_KINDS = new Set<TraceEvent['kind']>(['role', 'term', 'leader', 'members', 'crash', 'restart', 'rotten'])

type Sent = Extract<TraceEvent, { kind: 'sent' }>
type Dropped = Extract<TraceEvent, { kind: 'dropped' }>
type FaultTrace = Extract<TraceEvent, { kind: 'fault-began' | 'fault-ended' }>

export class SimulatorSession {
  readonly #originMs: number
  #plan: SimulationPlan
  #simulation: Simulation
  /** Events of the running simulation so far; those beyond #seen are news. */
  #count = 0
  #events: TraceEvent[] = []
  #sent: Sent[] = []
  #lost = new Map<number, Dropped>()
  /** Beginnings and ends of faults, each with its place among all events. */
  #faults: { readonly place: number; readonly event: FaultTrace }[] = []
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
  }

  #begin(): Simulation {
    this.#count = 0
    return new Simulation(this.#plan, { onEvent: (event) => { this.#heard(event) } })
  }

  #heard(event: TraceEvent): void {
    this.#count++
    if (this.#count <= this.#events.length) return
    this.#events.push(event)
    if (event.kind === 'sent') this.#sent.push(event)
    else if (event.kind === 'dropped') this.#lost.set(event.id, event)
    else if (event.kind === 'fault-began' || event.kind === 'fault-ended') this.#faults.push({ place: this.#events.length, event })
    if (STATE_KINDS.has(event.kind)) this.#isSampleDue = true
  }

  get nowMs(): number {
    return this.#simulation.nowMs
  }

  get isDone(): boolean {
    return this.#simulation.isDone
  }

  get simulation(): Simulation {
    return this.#simulation
  }

  goTo(atMs: number): void {
    if (atMs < this.#simulation.nowMs) this.#simulation = this.#begin()
    // Up to where it was seen before, nothing is sampled.
    if (this.#simulation.nowMs < this.#seenToMs) this.#simulation.runUntil(Math.min(atMs, this.#seenToMs))
    while (!this.#simulation.isDone && this.#simulation.nowMs < atMs) {
      this.#simulation.runUntil(Math.min(atMs, this.#simulation.nowMs + SESSION_LIMITS.sampleEveryMs))
      this.#sample()
    }
  }

  /** One event that is not a mere message, or the delivery of one message. */
  step(): void {
    const before = this.#count
    for (let i = 0; i < SESSION_LIMITS.stepEventsMax && !this.#simulation.isDone; i++) {
      if (!this.#simulation.step()) break
      const fresh = this.#events.slice(before, this.#count)
      if (fresh.some((event) => event.kind === 'delivered' || !QUIET_KINDS.has(event.kind))) break
    }
    this.#sample()
  }

  /** Goes on from now with one more fault. What was seen beyond now belonged to the other run. */
  inject(fault: FaultEvent): void {
    const atMs = this.#simulation.nowMs
    this.#plan = allowing(fault, this.#simulation.inject(fault))
    this.#events = []
    this.#sent = []
    this.#lost = new Map()
    this.#faults = []
    this.#seenToMs = 0
    this.#sampledMs = -Infinity
    this.#violation = null
    this.#verdict = null
    this.#simulation = this.#begin()
    this.#timeline = startTimeline(this.#moment(), this.#originMs, STALE_AFTER_MS)
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
    if (this.#count < this.#events.length) return
    this.#violation ??= this.#simulation.violation
    if (this.#simulation.isDone && this.#violation === null) this.#verdict = this.#simulation.report().linearizability
    this.#seenToMs = Math.max(this.#seenToMs, nowMs)
    if (!this.#isSampleDue && nowMs - this.#sampledMs < SESSION_LIMITS.sampleEveryMs) return
    this.#isSampleDue = false
    this.#sampledMs = nowMs
    for (const observation of this.#moment().observations) this.#timeline.add(observation)
  }

  #moment(): ClusterMoment {
    const moment = this.#simulation.moment()
    const shift = (observation: NodeObservation): NodeObservation => ({ ...observation, atMs: observation.atMs + this.#originMs })
    return { ...moment, atMs: moment.atMs + this.#originMs, observations: moment.observations.map(shift) }
  }

  frame(): SimulatorFrame {
    const simulation = this.#simulation
    const { nowMs } = simulation
    const moment = this.#moment()
    return {
      nowMs, endMs: simulation.endMs, isDone: simulation.isDone, seenToMs: this.#seenToMs, plan: this.#plan, violation: this.#violation, verdict: this.#verdict,
      moment, timeline: this.#timeline.until(this.#originMs + this.#seenToMs), nodes: simulation.nodes(),
      messages: this.#underWay(nowMs), logs: this.#logs(moment), events: this.#lastShown(), faults: this.#faultsSeen(), counts: simulation.report().counts,
    }
  }

  #underWay(nowMs: number): MessageUnderWay[] {
    const found: MessageUnderWay[] = []
    let at = firstAfter(this.#sent, nowMs) - 1
    for (let looked = 0; at >= 0 && looked < SESSION_LIMITS.messagesLookedAtMax && found.length < SESSION_LIMITS.messagesShownMax; at--, looked++) {
      const sent = this.#sent[at] as Sent
      const dropped = this.#lost.get(sent.id)
      const arrivesMs = dropped ? Math.max(dropped.atMs, sent.atMs + LOST_SHOWN_MS) : sent.deliverAtMs
      if (arrivesMs < nowMs) continue
      found.push({ id: sent.id, from: sent.from, to: sent.to, message: sent.message, sentMs: sent.atMs, arrivesMs, lost: dropped !== undefined })
    }
    return found
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

  #lastShown(): TraceEvent[] {
    const shown: TraceEvent[] = []
    for (let at = this.#count - 1; at >= 0 && shown.length < SESSION_LIMITS.eventsShownMax; at--) {
      const event = this.#events[at] as TraceEvent
      if (!QUIET_KINDS.has(event.kind)) shown.push(event)
    }
    return shown.reverse()
  }

  #faultsSeen(): FaultSeen[] {
    const seen = new Map<number, FaultSeen>()
    for (const { place, event } of this.#faults) {
      const isPast = place <= this.#count
      const began = seen.get(event.fault)
      if (event.kind === 'fault-began') {
        const lasts = 'untilMs' in event.what
        seen.set(event.fault, { at: event.fault, what: event.what, fromMs: event.atMs, untilMs: lasts ? null : event.atMs, isInForce: lasts && isPast })
      } else if (began) seen.set(event.fault, { ...began, untilMs: event.atMs, isInForce: began.isInForce && !isPast })
    }
    return [...seen.values()]
  }
}

/** The place of the first one sent after `atMs`. */
function firstAfter(sent: readonly Sent[], atMs: number): number {
  let low = 0
  let high = sent.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sent[middle] as Sent).atMs <= atMs) low = middle + 1
    else high = middle
  }
  return low
}
