/** What the command asks of its threads, and what they answer. */
import type { ProtocolName } from '../../../core/machine'
import type { Explanation, Profile, SeedOutcome, SimulationPlan, Violation } from '../../../sim'

/** A bug planted in our own code that the simulator must find. */
export interface PlantedBug {
  readonly id: string
  readonly protocol: ProtocolName
  /** In one sentence. */
  readonly what: string
  /** What it should violate. */
  readonly violates: string
  /** What plans aim at while it is looked for; the ordinary swarm where absent. */
  readonly profile?: Profile
}

export type Job =
  | { readonly kind: 'seeds'; readonly protocol: ProtocolName; readonly from: number; readonly count: number; readonly verifyEvery: number; readonly profile: Profile | null }
  | { readonly kind: 'shrink'; readonly protocol: ProtocolName; readonly seed: number; readonly profile: Profile | null; readonly runsMax: number }
  | { readonly kind: 'planted'; readonly bug: PlantedBug; readonly seedsMax: number }

export interface Shrunk {
  readonly plan: SimulationPlan
  readonly violation: Violation
  readonly runs: number
  readonly steps: readonly string[]
  readonly explanation: Explanation
}

/** The run broke that was to find a shorter plan. */
export interface NotShrunk {
  readonly why: string
}

export interface PlantedOutcome {
  readonly id: string
  readonly protocol: ProtocolName
  readonly caught: boolean
  readonly invariant: string | null
  /** The first that showed it; where it was not caught, how many were tried. */
  readonly seeds: number
}

export type Answer =
  | { readonly kind: 'seed'; readonly outcome: SeedOutcome; readonly coreMs: number }
  | { readonly kind: 'shrunk'; readonly shrunk: Shrunk | null }
  | { readonly kind: 'planted'; readonly outcome: PlantedOutcome }
  | { readonly kind: 'broke'; readonly message: string }
  /** The job is done; the next one may come. */
  | { readonly kind: 'done' }
