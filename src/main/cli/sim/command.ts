/** `quorate sim`: campaigns of the deterministic simulator. */
import { Command, Option } from 'commander'
import { fail, ok, type Result } from '../../../core/base'
import type { ProtocolName } from '../../../core/machine'
import { possibleProfiles, PROFILES, PROTOCOLS, type Profile } from '../../../sim'
import { EXIT, type ExitCode } from '../exit-codes'
import { failed, type Outcome } from '../outcome'
import { parseInteger } from '../quantities'
import type { PlantedBug } from './jobs'
import { isClean, runNightly } from './nightly'
import { jobsOf, runCampaign, runPlanted, SIM_LIMITS, type SimOptions } from './run'
import { campaignInWords, drawnInWords, failureInWords, nightlyInWords, plantedInWords } from './words'
import { writeTrace } from './trace'

export interface SimEnvironment {
  readonly workerFile: string
  readonly write: { readonly out: (text: string) => void; readonly err: (text: string) => void }
  /** Standard error is a terminal that shows progress. */
  readonly isTerminal: boolean
  /** Aborted by Ctrl-C: ends cleanly with what is known. */
  readonly stop: () => AbortSignal
  /** Null in a build that has none. */
  readonly planted: readonly PlantedBug[] | null
  /** Seeds of bugs found before, by protocol; null in a build without the tests. */
  readonly regressions: ((protocol: ProtocolName) => readonly { readonly seed: number; readonly profile: Profile | null }[]) | null
}

interface Given {
  readonly protocol?: ProtocolName
  readonly seeds?: string
  readonly seed?: string
  readonly jobs?: string
  readonly seconds?: string
  readonly json?: boolean
  readonly verify?: boolean
  readonly shrink?: boolean
  readonly profile?: Profile
  readonly nightly?: boolean
  readonly planted?: boolean
  readonly id?: string
  readonly regressions?: boolean
  readonly trace?: string
}

const EXIT_CODES_HELP = `
Exit codes:
  0  nothing was violated
  1  an invariant was violated, a planted bug was not caught, --nightly left a cell of the ledger empty, or no seed was run
  2  wrong usage`

const SEED_MAX = 2 ** 32 - 1

const number = (text: string | undefined, otherwise: number, low: number, high: number, what: string): Result<number, string> =>
  (text === undefined ? ok(otherwise) : parseInteger(text, low, high, what))

function parse(given: Given): Result<SimOptions, string> {
  const seed = number(given.seed, 1, 0, SEED_MAX, 'seed')
  if (!seed.ok) return seed
  const seeds = number(given.seeds, given.seed === undefined ? 100 : 1, 1, SIM_LIMITS.seedsMax, 'number of seeds')
  if (!seeds.ok) return seeds
  // Seeds beyond would draw what others drew, and could not be given again.
  if (seed.value + seeds.value - 1 > SEED_MAX) return fail('usage', `There are no ${seeds.value} seeds from ${seed.value} on.`, `The last one is ${SEED_MAX}.`)
  const jobs = number(given.jobs, jobsOf(null), 1, SIM_LIMITS.jobsMax, 'number of jobs')
  if (!jobs.ok) return jobs
  const secondsMax = given.seconds === undefined ? ok(null) : parseInteger(given.seconds, 1, 7 * 86_400, 'number of seconds')
  if (!secondsMax.ok) return secondsMax
  const protocol = given.protocol ?? 'raft'
  const profiles = possibleProfiles(protocol)
  if (given.profile !== undefined && !profiles.includes(given.profile)) {
    return fail('usage', `Plans of ${protocol} cannot aim at ${given.profile}.`, `Give --profile one of ${profiles.join(', ')}.`)
  }
  return ok({
    protocol, seed: seed.value, seeds: seeds.value, jobs: jobs.value, secondsMax: secondsMax.value,
    isVerifying: given.verify === true, isShrinking: given.shrink ?? given.json !== true, profile: given.profile ?? null,
  })
}

export function simCommand(environment: SimEnvironment, finish: (outcome: Outcome) => void): Command {
  const command = new Command('sim').description('run seeds of the deterministic simulator and judge them')
    .addOption(new Option('--protocol <name>', 'which protocol').choices(PROTOCOLS))
    .option('--seeds <count>', 'how many seeds (100; 1 where --seed is given)').option('--seed <seed>', 'the first of them (1)')
    .option('--jobs <count>', 'threads', String(jobsOf(null))).option('--seconds <count>', 'begin no more seeds after so long')
    .addOption(new Option('--profile <name>', 'what all plans aim at, in place of what each seed draws').choices(PROFILES))
    .option('--nightly', 'the campaigns of every night, of one protocol or all, with one ledger for each; --seeds caps each campaign')
    .option('--verify', 'run every seed twice and compare the traces byte for byte').option('--shrink', 'make the first failing plan short (always, but with --json)')
    .option('--trace <file>', "write the seed's trace as NDJSON for etcd-io/raft's TLA+ trace validation").option('--json', 'print JSON')
  if (environment.planted !== null) {
    command.option('--planted', 'plant each bug, one at a time, and count the seeds until it is caught').option('--id <id>', 'with --planted: only this bug')
  }
  if (environment.regressions !== null) command.option('--regressions', 'the seeds of bugs that were found before')
  return command.action(async (given: Given) => { finish(await run(given, environment)) }).addHelpText('after', `
Examples:
  $ quorate sim --protocol raft --seeds 1000
  $ quorate sim --protocol raft --seed 42
  $ quorate sim --nightly --seeds 200
${EXIT_CODES_HELP}`)
}

