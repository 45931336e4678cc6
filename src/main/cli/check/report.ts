/** What `quorate check` prints: JSON as in docs/json.md, or text. */
import { described, timeline, type LinearizabilityReport, type Operation, type TransactionReport, type Value } from '../../../core/checker'
import { toPublicJson } from '../../../core/base'
import type { Judged, Stopped } from './judge'

export interface Printing {
  readonly json: boolean
  readonly draw: boolean
  /** Width of drawings, in characters. */
  readonly columns: number
}

type Report = LinearizabilityReport | TransactionReport

const REASONS: Readonly<Record<Exclude<Stopped, null>, string>> = {
  interrupted: 'it was interrupted', budget: 'the time ran out (--budget-seconds)',
}

function reasonOf({ report, stopped }: Judged<Report>): string | null {
  if (report.verdict !== 'inconclusive') return null
  if ('reason' in report && report.reason !== null) return report.reason
  return stopped === null ? 'the memory that a search may use ran out' : REASONS[stopped]
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)

const operationJson = ({ process, f, key, input, output, outcome, line, invoked, completed, invokedAt, completedAt }: Operation): Record<string, unknown> =>
  ({ process, f, key, value: input, result: output, type: outcome === 'unknown' ? 'info' : outcome, line, invoked, completed: finite(completed), time: invokedAt,
    completedTime: completedAt })

export function reportJson(judged: Judged<Report>): string {
  const { report, milliseconds } = judged
  const { verdict, model, operations, unknown, failed } = report
  const head = { version: 1, verdict, model, operations, unknown, failed, seconds: Math.round(milliseconds) / 1_000, reason: reasonOf(judged) }
  if (report.model === 'list-append') {
    const anomalies = report.anomalies.map(({ name, count, because, operations: shown }) => ({ name, count, because, operations: shown.map(operationJson) }))
    return toPublicJson({ ...head, consistency: 'strict-serializable', anomalies }, 2)
  }
  const { partitions, undecided, steps, methods, failure } = report
  return toPublicJson({
    ...head, keys: partitions, undecidedKeys: undecided, steps, methods,
    failure: failure === null ? null : {
      key: failure.key, sentence: failure.sentence, possible: failure.possible, operation: failure.culprit === null ? null : operationJson(failure.culprit),
      linearizablePrefix: failure.prefix, smallest: failure.smallest.map(operationJson), isMinimal: failure.isMinimal,
    },
    weaker: judged.weaker.map(({ check, verdict: each, sentence, evidence }) => ({ check, verdict: each, sentence, operations: evidence.map(operationJson) })),
  }, 2)
}

const counted = (value: number, one: string, many = `${one}s`): string => `${value.toLocaleString('en')} ${value === 1 ? one : many}`
const SIGNS = { linearizable: '✓', 'not-linearizable': '✗', inconclusive: '?' } as const

function headline({ report, milliseconds }: Judged<Report>): string {
  const { verdict, model, operations, unknown, failed } = report
  const words = model === 'list-append' ? { linearizable: 'strictly serializable', 'not-linearizable': 'not strictly serializable', inconclusive: 'inconclusive' }
    : { linearizable: 'linearizable', 'not-linearizable': 'not linearizable', inconclusive: 'inconclusive' }
  const hazy = [unknown > 0 ? `${counted(unknown, 'of unknown outcome', 'of unknown outcome')}` : '', failed > 0 ? `${failed.toLocaleString('en')} failed` : '']
  const details = hazy.filter((each) => each !== '').join(', ')
  const keys = report.model === 'list-append' || report.partitions < 2 ? '' : ` on ${counted(report.partitions, 'key')}`
  return `${SIGNS[verdict]} ${words[verdict]}: ${model}, ${counted(operations, 'operation')}${details === '' ? '' : ` (${details})`}${keys}, ${(milliseconds / 1_000).toFixed(2)} s`
}

function failureLines({ failure }: LinearizabilityReport, { draw, columns }: Printing): string[] {
  if (failure === null) return []
  const { sentence, prefix, smallest, isMinimal, culprit } = failure
  const until = culprit === null ? '' : ` It ends where process ${String(culprit.process)} is told the outcome of ${culprit.f}.`
  const lines = ['', sentence]
  if (prefix !== null) lines.push(`The longest linearizable prefix of this key has ${counted(prefix.events, 'event')}, with ${counted(prefix.operations, 'completed operation')}.${until}`)
  lines.push('', `Smallest failing part, ${counted(smallest.length, 'operation')}${isMinimal ? '' : ' (it may not be the smallest: the search for it was cut short)'}:`, '')
  const isLong = smallest.length > LISTED_MAX
  for (const line of draw && !isLong ? timeline(smallest, culprit, columns - 2) : smallest.slice(0, LISTED_MAX).map(described)) lines.push(line === '' ? '' : `  ${line}`)
  if (isLong) lines.push(`  … and ${counted(smallest.length - LISTED_MAX, 'more operation')}`)
  return lines
}

const LISTED_MAX = 60

/** One line for each weaker guarantee. */
function weakerLines(weaker: Judged<Report>['weaker']): string[] {
  if (weaker.length === 0) return []
  return ['', 'Of weaker guarantees:', ...weaker.map(({ check, verdict, sentence }) =>
    `  ${{ ok: '✓', violated: '✗', inconclusive: '?' }[verdict]} ${check.replaceAll('-', ' ')}${sentence === null ? '' : `: ${sentence}`}`)]
}

function anomalyLines({ anomalies }: TransactionReport, { draw, columns }: Printing): string[] {
  return anomalies.flatMap(({ name, count, because, operations }) => [
    '', `${name}${count > 1 ? `, found ${counted(count, 'time')}` : ''}:`, ...because.map((each) => `  ${each}`),
    ...(draw ? ['', ...timeline(operations, null, columns - 2).map((line) => (line === '' ? '' : `  ${line}`))] : []),
  ])
}

export function reportText(judged: Judged<Report>, printing: Printing): string {
  const { report } = judged
  const reason = reasonOf(judged)
  const undecided = report.model === 'list-append' || report.undecided.length === 0 ? ''
    : ` Undecided: ${report.partitions === 1 ? 'the whole history' : keys(report.undecided)}.`
  return [
    headline(judged), ...(reason === null ? [] : [`  Neither yes nor no: ${reason}.${undecided}`]),
    ...(report.model === 'list-append' ? anomalyLines(report, printing) : [...failureLines(report, printing), ...weakerLines(judged.weaker)]),
  ].join('\n')
}

function keys(all: readonly Value[]): string {
  const names = all.slice(0, 5).map((each) => toPublicJson(each))
  return `${names.join(', ')}${all.length > names.length ? ` and ${counted(all.length - names.length, 'more key')}` : ''}`
}
