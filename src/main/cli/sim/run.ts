/** Campaigns over many seeds, and the search for planted bugs, on several threads. */
import { availableParallelism } from 'node:os'
import { CampaignSummary, type CampaignReport, type Profile, type SeedOutcome } from '../../../sim'
import type { ProtocolName } from '../../../core/machine'
import type { Job, NotShrunk, PlantedBug, PlantedOutcome, Shrunk } from './jobs'
import { runPool } from './pool'

export const SIM_LIMITS = {
  /** Seeds that a thread takes at once. */
  seedsPerJob: 8,
  jobsMax: 64,
  seedsMax: 100_000_000,
  /** Simulations that shrinking one failure may take. */
  shrinkRunsMax: 400,
  /** A planted bug must be found within so many seeds. */
  plantedSeedsMax: 1000,
  /** Without --verify, one seed of so many is run twice. */
  verifyEvery: 50,
} as const

export interface SimOptions {
  readonly protocol: ProtocolName
  readonly seed: number
  readonly seeds: number
  readonly jobs: number
  /** Null: no limit. */
  readonly secondsMax: number | null
  readonly isVerifying: boolean
  readonly isShrinking: boolean
  readonly profile: Profile | null
}

export interface SimHost {
  readonly workerFile: string
  readonly stop: AbortSignal
  /** For whoever waits; not part of the result. */
  readonly progress: (text: string) => void
}

export interface CampaignResult {
  readonly report: CampaignReport
  /** Of the first violation, where it was asked for. */
  readonly shrunk: Shrunk | NotShrunk | null
}

export const jobsOf = (asked: number | null): number => Math.max(1, Math.min(asked ?? 2, SIM_LIMITS.jobsMax, Math.max(1, availableParallelism())))

function* seedJobs(options: SimOptions): Generator<Job> {
  const { protocol, seed, seeds, profile } = options
  const verifyEvery = options.isVerifying ? 1 : SIM_LIMITS.verifyEvery
  for (let from = seed; from < seed + seeds; from += SIM_LIMITS.seedsPerJob) {
    yield { kind: 'seeds', protocol, profile, from, count: Math.min(SIM_LIMITS.seedsPerJob, seed + seeds - from), verifyEvery }
  }
}

export async function runCampaign(
  options: SimOptions, host: SimHost, onOutcome: (outcome: SeedOutcome) => void = () => undefined,
): Promise<CampaignResult> {
  const summary = new CampaignSummary(options.protocol)
  const jobs = seedJobs(options)
  const begun = performance.now()
  let coreMs = 0
  const isOver = (): boolean => options.secondsMax !== null && performance.now() - begun > options.secondsMax * 1000
  await runPool({
    workerFile: host.workerFile, jobs: options.jobs, stop: host.stop,
    next: () => (isOver() ? null : (jobs.next().value ?? null) as Job | null),
    onAnswer: (answer) => {
      if (answer.kind === 'broke') throw new Error(answer.message)
      if (answer.kind !== 'seed') return
      summary.add(answer.outcome)
      onOutcome(answer.outcome)
      coreMs += answer.coreMs
      host.progress(`${summary.seeds} of ${options.seeds} seeds, ${summary.violations.length} violations`)
    },
  })
  const report = summary.report(performance.now() - begun, coreMs)
  const first = report.violations[0]
  if (first === undefined || !options.isShrinking || first.invariant === 'Determinism' || host.stop.aborted) return { report, shrunk: null }
  host.progress(`shrinking seed ${first.seed}`)
  return { report, shrunk: await shrinkOne(options, first.seed, host) }
}

async function shrinkOne({ protocol, profile }: SimOptions, seed: number, host: SimHost): Promise<Shrunk | NotShrunk | null> {
  let shrunk: Shrunk | NotShrunk | null = null
  let job: Job | null = { kind: 'shrink', protocol, seed, profile, runsMax: SIM_LIMITS.shrinkRunsMax }
  await runPool({
    workerFile: host.workerFile, jobs: 1, stop: host.stop,
    next: () => {
      const next = job
      job = null
      return next
    },
    onAnswer: (answer) => {
      if (answer.kind === 'shrunk') shrunk = answer.shrunk
      // What was found is told all the same.
      else if (answer.kind === 'broke') shrunk = { why: answer.message }
    },
  })
  return shrunk
}

export interface PlantedReport {
  readonly planted: readonly PlantedOutcome[]
  readonly caught: number
  readonly total: number
}

export async function runPlanted(
  bugs: readonly PlantedBug[], jobs: number, host: SimHost, onOutcome: (outcome: PlantedOutcome) => void,
): Promise<PlantedReport> {
  const outcomes = new Map<string, PlantedOutcome>()
  const left = [...bugs]
  await runPool({
    workerFile: host.workerFile, jobs, stop: host.stop,
    next: () => {
      const bug = left.shift()
      return bug === undefined ? null : { kind: 'planted', bug, seedsMax: SIM_LIMITS.plantedSeedsMax }
    },
    onAnswer: (answer) => {
      if (answer.kind === 'broke') throw new Error(answer.message)
      if (answer.kind !== 'planted') return
      outcomes.set(answer.outcome.id, answer.outcome)
      onOutcome(answer.outcome)
    },
  })
  const planted = bugs.flatMap(({ id }) => outcomes.get(id) ?? [])
  return { planted, caught: planted.filter((each) => each.caught).length, total: bugs.length }
}
