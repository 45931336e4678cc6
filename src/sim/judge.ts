/** Judges the history of a simulation at its end, object by object, each kind by its own model. */
import { checkLinearizable, shown, type History, type LinearizabilityReport, type ModelName, type Operation } from '../core/checker'
import type { Broken } from './ledger'
import type { LinearizabilityVerdict } from './types'

export interface Judgement {
  readonly verdict: LinearizabilityVerdict
  readonly broken: Broken | null
}

/** The first letter of a key names the kind of its object. */
const MODELS: Readonly<Record<string, ModelName>> = { r: 'register', k: 'kv', q: 'queue', l: 'lock', c: 'counter' }
/** Keys of a simulation are strings. */
export const keyOf = ({ key }: Operation): string => (typeof key === 'string' ? key : '')
const kindOf = (operation: Operation): string => keyOf(operation).charAt(0)
/** Steps of search for one simulation; beyond them it is inconclusive. */
const BUDGET_STEPS = 2_000_000
const EXPLAIN_STEPS = 300_000
const SOURCE = 'Herlihy and Wing 1990'

export function judge(history: History): Judgement {
  const byModel = new Map<ModelName, Operation[]>()
  for (const operation of history.operations) {
    const model = MODELS[kindOf(operation)]
    if (model === undefined) continue
    const named = operation.f === 'count' ? { ...operation, f: 'read' } : operation
    const list = byModel.get(model)
    if (list === undefined) byModel.set(model, [named])
    else list.push(named)
  }
  let verdict: LinearizabilityVerdict = 'linearizable'
  for (const [model, operations] of byModel) {
    const report = checkLinearizable({ operations }, model, { budget: BUDGET_STEPS, explainBudget: EXPLAIN_STEPS })
    if (report.verdict === 'not-linearizable') return { verdict: 'violated', broken: { invariant: 'Linearizability', source: SOURCE, message: sentence(report) } }
    if (report.verdict === 'inconclusive') verdict = 'inconclusive'
    const counted = model === 'counter' ? sumsOutOfOrder(operations) : null
    if (counted !== null) return { verdict: 'violated', broken: { invariant: 'Linearizability', source: SOURCE, message: counted } }
  }
  return { verdict, broken: null }
}

const sentence = ({ failure, model }: LinearizabilityReport): string => failure?.sentence ?? `The history of a ${model} is not linearizable.`

/**
 * The sums that additions of 1 were answered with: each belongs to one addition only, and one that had ended before another began is
 * smaller. The model of counters knows their reads alone.
 */
function sumsOutOfOrder(operations: readonly Operation[]): string | null {
  const byKey = new Map<string, Operation[]>()
  for (const operation of operations) {
    if (operation.f !== 'add' || operation.outcome !== 'ok') continue
    const key = keyOf(operation)
    byKey.set(key, [...(byKey.get(key) ?? []), operation])
  }
  for (const [key, adds] of byKey) {
    const sorted = adds.sort((one, other) => Number(one.output) - Number(other.output))
    let latestBegin = -1
    for (const [i, add] of sorted.entries()) {
      if (i > 0 && sorted[i - 1]?.output === add.output) return `Two additions to counter ${key} were both answered ${shown(add.output)}.`
      // Those before it in this order were answered with less.
      if (add.completed < latestBegin) return `Counter ${key}: an addition was answered ${shown(add.output)} and had ended before one began that was answered with less.`
      latestBegin = Math.max(latestBegin, add.invoked)
    }
  }
  return null
}
