/** Transactions of micro-operations: ["append", key, value] and ["r", key, list], as Elle and Jepsen write them. */
import type { Operation } from '../history'
import { canonical, isList, type Value } from '../values'

export interface Append {
  readonly kind: 'append'
  readonly key: string
  readonly element: string
}

export interface Read {
  readonly kind: 'read'
  readonly key: string
  /** Null where it is not known what was read. */
  readonly list: readonly string[] | null
}

/** Keys and elements are canonical texts. */
export interface Transaction {
  /** Place among the transactions. */
  readonly at: number
  readonly operation: Operation
  readonly steps: readonly (Append | Read)[]
}

const APPEND = ['append', ':append']
const READ = ['r', ':r', 'read', ':read']

function stepOf(value: Value, known: boolean): Append | Read | string {
  if (!isList(value) || value.length < 2) return 'each micro-operation to be ["append", key, value] or ["r", key, list]'
  const [name, key, argument] = value as readonly [Value, Value, Value?]
  if (typeof name !== 'string') return 'a micro-operation to begin with "append" or "r"'
  if (APPEND.includes(name)) return argument === undefined ? '["append", key, value]' : { kind: 'append', key: canonical(key), element: canonical(argument) }
  if (!READ.includes(name)) return 'a micro-operation to begin with "append" or "r"'
  if (!known) return { kind: 'read', key: canonical(key), list: null }
  if (argument === null || argument === undefined) return { kind: 'read', key: canonical(key), list: [] }
  return isList(argument) ? { kind: 'read', key: canonical(key), list: argument.map(canonical) } : 'a read to answer a list or null'
}

/** What the operation did, or what was expected of it. */
export function transactionOf(operation: Operation, at: number): Transaction | string {
  const { f, input, output, outcome } = operation
  if (f !== 'txn') return 'the operation txn'
  const known = outcome === 'ok' && isList(output)
  const list = known ? output : input
  if (outcome === 'ok' && !known) return 'the completion of a transaction to repeat its micro-operations with what was read'
  if (!isList(list)) return 'a list of micro-operations'
  const steps: (Append | Read)[] = []
  for (const each of list) {
    const step = stepOf(each, known)
    if (typeof step === 'string') return step
    steps.push(step)
  }
  return { at, operation, steps }
}

/** What the transaction read of each key before it appended to it, given that it saw its own appends. */
export function externalReads({ steps }: Transaction): { key: string; list: readonly string[] }[] {
  const appended = new Map<string, number>()
  const reads: { key: string; list: readonly string[] }[] = []
  for (const step of steps) {
    if (step.kind === 'append') appended.set(step.key, (appended.get(step.key) ?? 0) + 1)
    else if (step.list !== null) reads.push({ key: step.key, list: step.list.slice(0, step.list.length - (appended.get(step.key) ?? 0)) })
  }
  return reads
}
