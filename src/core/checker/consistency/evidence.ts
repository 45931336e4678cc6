/** The operations that show that no order explains a history, where it is short enough to leave them out one by one. */
import type { Operation } from '../history'
import { accessesOf } from './report'

const OPERATIONS_MAX = 80

/**
 * Leaves out what can be left out: a read at any time, a write together with every read of its value. Both keep a history that some
 * order explains explainable. Empty where the history is long or has other operations.
 */
export function evidenceOf(operations: readonly Operation[], isViolated: (part: readonly Operation[]) => boolean): readonly Operation[] {
  const all = accessesOf({ operations })
  if (all === null || all.length > OPERATIONS_MAX) return []
  let kept = all
  for (const victim of [...all].reverse()) {
    const gone = new Set([victim])
    for (const each of gone) {
      if (each.written === undefined) continue
      for (const reader of kept) if (reader.key === each.key && reader.read === each.written) gone.add(reader)
    }
    const rest = kept.filter((each) => !gone.has(each))
    if (isViolated(rest.map(({ operation }) => operation))) kept = rest
  }
  return kept.map(({ operation }) => operation)
}
