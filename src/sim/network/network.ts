/**
 * The simulated network: every ordered pair of nodes is a link with a stream of randomness of its own. A link keeps the order of what is
 * sent on it, as a connection does, but for the messages drawn to be reordered. What is under way when a link is cut is lost with it.
 */
import { present, type Random } from '../../core/base'
import type { DelayShape, NetworkPlan, Synchrony } from '../plan'
import { quantise, streamOf } from '../streams'
import { drawDelayMs } from './delay'

class Link {
  readonly random: Random
  /** How many faults cut it now. */
  cuts = 0
  cloggedUntilMs = 0
  /** The latest delivery so far: the next one comes no earlier. */
  lastDeliveryMs = 0
  /** Counts down for each `drop` fault in force. */
  drops: { left: number; readonly fault: number }[] = []

  constructor(random: Random) {
    this.random = random
  }
}

export interface Conditions {
  lossShare: number
  duplicationShare: number
  reorderingShare: number
  clogShare: number
  delayFactor: number
  delayShape: DelayShape
}

export interface Delivery {
  readonly atMs: number
  readonly isReordered: boolean
}

export type Sent =
  | { readonly kind: 'lost'; readonly why: 'loss' | 'partition' | 'dropped' }
  | { readonly kind: 'sent'; readonly delivery: Delivery; readonly duplicate: Delivery | null }

export class Network {
  readonly #plan: NetworkPlan
  readonly #synchrony: Synchrony
  readonly #links = new Map<string, Map<string, Link>>()
  readonly conditions: Conditions
  /** From here on delays are bounded whatever the model: the liveness phase. */
  isBounded = false

  constructor(plan: NetworkPlan, synchrony: Synchrony, nodeIds: readonly string[], seed: number) {
    this.#plan = plan
    this.#synchrony = synchrony
    for (const from of nodeIds) {
      const row = new Map<string, Link>()
      for (const to of nodeIds) if (to !== from) row.set(to, new Link(streamOf(seed, `link ${from} ${to}`)))
      this.#links.set(from, row)
    }
    this.conditions = {
      lossShare: plan.lossShare, duplicationShare: plan.duplicationShare, reorderingShare: plan.reorderingShare, clogShare: plan.clogShare,
      delayFactor: 1, delayShape: plan.delay.shape,
    }
  }

  #link(from: string, to: string): Link {
    return present(this.#links.get(from)?.get(to), `there is a link from ${from} to ${to}`)
  }

  has(from: string, to: string): boolean {
    return this.#links.get(from)?.has(to) === true
  }

  cut(from: string, to: string): void {
    this.#link(from, to).cuts++
  }

  join(from: string, to: string): void {
    const link = this.#link(from, to)
    link.cuts = Math.max(0, link.cuts - 1)
  }

  isCut(from: string, to: string): boolean {
    return this.#link(from, to).cuts > 0
  }

  clog(from: string, to: string, untilMs: number): void {
    const link = this.#link(from, to)
    link.cloggedUntilMs = Math.max(link.cloggedUntilMs, untilMs)
  }

  dropNth(from: string, to: string, nth: number, fault: number): void {
    this.#link(from, to).drops.push({ left: nth, fault })
  }

  /** Nothing is lost or late on this link any more. */
  heal(from: string, to: string): void {
    const link = this.#link(from, to)
    link.cuts = 0
    link.cloggedUntilMs = 0
    link.lastDeliveryMs = 0
    link.drops = []
  }

  /** The fate of a message that is sent now. Draws the same number of times whatever the rates are. */
  send(from: string, to: string, nowMs: number): Sent {
    const link = this.#link(from, to)
    const { random } = link
    const { conditions } = this
    const lossDraw = random.next()
    const duplicateDraw = random.next()
    const orderDraw = random.next()
    const clogDraw = random.next()
    const delay = this.#delayMs(random, nowMs)
    const isDropped = link.drops.length > 0 && takeDrop(link)
    if (link.cuts > 0) return PARTITIONED
    if (isDropped) return DROPPED
    if (lossDraw < conditions.lossShare) return LOST
    if (clogDraw < conditions.clogShare) link.cloggedUntilMs = Math.max(link.cloggedUntilMs, nowMs + (clogDraw / conditions.clogShare) * this.#plan.clogMs)
    const isReordered = orderDraw < conditions.reorderingShare
    let atMs = Math.max(nowMs + delay, link.cloggedUntilMs)
    if (!isReordered) {
      atMs = Math.max(atMs, link.lastDeliveryMs)
      link.lastDeliveryMs = atMs
    }
    const delivery = { atMs: quantise(atMs), isReordered: isReordered && atMs < link.lastDeliveryMs }
    if (duplicateDraw >= conditions.duplicationShare) return { kind: 'sent', delivery, duplicate: null }
    // The copy takes its own time, and from the same draw, so that no other draw shifts.
    const late = atMs + delay * (0.1 + (duplicateDraw / conditions.duplicationShare) * 4)
    return { kind: 'sent', delivery, duplicate: { atMs: quantise(late), isReordered: false } }
  }

  #delayMs(random: Random, nowMs: number): number {
    const { conditions } = this
    const ms = drawDelayMs(random, this.#plan.delay, conditions.delayShape, conditions.delayFactor)
    const synchrony = this.#synchrony
    const isBounded = synchrony.kind === 'synchronous' || (synchrony.kind === 'partially-synchronous' && nowMs >= synchrony.stabilisedAtMs)
    if (isBounded) return Math.min(ms, synchrony.deltaMs)
    return this.isBounded ? Math.min(ms, 4 * this.#plan.delay.meanMs + 1) : ms
  }
}

const PARTITIONED = { kind: 'lost', why: 'partition' } as const
const DROPPED = { kind: 'lost', why: 'dropped' } as const
const LOST = { kind: 'lost', why: 'loss' } as const

function takeDrop(link: Link): boolean {
  let isHit = false
  for (const drop of link.drops) if (--drop.left === 0) isHit = true
  if (isHit) link.drops = link.drops.filter((drop) => drop.left > 0)
  return isHit
}
