/**
 * Twins (Bano et al. 2021): two copies of one correct node run under one identity. A router lets each of the others be heard by one of the
 * two, anew from time to time; both speak to all. That brings about equivocation, double votes and amnesia with no attack code.
 */
import { seededRandom } from '../core/base'
import type { SimulatedNode } from './node'
import type { SimulationPlan } from './plan'
import { seedOf } from './streams'

export class Twins {
  readonly #second = new Map<string, SimulatedNode>()
  /** By twin and other node: which copy hears it. */
  readonly #hearers = new Map<string, 0 | 1>()
  readonly #halves = new Map<string, readonly [readonly string[], readonly string[]]>()
  readonly #seed: number
  readonly reshuffleMs: number
  #round = 0

  constructor(plan: SimulationPlan, make: (id: string) => SimulatedNode) {
    this.#seed = plan.seed
    let reshuffleMs = Infinity
    for (const each of plan.byzantine) {
      if (each.kind !== 'twins') continue
      this.#second.set(each.node, make(each.node))
      if (each.halves) this.#halves.set(each.node, each.halves)
      reshuffleMs = Math.min(reshuffleMs, each.reshuffleMs)
    }
    this.reshuffleMs = reshuffleMs
  }

  get exist(): boolean {
    return this.#second.size > 0
  }

  reshuffle(): void {
    this.#round++
    this.#hearers.clear()
  }

  /** Both copies of a twin, or the node alone. */
  copies(node: SimulatedNode): readonly SimulatedNode[] {
    const second = this.#second.get(node.id)
    return second === undefined || second === node ? [node] : [node, second]
  }

  /** False where the copy that speaks keeps to the other half. */
  isHeard(from: SimulatedNode, to: string): boolean {
    const halves = this.#halves.get(from.id)
    return halves === undefined || this.#halves.has(to) || halves[from.copy === 0 ? 0 : 1].includes(to)
  }

  /** The copy of `addressee` that hears copy `sender` of `from`. */
  hearer(addressee: SimulatedNode, from: string, sender: number): SimulatedNode {
    const second = this.#second.get(addressee.id)
    if (second === undefined) return addressee
    const halves = this.#halves.get(addressee.id)
    if (halves) return (this.#halves.has(from) ? sender === 0 : halves[0].includes(from)) ? addressee : second
    const name = `${addressee.id} ${from}`
    let copy = this.#hearers.get(name)
    if (copy === undefined) {
      copy = seededRandom(seedOf(this.#seed, `twins ${name} ${this.#round}`)).next() < 0.5 ? 0 : 1
      this.#hearers.set(name, copy)
    }
    return copy === 0 ? addressee : second
  }
}
