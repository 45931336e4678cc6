/** Every check weaker than linearizability, by name. */
import type { History } from '../history'
import type { ModelName } from '../models'
import { checkCausal } from './causal'
import { checkConvergence } from './convergence'
import type { ConsistencyName, ConsistencyReport } from './report'
import { checkSequential } from './sequential'
import { checkSession } from './sessions'

export type { ConsistencyName, ConsistencyReport } from './report'

/** From the strongest to the weakest; the session guarantees follow from causal consistency, and none from another. */
export const CONSISTENCY_CHECKS: readonly ConsistencyName[] = [
  'sequential', 'causal', 'read-your-writes', 'monotonic-reads', 'monotonic-writes', 'writes-follow-reads', 'eventual-convergence',
]
const SEQUENTIAL_STEPS_DEFAULT = 20_000_000

/** Judges a history of a register or of keys. `budget` counts the steps of the sequential search; the others take about as many as there are operations. */
export function checkConsistency(history: History, model: ModelName, check: ConsistencyName, budget = SEQUENTIAL_STEPS_DEFAULT): ConsistencyReport {
  switch (check) {
    case 'sequential': return checkSequential(history, model, budget)
    case 'causal': return checkCausal(history)
    case 'eventual-convergence': return checkConvergence(history)
    case 'read-your-writes': case 'monotonic-reads': case 'monotonic-writes': case 'writes-follow-reads': return checkSession(history, check)
  }
}
