/** Whole histories: parted by key, since a history is linearizable exactly where the history of each object is (Herlihy and Wing, 1990). */
import type { History, Operation } from '../history'
import { MODELS, type Model, type ModelName } from '../models'
import { canonical, type Value } from '../values'
import { decide, type Method } from './decide'
import { explainFailure, type LinearizabilityFailure } from './smallest'

export type LinearizabilityVerdict = 'linearizable' | 'not-linearizable' | 'inconclusive'

/** Steps of the search, where the caller names no budget. */
export const BUDGET_STEPS_DEFAULT = 50_000_000
/** Steps for finding the smallest failing part, beside the budget. */
export const EXPLAIN_STEPS_DEFAULT = 20_000_000

export interface LinearizabilityOptions {
  /** Steps of the search; beyond them the verdict is inconclusive. */
  readonly budget?: number
  /** Steps for the explanation of a failure; 0 for none but the key. */
  readonly explainBudget?: number
  /** Asked every few thousand steps; true ends the check as inconclusive. This is where a caller measures time. */
  readonly isCancelled?: () => boolean
}

export interface LinearizabilityReport {
  readonly verdict: LinearizabilityVerdict
  readonly model: ModelName
  readonly operations: number
  /** Operations of unknown outcome among them. */
  readonly unknown: number
  readonly failed: number
  readonly partitions: number
  /** Keys whose history was not decided. */
  readonly undecided: readonly Value[]
  readonly steps: number
  /** How the partitions were decided. */
  readonly methods: Readonly<Record<Method, number>>
  readonly failure: LinearizabilityFailure | null
}

export interface Progress {
  readonly steps: number
  readonly partitionsDone: number
  readonly partitions: number
  readonly phase: 'searching' | 'explaining'
}

export function partitionByKey(history: History): { key: Value; operations: Operation[] }[] {
  const parts = new Map<string, { key: Value; operations: Operation[] }>()
  for (const operation of history.operations) {
    const name = canonical(operation.key)
    const part = parts.get(name)
    if (part === undefined) parts.set(name, { key: operation.key, operations: [operation] })
    else part.operations.push(operation)
  }
  return [...parts.values()]
}

/** Yields its progress every few thousand steps; a caller that stops asking has cancelled it. */
export function* linearizabilityCheck(
  history: History, modelName: ModelName, options: LinearizabilityOptions = {},
): Generator<Progress, LinearizabilityReport> {
  const model: Model = MODELS[modelName]
  const { budget = BUDGET_STEPS_DEFAULT, explainBudget = EXPLAIN_STEPS_DEFAULT, isCancelled = () => false } = options
  // Small ones first: where the budget ends, as much as possible is judged.
  const parts = partitionByKey(history).sort((a, b) => a.operations.length - b.operations.length)
  const methods: Record<Method, number> = { shape: 0, 'depth-first': 0, 'breadth-first': 0 }
  const undecided: Value[] = []
  let steps = 0
  let failure: LinearizabilityFailure | null = null
  let partitionsDone = 0
  let stopped = false
  for (const { key, operations } of parts) {
    if (stopped) {
      undecided.push(key)
      continue
    }
    const deciding = decide(model, operations)
    let turn = deciding.next()
    for (; turn.done !== true; turn = deciding.next()) {
      steps += turn.value
      stopped = steps > budget || isCancelled()
      if (stopped) break
      yield { steps, partitionsDone, partitions: parts.length, phase: 'searching' }
    }
    if (turn.done !== true || turn.value.kind === 'undecided') undecided.push(key)
    else {
      partitionsDone++
      methods[turn.value.method]++
      if (turn.value.kind !== 'not-linearizable') continue
      const { culprit } = turn.value
      let explained = 0
      const explaining = explainFailure(model, key, operations, culprit, () => explained > explainBudget || isCancelled())
      let part = explaining.next()
      for (; part.done !== true; part = explaining.next()) {
        explained += part.value
        yield { steps: steps + explained, partitionsDone, partitions: parts.length, phase: 'explaining' }
      }
      failure = part.value
      break
    }
  }
  const count = (outcome: Operation['outcome']): number => history.operations.reduce((sum, each) => sum + Number(each.outcome === outcome), 0)
  return {
    verdict: failure !== null ? 'not-linearizable' : undecided.length > 0 ? 'inconclusive' : 'linearizable',
    model: modelName, operations: history.operations.length, unknown: count('unknown'), failed: count('fail'), partitions: parts.length,
    undecided: failure === null ? undecided : [], steps, methods, failure,
  }
}

/** Judges a history at one go. An exhausted budget gives `inconclusive`, never `linearizable`. */
export function checkLinearizable(history: History, model: ModelName, options: LinearizabilityOptions = {}): LinearizabilityReport {
  const checking = linearizabilityCheck(history, model, options)
  let turn = checking.next()
  while (turn.done !== true) turn = checking.next()
  return turn.value
}
