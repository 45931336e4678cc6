/** A campaign, a seed and a failure, for people. */
import { drawPlan, faultInWords, possibleCells, type CampaignReport, type CampaignViolation, type Profile, type SimulationPlan } from '../../../sim'
import type { ProtocolName } from '../../../core/machine'
import type { NotShrunk, PlantedOutcome, Shrunk } from './jobs'
import type { NightlyReport } from './nightly'

const count = (value: number): string => Math.round(value).toLocaleString('en-US')
const seconds = (value: number): string => (value >= 3600 ? `${(value / 3600).toFixed(1)} h` : value >= 120 ? `${(value / 60).toFixed(1)} min` : `${value.toFixed(1)} s`)
const share = (value: number): string => `${Math.round(value * 1000) / 10} %`
const at = (ms: number): string => `${(ms / 1000).toFixed(3).padStart(9)} s`

export function replayCommand(protocol: ProtocolName, seed: number, profile: Profile | null): string {
  return `npm run sim -- --protocol ${protocol} --seed ${seed}${profile === null ? '' : ` --profile ${profile}`}`
}

/** What the seed drew. */
export function planInWords(plan: SimulationPlan): string {
  const { network, disk, workload, timing, synchrony, options } = plan
  const lines = [
    `seed ${plan.seed}   ${plan.protocol}   aims at: ${plan.profile}   ${plan.nodes} nodes${plan.spares > 0 ? ` and ${plan.spares} to be added` : ''}`,
    `timing      tick ${timing.tickMs} ms, election timeout ${timing.electionTicks} to ${2 * timing.electionTicks - 1} ticks, heartbeat ${timing.heartbeatTicks}, turn ${plan.turnMs} ms`,
    `network     ${network.delay.shape} delay, at least ${network.delay.minMs} ms, mean ${network.delay.meanMs} ms, ${synchrony.kind}` +
      `; loss ${share(network.lossShare)}, duplication ${share(network.duplicationShare)}, reordering ${share(network.reorderingShare)}, clogging ${share(network.clogShare)}`,
    `disk        flush ${disk.flushMinMs} ms, mean ${disk.flushMeanMs} ms; sectors of ${disk.sectorBytes} B, ${share(disk.tornShare)} of an unfinished flush stays`,
    `clocks      ${plan.clocks.map((clock) => `${clock.node} ${clock.rate}`).join(', ')}`,
    `workload    ${workload.clients} clients, ${workload.operationsPerSecond} operations a second, ${share(workload.readShare)} reads at ${workload.reads === 'any' ? 'any member' : 'the leader'}; ` +
      Object.entries(workload.mix).filter(([, weight]) => weight > 0).map(([model, weight]) => `${model} ${weight}`).join(', '),
    `options     snapshots ${options.snapshotAfterEntries === 0 ? 'off' : `every ${options.snapshotAfterEntries} entries`}, reads by ${options.readMode}, forwarding ${options.forwardProposals ? 'on' : 'off'}${options.tentative === true ? ', tentative execution on' : ''}` +
      `${listed(', priorities', options.priorities)}${listed(', limits', options.limits)}`,
  ]
  if (plan.byzantine.length > 0) {
    lines.push(`liars       ${plan.byzantine.map((each) => (each.kind === 'twins' ? `${each.node} is twins` : `${each.node}: ${each.behaviour}`)).join(', ')}`)
  }
  return [...lines, ...scheduleInWords(plan)].join('\n')
}

const listed = (what: string, numbers: Readonly<Record<string, number>> = {}): string => {
  const each = Object.entries(numbers).map(([name, number]) => ` ${name} ${number}`)
  return each.length === 0 ? '' : `${what}${each.join('')}`
}

export function scheduleInWords(plan: SimulationPlan): readonly string[] {
  if (plan.faults.length === 0) return ['no faults']
  return plan.faults.map((fault) => {
    const lasts = 'untilMs' in fault ? `, for ${seconds((fault.untilMs - fault.atMs) / 1000)}` : ''
    return `${at(fault.atMs)}  ${faultInWords(fault)}${lasts}`
  })
}

function ledger(report: CampaignReport): readonly string[] {
  const { cells } = report.coverage
  const rows = new Map<string, string[]>()
  const columns = ['idle', 'election', 'snapshot', 'reconfiguration', 'state-transfer'] as const
  for (const [kind, phase] of possibleCells(report.protocol)) {
    const row = rows.get(kind) ?? columns.map(() => '-')
    rows.set(kind, row)
    row[columns.indexOf(phase)] = count(cells[kind]?.[phase] ?? 0)
  }
  const head = `${'fault began in'.padEnd(22)}${columns.map((column) => column.padStart(16)).join('')}`
  return [head, ...[...rows].map(([kind, row]) => `${kind.padEnd(22)}${row.map((cell) => cell.padStart(16)).join('')}`)]
}

