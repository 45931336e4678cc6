/** What single reads show: values of aborted transactions, of nobody, half-done ones, and transactions that disagree with themselves. */
import { named, type AnomalyList } from './anomaly'
import type { Transaction } from './transaction'
import type { Longest, Writers } from './versions'

export function checkReads(transactions: readonly Transaction[], writers: Writers, found: AnomalyList): void {
  for (const transaction of transactions) {
    if (transaction.operation.outcome !== 'ok') continue
    checkInternal(transaction, writers, found)
    for (const step of transaction.steps) {
      if (step.kind !== 'read' || step.list === null) continue
      checkSources(transaction, step.key, step.list, writers, found)
    }
  }
}

function checkSources(reader: Transaction, key: string, list: readonly string[], writers: Writers, found: AnomalyList): void {
  for (const element of list) {
    const writer = writers.of(key, element)
    if (writer === undefined) found.add('garbage-read', [`${named(reader)} read ${element} in ${key}, which nobody appended`], [reader])
    else if (writer.operation.outcome === 'fail') {
      found.add('G1a', [`${named(reader)} read ${element} in ${key}, which was appended by ${named(writer)}, and that failed`], [writer, reader])
    }
  }
  const last = list.at(-1)
  const writer = last === undefined ? undefined : writers.of(key, last)
  if (writer === undefined || writer === reader) return
  const final = writer.steps.findLast((step) => step.kind === 'append' && step.key === key)
  if (final?.kind === 'append' && final.element !== last) {
    found.add('G1b', [`${named(reader)} read ${key} as it was in the middle of ${named(writer)}: ${last ?? ''} was there, ${final.element} was not`], [writer, reader])
  }
}

/** What one transaction appended stands in the order in which it did so. Where something of another stands in between, that is a cycle. */
export function checkOwnOrder(longest: ReadonlyMap<string, Longest>, writers: Writers, found: AnomalyList): void {
  for (const [key, { list, reader }] of longest) {
    for (let i = 1; i < list.length; i++) {
      const [before, after] = [list[i - 1] as string, list[i] as string]
      const writer = writers.of(key, after)
      if (writer === undefined || writers.of(key, before) !== writer) continue
      const own = writer.steps.flatMap((step) => (step.kind === 'append' && step.key === key ? [step.element] : []))
      if (own.indexOf(before) < own.indexOf(after)) continue
      found.add('internal', [`${named(writer)} appended ${after} before ${before} to ${key}, but ${named(reader)} found them the other way round`], [writer, reader])
    }
  }
}

/**
 * The first read of a key ends with what the transaction appended to it before, and shows nothing that it appends later; later reads
 * continue what it knows: the last read and its own appends since.
 */
function checkInternal(transaction: Transaction, writers: Writers, found: AnomalyList): void {
  const known = new Map<string, readonly string[]>()
  const appended = new Map<string, string[]>()
  for (const step of transaction.steps) {
    if (step.kind === 'append') {
      appended.set(step.key, [...appended.get(step.key) ?? [], step.element])
      continue
    }
    if (step.list === null) continue
    const before = known.get(step.key)
    const own = appended.get(step.key) ?? []
    const list = step.list
    const fits = before === undefined
      ? own.every((element, i) => list[list.length - own.length + i] === element)
      : list.length === before.length + own.length && [...before, ...own].every((element, i) => list[i] === element)
    if (!fits) {
      found.add('internal', [`${named(transaction)} read ${step.key} as [${list.join(' ')}], although by its own doing it had to ${
        before === undefined ? 'end with' : 'be'} [${[...before ?? [], ...own].join(' ')}]`], [transaction])
    }
    const early = before === undefined ? list.slice(0, list.length - own.length).find((element) => writers.of(step.key, element) === transaction) : undefined
    if (fits && early !== undefined) found.add('internal', [`${named(transaction)} read ${early} in ${step.key} before it appended it`], [transaction])
    known.set(step.key, list)
    appended.set(step.key, [])
  }
}
