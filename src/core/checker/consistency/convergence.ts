/** Eventual convergence: once nobody writes any more, all processes come to read the same value of each key, and one that was written. */
import type { History } from '../history'
import { described } from '../linearizability/words'
import { accessesOf, fine, INITIAL, unclear, violated, type Access, type ConsistencyReport } from './report'

const CHECK = 'eventual-convergence'

/** Judges the last read of each process among those that began after the last write of the key had ended. */
export function checkConvergence(history: History): ConsistencyReport {
  const accesses = accessesOf(history)
  if (accesses === null) return unclear(CHECK, 'The history has operations that are neither reads nor writes of whole values.')
  const keys = new Map<string, Access[]>()
  for (const access of accesses) {
    const known = keys.get(access.key)
    if (known === undefined) keys.set(access.key, [access])
    else known.push(access)
  }
  let doubt: string | null = null
  for (const [key, all] of keys) {
    const writes = all.filter(({ written }) => written !== undefined)
    if (writes.length === 0) continue
    const pending = writes.find(({ operation }) => operation.outcome === 'unknown')
    const lastEnd = writes.reduce((latest, { operation: { outcome, invoked, completed } }) => Math.max(latest, outcome === 'unknown' ? invoked : completed), -1)
    const last = new Map(all.filter(({ read, operation }) => read !== undefined && operation.invoked > lastEnd).map((access) => [access.operation.process, access]))
    const [first, ...others] = last.values()
    const unwritten = [...last.values()].find(({ read }) => read !== INITIAL && !writes.some(({ written }) => written === read))
    if (unwritten !== undefined) return violated(CHECK, `${described(unwritten.operation)}: nobody wrote that.`, [unwritten.operation])
    const other = others.find(({ read }) => read !== first?.read)
    if (first === undefined || others.length === 0) doubt ??= `Key ${key} was not read by two processes after the last write of it.`
    else if (other !== undefined && pending === undefined) {
      return violated(CHECK, `After the last write of key ${key}, ${described(first.operation)} and ${described(other.operation)}.`, [first.operation, other.operation])
    } else if (other !== undefined && pending !== undefined) {
      doubt ??= `Key ${key} was read differently after the last write, but ${described(pending.operation)} may have taken effect in between.`
    }
  }
  return doubt === null ? fine(CHECK) : unclear(CHECK, doubt)
}
