/** One seed of a campaign. */
import type { ProtocolName } from '../../core/machine'
import { drawPlan } from '../draw'
import type { PlanOverrides, Profile } from '../plan'
import { Simulation } from '../simulation'
import type { Coverage, LinearizabilityVerdict, SimulationCounts, SimulationReport, Violation } from '../types'

export interface SeedOutcome {
  readonly seed: number
  readonly profile: Profile
  readonly nodes: number
  readonly violation: Violation | null
  readonly virtualMs: number
  readonly replayHash: string
  readonly stateHash: string | null
  readonly counts: SimulationCounts
  readonly coverage: Coverage
  readonly linearizability: LinearizabilityVerdict
  /** Run twice, and both runs were the same. */
  readonly isVerified: boolean
}

const outcomeOf = ({ plan, violation, virtualMs, replayHash, stateHash, counts, coverage, linearizability }: SimulationReport, isVerified: boolean): SeedOutcome =>
  ({ seed: plan.seed, profile: plan.profile, nodes: plan.nodes, violation, virtualMs, replayHash, stateHash, counts, coverage, linearizability, isVerified })

/** With `isVerifying` twice: a second run that differs in a single byte of its trace is a violation of its own. */
export function runSeed(protocol: ProtocolName, seed: number, overrides: PlanOverrides, isVerifying: boolean): SeedOutcome {
  const plan = drawPlan(protocol, seed, overrides)
  const first = new Simulation(plan).run()
  if (!isVerifying) return outcomeOf(first, false)
  const second = new Simulation(plan).run()
  if (first.replayHash === second.replayHash && first.stateHash === second.stateHash) return outcomeOf(first, true)
  const violation: Violation = {
    invariant: 'Determinism', source: 'docs/simulator.md, what is always checked', atMs: first.virtualMs, nodeId: null,
    message: `Two runs of one plan differ: ${first.replayHash} and ${second.replayHash}.`,
  }
  return { ...outcomeOf(first, true), violation }
}
