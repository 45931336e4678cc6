/** The order of versions of each key, from what was read: every read is a prefix of the longest, or nothing serializable did this. */
import type { AnomalyList } from './anomaly'
import { named } from './anomaly'
import type { Append, Transaction } from './transaction'

export interface Versions {
  /** Elements in the order of the longest read, then those that surely were appended later: committed, and in no read. */
  readonly order: readonly string[]
  readonly later: readonly string[]
  /** Place in `order` of each element. */
  readonly places: ReadonlyMap<string, number>
}

export interface Writers {
  /** By key and element; undefined where nobody is known to have appended it. */
  of(key: string, element: string): Transaction | undefined
  /** A key and element that two appends may have written; then nothing can be inferred. */
  readonly twice: { readonly key: string; readonly element: string } | null
}

export function writersOf(transactions: readonly Transaction[]): Writers {
  const all = new Map<string, Map<string, Transaction>>()
  let twice: Writers['twice'] = null
  for (const transaction of transactions) {
    for (const step of transaction.steps) {
      if (step.kind !== 'append') continue
      const ofKey = all.get(step.key) ?? new Map<string, Transaction>()
      all.set(step.key, ofKey)
      const known = ofKey.get(step.element)
      // What failed took no effect: of an append that was tried again, the later one counts.
      if (known === undefined || known.operation.outcome === 'fail') ofKey.set(step.element, transaction)
      else if (transaction.operation.outcome !== 'fail') twice ??= { key: step.key, element: step.element }
    }
  }
  return { of: (key, element) => all.get(key)?.get(element), twice }
}

const isPrefix = (short: readonly string[], long: readonly string[]): boolean => short.length <= long.length && short.every((each, i) => each === long[i])

export interface Longest {
  readonly list: readonly string[]
  readonly reader: Transaction
}

/** `unordered` are keys of whose versions nothing can be said. Notes lists with an element twice, and lists that no order explains. */
export function longestReads(transactions: readonly Transaction[], found: AnomalyList): { longest: ReadonlyMap<string, Longest>; unordered: ReadonlySet<string> } {
  const unordered = new Set<string>()
  const longest = new Map<string, Longest>()
  const reads = transactions.flatMap((transaction) => transaction.steps.flatMap((step) =>
    (transaction.operation.outcome === 'ok' && step.kind === 'read' && step.list !== null ? [{ transaction, key: step.key, list: step.list }] : [])))
  for (const { transaction, key, list } of reads) {
    const repeated = new Set(list).size < list.length ? list.find((each, i) => list.indexOf(each) !== i) : undefined
    if (repeated !== undefined) unordered.add(key)
    if (repeated !== undefined) found.add('duplicate-elements', [`${named(transaction)} found ${repeated} more than once in ${key}`], [transaction])
    else if (list.length > (longest.get(key)?.list.length ?? 0)) longest.set(key, { list, reader: transaction })
  }
  for (const { transaction, key, list } of reads) {
    const other = longest.get(key)
    if (other === undefined || isPrefix(list, other.list) || new Set(list).size < list.length) continue
    unordered.add(key)
    found.add('incompatible-order', [`${named(transaction)} read ${key} as [${list.join(' ')}], ${named(other.reader)} as [${other.list.join(' ')}]: neither continues the other`],
      [transaction, other.reader])
  }
  return { longest, unordered }
}

/** Of each key that has an order; `committed` says which transactions surely took effect. */
export function versionsOf(
  transactions: readonly Transaction[], { longest, unordered }: ReturnType<typeof longestReads>, committed: (transaction: Transaction) => boolean,
): ReadonlyMap<string, Versions> {
  const later = new Map<string, string[]>()
  const places = new Map([...longest].map(([key, { list }]) => [key, new Map(list.map((element, i) => [element, i]))]))
  for (const transaction of transactions) {
    if (!committed(transaction)) continue
    for (const { key, element } of transaction.steps.filter((step): step is Append => step.kind === 'append')) {
      if (places.get(key)?.has(element) === true) continue
      const unseen = later.get(key) ?? []
      unseen.push(element)
      later.set(key, unseen)
    }
  }
  return new Map([...new Set([...longest.keys(), ...later.keys()])].filter((key) => !unordered.has(key)).map((key) =>
    [key, { order: longest.get(key)?.list ?? [], later: later.get(key) ?? [], places: places.get(key) ?? new Map<string, number>() }]))
}