async function run(given: Given, environment: SimEnvironment): Promise<Outcome> {
  const options = parse(given)
  if (!options.ok) return failed({ ...options.error, code: 'usage' })
  if (given.nightly === true) return nightly(given, options.value, environment)
  if (given.trace !== undefined) return trace(given, options.value, given.trace)
  if (given.planted === true) return planted(given, options.value, environment)
  if (given.regressions === true) return regressions(given, options.value, environment)
  if (given.id !== undefined) return failed(fail('usage', '--id names a planted bug.', 'Give --planted too.').error)
  const { value } = options
  const isJson = given.json === true
  if (!isJson && value.seeds === 1) environment.write.out(`${drawnInWords(value.protocol, value.seed, value.profile)}\n\n`)
  const { report, shrunk } = await runCampaign(value, { workerFile: environment.workerFile, stop: environment.stop(), progress: progressOf(environment, isJson) })
  const first = report.violations[0]
  // Nothing was shown to be clean where it was stopped before the first seed.
  const exitCode: ExitCode = first === undefined && report.seeds > 0 ? EXIT.ok : EXIT.atRisk
  clear(environment, isJson)
  if (isJson) return { exitCode, stdout: `${JSON.stringify(shrunk === null ? report : { ...report, shrunk })}\n` }
  const failure = first === undefined ? '' : `${failureInWords(value.protocol, first, value.profile, shrunk)}\n`
  return { exitCode, stdout: `${campaignInWords(report)}\n${failure}` }
}

function trace(given: Given, options: SimOptions, file: string): Outcome {
  const isMore = options.seeds > 1 && given.seeds !== undefined
  if (isMore || given.json === true || given.verify === true || given.shrink === true || given.planted === true || given.regressions === true || given.id !== undefined) {
    return failed({ code: 'usage', message: '--trace runs one seed and writes a file.', hint: 'Give it --protocol raft, --seed or --profile.' })
  }
  return writeTrace(options, file)
}

async function nightly(given: Given, options: SimOptions, environment: SimEnvironment): Promise<Outcome> {
  if (given.profile !== undefined || given.trace !== undefined || given.planted === true || given.regressions === true || given.id !== undefined) {
    return failed({ code: 'usage', message: '--nightly has a list of its own.', hint: 'Give it --protocol, --seeds, --seed, --seconds, --jobs, --verify, --shrink or --json.' })
  }
  const isJson = given.json === true
  const host = { workerFile: environment.workerFile, stop: environment.stop(), progress: progressOf(environment, isJson) }
  const asked = { ...options, protocols: given.protocol === undefined ? PROTOCOLS : [given.protocol], seedsMax: given.seeds === undefined ? null : options.seeds }
  const reports = await runNightly(asked, host, (report) => {
    clear(environment, isJson)
    if (!isJson) environment.write.out(`${nightlyInWords(report)}\n\n`)
  })
  const exitCode: ExitCode = reports.length === asked.protocols.length && reports.every(isClean) ? EXIT.ok : EXIT.atRisk
  return isJson ? { exitCode, stdout: `${JSON.stringify({ nightly: reports })}\n` } : { exitCode }
}

async function planted(given: Given, options: SimOptions, environment: SimEnvironment): Promise<Outcome> {
  const bugs = (environment.planted ?? []).filter((bug) => (given.protocol === undefined || bug.protocol === given.protocol) && (given.id === undefined || bug.id === given.id))
  if (bugs.length === 0) return failed({ code: 'usage', message: 'There is no such planted bug.', hint: 'See test/simulation/planted.' })
  const isJson = given.json === true
  const report = await runPlanted(bugs, options.jobs, { workerFile: environment.workerFile, stop: environment.stop(), progress: () => undefined }, (outcome) => {
    if (!isJson) environment.write.out(`${plantedInWords(outcome)}\n`)
  })
  const exitCode: ExitCode = report.caught === report.total ? EXIT.ok : EXIT.atRisk
  if (isJson) return { exitCode, stdout: `${JSON.stringify(report)}\n` }
  const seeds = report.planted.filter((each) => each.caught).map((each) => each.seeds).sort((one, other) => one - other)
  const median = seeds[Math.floor(seeds.length / 2)]
  return { exitCode, stdout: `\n${report.caught} of ${report.total} planted bugs were caught${median === undefined ? '' : `, half of them within ${median} seeds`}\n` }
}

async function regressions(given: Given, options: SimOptions, environment: SimEnvironment): Promise<Outcome> {
  const lines: string[] = []
  let isClean = true
  for (const protocol of given.protocol === undefined ? PROTOCOLS : [given.protocol]) {
    for (const { seed, profile } of environment.regressions?.(protocol) ?? []) {
      const { report } = await runCampaign({ ...options, protocol, seed, seeds: 1, profile, isShrinking: false }, { workerFile: environment.workerFile, stop: environment.stop(), progress: () => undefined })
      const [violation] = report.violations
      if (violation !== undefined) isClean = false
      lines.push(violation === undefined ? `✓ ${protocol} seed ${seed}` : `✗ ${protocol} seed ${seed}: ${violation.invariant}: ${violation.message}`)
    }
  }
  return { exitCode: isClean ? EXIT.ok : EXIT.atRisk, stdout: `${lines.join('\n')}\n` }
}

function progressOf({ isTerminal, write }: SimEnvironment, isJson: boolean): (text: string) => void {
  if (!isTerminal || isJson) return () => undefined
  let last = 0
  return (text) => {
    const now = performance.now()
    if (now - last < 200) return
    last = now
    write.err(`\r\x1b[K${text}`)
  }
}

function clear({ isTerminal, write }: SimEnvironment, isJson: boolean): void {
  if (isTerminal && !isJson) write.err('\r\x1b[K')
}
