/** `quorate check FILE --model NAME` */
import { readFile } from 'node:fs/promises'
import { addAbortSignal } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { Command, Option } from 'commander'
import { fail, ok, type Result } from '../../../core/base'
import { MODELS, parseTransactions, readHistory, shown, type History, type HistoryFormat, type ModelName, type Operation } from '../../../core/checker'
import { EXIT, type ExitCode } from '../exit-codes'
import type { Finish } from '../fault-command'
import { printed, type Outcome } from '../outcome'
import { judgeLinearizability, judgeTransactions, type Limits } from './judge'
import { reportJson, reportText, type Printing } from './report'

interface Options {
  readonly model: ModelName | 'list-append'
  readonly json?: boolean
  readonly draw?: boolean
  readonly budgetSeconds: string
  readonly format?: HistoryFormat
}

const BUDGET_SECONDS_MAX = 7 * 24 * 3_600
const COLUMNS_DEFAULT = 120
const VERDICT_CODES: Readonly<Record<'linearizable' | 'not-linearizable' | 'inconclusive', ExitCode>> = {
  linearizable: EXIT.ok, 'not-linearizable': EXIT.notLinearizable, inconclusive: EXIT.inconclusive,
}

/** 1 and 2 are verdicts here: whatever keeps a history from being judged ends with a code of its own. */
const unreadable = (message: string, hint?: string): Outcome =>
  ({ exitCode: EXIT.unreadable, stderr: `✗ ${message}${hint === undefined ? '' : `\n  What to do: ${hint}`}\n` })

async function readText(file: string, interrupted: AbortSignal): Promise<Result<string, 'bad-history'>> {
  try {
    return ok(file === '-' ? await readAll(addAbortSignal(interrupted, process.stdin)) : await readFile(file, { encoding: 'utf8', signal: interrupted }))
  } catch (error) {
    return fail('bad-history', `${file === '-' ? 'Standard input' : file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      'Give a file with a history, or - for standard input.')
  }
}

const wrongOperation = ({ line, f, input }: Operation, expected: string): Outcome =>
  unreadable(`Line ${String(line)}: expected ${expected}, found ${f}${input === null ? '' : ` ${shown(input)}`}.`, 'Is it a history of another model? See --model.')

async function judge(history: History, model: Options['model'], limits: Limits, printing: Printing): Promise<Outcome> {
  const print = (judged: Parameters<typeof reportJson>[0]): Outcome =>
    printed(printing.json ? reportJson(judged) : reportText(judged, printing), VERDICT_CODES[judged.report.verdict])
  if (model === 'list-append') {
    const transactions = parseTransactions(history)
    return 'expected' in transactions ? wrongOperation(transactions.operation, transactions.expected) : print(await judgeTransactions(transactions, limits))
  }
  for (const operation of history.operations) {
    const expected = MODELS[model].expects(operation)
    if (expected !== null) return wrongOperation(operation, expected)
  }
  return print(await judgeLinearizability(history, model, limits))
}

async function check(file: string, { model, json, draw, budgetSeconds, format }: Options, say: (text: string) => void): Promise<Outcome> {
  const seconds = Number(budgetSeconds)
  if (!(seconds > 0) || seconds > BUDGET_SECONDS_MAX) return unreadable(`${budgetSeconds} is no budget in seconds.`, `Give a number above 0, up to ${String(BUDGET_SECONDS_MAX)}.`)
  const controller = new AbortController()
  const stop = (): void => { controller.abort() }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  try {
    const text = await readText(file, controller.signal)
    if (!text.ok) return unreadable(text.error.message, text.error.hint)
    const history = format === undefined ? readHistory(text.value) : readHistory(text.value, format)
    if (!history.ok) return unreadable(history.error.message, history.error.hint)
    const limits: Limits = { budgetMs: seconds * 1_000, interrupted: controller.signal, progress: (each) => { say(`… ${each}\n`) }, nowMs: () => performance.now() }
    const columns = process.stdout.isTTY ? process.stdout.columns : COLUMNS_DEFAULT
    return await judge(history.value, model, limits, { json: json === true, draw: draw === true, columns })
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, stop)
  }
}

export function checkCommand(say: (text: string) => void, finish: Finish): Command {
  return new Command('check').description('judge a recorded history: could one object, doing one thing at a time, have answered like this?')
    .argument('<file>', "the history, one JSON event a line or Jepsen's EDN; - for standard input")
    .addOption(new Option('--model <name>', 'what the object is').choices([...Object.keys(MODELS), 'list-append']).makeOptionMandatory())
    .option('--json', 'print JSON as described in docs/json.md')
    .option('--budget-seconds <seconds>', 'how long the search may take before the verdict is inconclusive', '60')
    .option('--draw', 'draw the smallest failing part as a timeline')
    .addOption(new Option('--format <name>', 'how the file is written; told by how it begins').choices(['ndjson', 'edn']))
    .action(async (file: string, options: Options) => { finish(await check(file, options, say)) })
    .addHelpText('after', `
Examples:
  $ quorate check history.ndjson --model register
  $ quorate check store/latest/history.edn --model list-append --json
  $ generate-load | quorate check - --model kv --draw

Exit codes of check:
  0  linearizable (list-append: strictly serializable)
  1  not linearizable
  2  inconclusive: the budget or the memory ran out, or Ctrl-C
  7  wrong usage, or the file is no history; the line and what was expected are on standard error`)
}
