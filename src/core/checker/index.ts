export { canonical, isList, shown, type Value } from './values'
export {
  HistoryRecorder, pairEvents, type EventType, type History, type HistoryEvent, type Mismatch, type Operation, type Outcome, type ProcessId,
} from './history'
export { MODELS, type Model, type ModelName } from './models'
export {
  BUDGET_STEPS_DEFAULT, checkLinearizable, linearizabilityCheck, type LinearizabilityOptions, type LinearizabilityReport, type LinearizabilityVerdict,
  type Progress,
} from './linearizability/check'
export type { LinearizabilityFailure } from './linearizability/smallest'
export { described, phrase } from './linearizability/words'
export { formatOf, readHistory, type HistoryFormat } from './formats/read-history'
export type { Anomaly, AnomalyName } from './transactions/anomaly'
export { listAppendCheck, parseTransactions, type TransactionMistake, type TransactionReport } from './transactions/list-append'
export type { Transaction } from './transactions/transaction'
export { timeline } from './timeline'
export { checkConsistency, CONSISTENCY_CHECKS, type ConsistencyName, type ConsistencyReport } from './consistency'
