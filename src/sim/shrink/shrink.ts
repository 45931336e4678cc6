/**
 * Makes a failing plan short. Every candidate is run, and kept where the same invariant is violated. Since every node, link, client and
 * disk draws from a stream of its own, what is taken away leaves the draws of everything else as they were.
 */
import type { FaultEvent, SimulationPlan } from '../plan'
import { Simulation } from '../simulation'
import type { ShrinkBudget, ShrinkResult, Violation } from '../types'
import { minimise } from './reduce'
import { plainer, SIMPLIFICATIONS } from './simplify'

/** More lost messages than this are left to the rate. */
const DROPS_MAX = 400

export function shrink(plan: SimulationPlan, violation: Violation, budget: ShrinkBudget): ShrinkResult {
  return new Shrinking(plan, violation, budget).run()
}

class Shrinking {
  readonly #budget: ShrinkBudget
  #plan: SimulationPlan
  #violation: Violation
  #runs = 0
  readonly #steps: string[] = []

  constructor(plan: SimulationPlan, violation: Violation, budget: ShrinkBudget) {
    this.#plan = plan
    this.#violation = violation
    this.#budget = budget
  }

  run(): ShrinkResult {
    // What is after the violation has no part in it.
    this.#cut()
    for (let before = Infinity; this.#size() < before && !this.#isSpent();) {
      before = this.#size()
      this.#fewerFaults()
      this.#simplify()
      this.#lossesByName()
      this.#plainerFaults()
      this.#cut()
    }
    return { plan: this.#plan, violation: this.#violation, runs: this.#runs, steps: this.#steps }
  }

  #isSpent(): boolean {
    return this.#runs >= this.#budget.runsMax
  }

  #size(): number {
    const { faults, workload, nodes, network, durationMs } = this.#plan
    return faults.length * 1000 + workload.clients * 10 + nodes * 10 + (network.lossShare > 0 ? 500 : 0) + this.#steps.length * -0.001 + durationMs / 1e6
  }

  /** Runs a candidate; true, and it is the plan from now on, where it violates the same invariant. */
  #holds(plan: SimulationPlan): boolean {
    if (this.#isSpent()) return false
    this.#runs++
    const simulation = new Simulation(plan)
    while (simulation.step());
    const { violation } = simulation
    if (violation === null || violation.invariant !== this.#violation.invariant) return false
    this.#plan = plan
    this.#violation = violation
    return true
  }

  #try(plan: SimulationPlan | null, text: string): boolean {
    if (plan === null || !this.#holds(plan)) return false
    this.#steps.push(text)
    return true
  }

  #cut(): void {
    const { durationMs, faults } = this.#plan
    const atMs = Math.ceil(this.#violation.atMs)
    if (atMs >= durationMs) {
      this.#try({ ...this.#plan, durationMs: Math.round(durationMs / 2), faults: faults.filter((fault) => fault.atMs < durationMs / 2) }, `half as long`)
      return
    }
    if (atMs + 1 < durationMs || faults.some((fault) => fault.atMs > atMs)) {
      this.#try({ ...this.#plan, durationMs: atMs + 1, faults: faults.filter((fault) => fault.atMs <= atMs) }, `nothing after ${atMs} ms`)
    }
  }

  #fewerFaults(): void {
    const before = this.#plan.faults.length
    minimise(this.#plan.faults, (faults) => this.#holds({ ...this.#plan, faults }), () => this.#isSpent())
    const after = this.#plan.faults.length
    if (after < before) this.#steps.push(`${after} of ${before} faults`)
  }

  #simplify(): void {
    for (const { text, apply } of SIMPLIFICATIONS) this.#try(apply(this.#plan), text)
  }

  #plainerFaults(): void {
    for (let at = 0; at < this.#plan.faults.length; at++) {
      const fault = this.#plan.faults[at] as FaultEvent
      for (const form of plainer(fault)) {
        if (this.#try({ ...this.#plan, faults: this.#plan.faults.map((each, i) => (i === at ? form : each)) }, 'a plainer fault')) break
      }
    }
  }

  /** A rate of loss as the very messages that it lost; then only those of them that matter. */
  #lossesByName(): void {
    if (this.#plan.network.lossShare === 0) return
    const drops = lossesOf(this.#plan)
    if (drops.length > DROPS_MAX) return
    const { faults, network } = this.#plan
    const named = { ...this.#plan, network: { ...network, lossShare: 0 }, faults: [...faults, ...drops] }
    if (!this.#try(named, `${drops.length} lost messages by name`)) return
    minimise(drops, (part) => this.#holds({ ...named, faults: [...faults, ...part] }), () => this.#isSpent())
  }
}

function lossesOf(plan: SimulationPlan): readonly FaultEvent[] {
  const sent = new Map<string, number>()
  const losses: FaultEvent[] = []
  const simulation = new Simulation(plan, {
    onEvent: (event) => {
      if (event.kind === 'sent' && !event.isDuplicate) sent.set(`${event.from} ${event.to}`, (sent.get(`${event.from} ${event.to}`) ?? 0) + 1)
      if (event.kind === 'dropped' && event.why === 'loss') {
        losses.push({ kind: 'drop', atMs: 0, from: event.from, to: event.to, nth: sent.get(`${event.from} ${event.to}`) ?? 1 })
      }
    },
  })
  while (simulation.step());
  return losses
}
