/** Drives a check in slices, within a time, and until it is told to stop. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  checkConsistency, CONSISTENCY_CHECKS, linearizabilityCheck, listAppendCheck, type ConsistencyReport, type History, type LinearizabilityReport, type ModelName, type Transaction, type TransactionReport,
} from '../../../core/checker'

export interface Limits {
  readonly budgetMs: number
  readonly interrupted: AbortSignal
  /** Called every few seconds of a long check. */
  readonly progress: (text: string) => void
  readonly nowMs: () => number
}

export type Stopped = 'interrupted' | 'budget' | null

export interface Judged<Report> {
  readonly report: Report
  /** What ended the search before its end. */
  readonly stopped: Stopped
  readonly milliseconds: number
  /** Of a history that is not linearizable: which weaker guarantees it keeps. */
  readonly weaker: readonly ConsistencyReport[]
}

/** Between two looks at signals. */
const SLICE_MS = 25
const PROGRESS_EVERY_MS = 3_000
/** An explanation may take this much beyond the verdict, but never longer than the budget. */
const EXPLAIN_MS_MAX = 20_000

const counted = (value: number): string => Math.round(value).toLocaleString('en')

class Watch {
  readonly fromMs: number
  readonly #limits: Limits
  #deadlineMs: number
  #sliceFromMs: number
  #progressMs: number
  stopped: Stopped = null

  constructor(limits: Limits) {
    this.#limits = limits
    this.fromMs = limits.nowMs()
    this.#deadlineMs = this.fromMs + limits.budgetMs
    this.#sliceFromMs = this.fromMs
    this.#progressMs = this.fromMs + PROGRESS_EVERY_MS
  }

  get elapsedMs(): number {
    return this.#limits.nowMs() - this.fromMs
  }

  isOver(): boolean {
    this.stopped ??= this.#limits.interrupted.aborted ? 'interrupted' : this.#limits.nowMs() > this.#deadlineMs ? 'budget' : null
    return this.stopped !== null
  }

  /** What was found is certain; from here on the time is for its explanation. */
  explain(): void {
    this.#deadlineMs = this.#limits.nowMs() + Math.min(EXPLAIN_MS_MAX, this.#limits.budgetMs)
  }

  /** Lets signals in where it is time. */
  async breathe(progress: () => string): Promise<void> {
    const now = this.#limits.nowMs()
    if (now > this.#progressMs) {
      this.#limits.progress(`${progress()}, ${(this.elapsedMs / 1_000).toFixed(0)} s`)
      this.#progressMs = now + PROGRESS_EVERY_MS
    }
    if (now - this.#sliceFromMs < SLICE_MS) return
    await nextTurn()
    this.#sliceFromMs = this.#limits.nowMs()
  }
}

export async function judgeLinearizability(history: History, model: ModelName, limits: Limits): Promise<Judged<LinearizabilityReport>> {
  const watch = new Watch(limits)
  const checking = linearizabilityCheck(history, model, { budget: Infinity, isCancelled: () => watch.isOver() })
  let isExplaining = false
  let turn = checking.next()
  for (; turn.done !== true; turn = checking.next()) {
    const { steps, partitionsDone, partitions, phase } = turn.value
    if (phase === 'explaining' && !isExplaining) {
      isExplaining = true
      watch.explain()
    }
    await watch.breathe(() => (isExplaining ? 'not linearizable; looking for the smallest failing part'
      : `${counted(partitionsDone)} of ${counted(partitions)} keys decided, ${counted(steps)} steps`))
  }
  const { value: report } = turn
  return { report, stopped: watch.stopped, milliseconds: watch.elapsedMs,
    weaker: report.verdict === 'not-linearizable' ? weakerThanLinearizable(history, model) : [] }
}

/** Longer histories are not searched for a sequential order. */
const SEQUENTIAL_OPERATIONS_MAX = 2_000
const SEQUENTIAL_STEPS = 500_000

/** What still holds of a register or of keys that are not linearizable. Empty for other models. */
export function weakerThanLinearizable(history: History, model: ModelName): readonly ConsistencyReport[] {
  if (model !== 'register' && model !== 'kv') return []
  return CONSISTENCY_CHECKS.filter((check) => check !== 'sequential' || history.operations.length <= SEQUENTIAL_OPERATIONS_MAX)
    .map((check) => checkConsistency(history, model, check, SEQUENTIAL_STEPS))
}

export async function judgeTransactions(transactions: readonly Transaction[], limits: Limits): Promise<Judged<TransactionReport>> {
  const watch = new Watch(limits)
  const checking = listAppendCheck(transactions)
  let turn = checking.next()
  for (; turn.done !== true && !watch.isOver(); turn = checking.next()) await watch.breathe(() => 'looking for cycles')
  if (turn.done === true) return { report: turn.value, stopped: null, milliseconds: watch.elapsedMs, weaker: [] }
  const count = (outcome: string): number => transactions.filter(({ operation }) => operation.outcome === outcome).length
  const report: TransactionReport = { verdict: 'inconclusive', model: 'list-append', operations: transactions.length, unknown: count('unknown'),
    failed: count('fail'), anomalies: [], reason: null }
  return { report, stopped: watch.stopped, milliseconds: watch.elapsedMs, weaker: [] }
}