export function campaignInWords(report: CampaignReport): string {
  const { counts, linearizability: verdicts, coverage } = report
  const deeds = Object.entries(coverage.deeds).map(([deed, times]) => `${deed} ${count(times)}`)
  return [
    ...ledger(report), '',
    `happened    ${deeds.join(' · ')}`,
    `never       ${coverage.missing.length === 0 ? 'nothing is missing' : coverage.missing.join(' · ')}`, '',
    `seeds       ${count(report.seeds)}, ${count(report.verified)} of them run twice and equal byte for byte`,
    `time        ${seconds(report.virtualSeconds)} virtual in ${seconds(report.wallSeconds)}: ${count(report.ratio)} virtual seconds for each second of one core`,
    `messages    ${count(counts.messagesSent)} sent, ${count(counts.messagesDropped)} lost, ${count(counts.messagesDuplicated)} twice, ${count(counts.messagesReordered)} out of order`,
    `processes   ${count(counts.crashes)} crashes, ${count(counts.restarts)} restarts, ${count(counts.flushes)} flushes`,
    `operations  ${count(counts.operationsOk)} done, ${count(counts.operationsFailed)} refused, ${count(counts.operationsUnknown)} unknown`,
    `invariants  ${count(counts.invariantEvaluations)} evaluations`,
    `histories   ${count(verdicts.linearizable)} linearizable, ${count(verdicts.violated)} not, ${count(verdicts.inconclusive)} inconclusive, ${count(verdicts['not-checked'])} not checked`,
    `hash        ${report.hash}`, '',
    report.seeds === 0 ? '✗ stopped before the first seed had run' :
    report.violations.length === 0 ? `✓ clean: nothing was violated in ${count(report.seeds)} seeds` : `✗ ${count(report.violations.length)} of ${count(report.seeds)} seeds violate an invariant`,
    ...report.violations.slice(0, 20).map((each) => `  seed ${each.seed} (${each.profile}): ${each.invariant}: ${each.message}`),
    ...(report.violations.length > 20 ? [`  and ${report.violations.length - 20} more`] : []),
  ].join('\n')
}

/** One protocol's list: its joint ledger, and a line for each campaign. */
export function nightlyInWords({ protocol, runs, joint, fewest, fullAfterSeeds }: NightlyReport): string {
  const { missing, deeds } = joint.coverage
  const violated = runs.flatMap(({ profile, report, shrunk }) => report.violations.slice(0, 1).map((violation) => failureInWords(protocol, violation, profile, shrunk)))
  return [
    `${protocol}: the ledger over ${runs.length} campaigns`, '', ...ledger(joint), '',
    `happened    ${Object.entries(deeds).map(([deed, times]) => `${deed} ${count(times)}`).join(' · ')}`,
    ...runs.map(({ name, seeds, report }) => `${name.padEnd(12)}${count(report.seeds)} of ${count(seeds)} seeds in ${seconds(report.wallSeconds)}, ${count(report.violations.length)} violations, hash ${report.hash}`), '',
    missing.length === 0 ? `✓ no cell and no deed is empty after ${count(fullAfterSeeds ?? joint.seeds)} seeds; least often: ${fewest.cell}, ${count(fewest.times)} times` : `✗ empty: ${missing.join(' · ')}`,
    joint.violations.length === 0 ? `✓ clean: nothing was violated in ${count(joint.seeds)} seeds` : `✗ ${count(joint.violations.length)} of ${count(joint.seeds)} seeds violate an invariant`,
    ...violated,
  ].join('\n')
}

export function failureInWords(protocol: ProtocolName, violation: CampaignViolation, profile: Profile | null, shrunk: Shrunk | NotShrunk | null): string {
  const lines = [
    '', `seed ${violation.seed} violates ${violation.invariant} (${violation.source})`, `  ${violation.message}`, `  replay: ${replayCommand(protocol, violation.seed, profile)}`,
  ]
  if (shrunk === null) return lines.join('\n')
  if ('why' in shrunk) return [...lines, '', `It could not be made shorter, since the simulator broke: ${shrunk.why}`].join('\n')
  return [
    ...lines, '', `shrunk in ${shrunk.runs} runs: ${shrunk.steps.join(', ') || 'nothing could be left out'}`, ...scheduleInWords(shrunk.plan), '',
    'what leads to it', ...shrunk.explanation.events.map((event) => `${at(event.atMs)}  ${event.text}`),
  ].join('\n')
}

export function plantedInWords({ id, caught, invariant, seeds }: PlantedOutcome): string {
  return caught ? `✓ ${id.padEnd(44)} ${invariant ?? ''} after ${count(seeds)} seed${seeds === 1 ? '' : 's'}` : `✗ ${id.padEnd(44)} not caught in ${count(seeds)} seeds`
}

export const drawnInWords = (protocol: ProtocolName, seed: number, profile: Profile | null): string =>
  planInWords(drawPlan(protocol, seed, profile === null ? {} : { profile }))
