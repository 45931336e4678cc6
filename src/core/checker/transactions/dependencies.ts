/** Who must come before whom: by versions written (ww), read (wr) and overwritten (rw), and by real time. */
import { externalReads, type Transaction } from './transaction'
import type { Versions, Writers } from './versions'

export type DependencyKind = 'ww' | 'wr' | 'rw' | 'realtime'

export interface Dependency {
  readonly from: number
  readonly to: number
  readonly kind: DependencyKind
  readonly key: string
  /** The element that shows it. */
  readonly element: string
}

export type Graph = readonly (readonly Dependency[])[]

/** Edges by the place of the transaction from which they lead. Transactions that did not surely commit have none. */
export function dependencyGraph(
  transactions: readonly Transaction[], versions: ReadonlyMap<string, Versions>, writers: Writers, committed: (transaction: Transaction) => boolean,
): Graph {
  const graph: Dependency[][] = transactions.map(() => [])
  const link = (from: Transaction | undefined, to: Transaction | undefined, kind: DependencyKind, key: string, element: string): void => {
    if (from === undefined || to === undefined || from === to || !committed(from) || !committed(to)) return
    graph[from.at]?.push({ from: from.at, to: to.at, kind, key, element })
  }
  for (const [key, { order, later }] of versions) {
    order.forEach((element, i) => { if (i > 0) link(writers.of(key, order[i - 1] as string), writers.of(key, element), 'ww', key, element) })
    const last = order.at(-1)
    if (last !== undefined) for (const element of later) link(writers.of(key, last), writers.of(key, element), 'ww', key, element)
  }
  for (const transaction of transactions) {
    if (transaction.operation.outcome !== 'ok') continue
    for (const { key, list } of externalReads(transaction)) {
      const version = versions.get(key)
      if (version === undefined) continue
      const last = list.at(-1)
      if (last !== undefined) link(writers.of(key, last), transaction, 'wr', key, last)
      // The next version of another transaction: its own appends come after what it read.
      const next = nextOf(version, list, (element) => writers.of(key, element) !== transaction)
      for (const element of next) link(transaction, writers.of(key, element), 'rw', key, element)
    }
  }
  linkRealTime(transactions, committed, graph)
  return graph
}

function nextOf({ order, later }: Versions, list: readonly string[], isOfAnother: (element: string) => boolean): readonly string[] {
  for (let i = list.length; i < order.length; i++) if (isOfAnother(order[i] as string)) return [order[i] as string]
  return later
}

/**
 * An edge from each transaction to those that began after it ended, without those that follow from others: only transactions that
 * no other one, begun after their end, has ended since.
 */
function linkRealTime(transactions: readonly Transaction[], committed: (transaction: Transaction) => boolean, graph: Dependency[][]): void {
  const all = transactions.filter(committed)
  const events = all.flatMap((transaction) => {
    const { invoked, completed } = transaction.operation
    return [{ at: invoked, transaction, begins: true }, ...(completed === Infinity ? [] : [{ at: completed, transaction, begins: false }])]
  }).sort((a, b) => a.at - b.at)
  let ended: Transaction[] = []
  for (const { transaction, begins } of events) {
    if (begins) {
      for (const before of ended) graph[before.at]?.push({ from: before.at, to: transaction.at, kind: 'realtime', key: '', element: '' })
    } else ended = [...ended.filter((before) => before.operation.completed > transaction.operation.invoked), transaction]
  }
}
