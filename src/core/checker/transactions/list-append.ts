/**
 * Histories of list-append transactions, judged for strict serializability after Kingsbury and Alvaro, "Elle: Inferring Isolation
 * Anomalies from Experimental Observations" (PVLDB 14 (3), 2020). Since every element is appended once and reads show the whole
 * list, the order of versions is known and the graph of dependencies is exact: no anomaly means that a serial order exists that
 * explains every read and keeps real time.
 */
import type { History, Operation } from '../history'
import { AnomalyList, named, type Anomaly, type CycleName } from './anomaly'
import { components, shortestPath } from './cycles'
import { dependencyGraph, type Dependency, type DependencyKind, type Graph } from './dependencies'
import { checkOwnOrder, checkReads } from './reads'
import { transactionOf, type Transaction } from './transaction'
import { longestReads, versionsOf, writersOf } from './versions'

export interface TransactionReport {
  /** `linearizable` stands for strictly serializable. */
  readonly verdict: 'linearizable' | 'not-linearizable' | 'inconclusive'
  readonly model: 'list-append'
  readonly operations: number
  readonly unknown: number
  readonly failed: number
  /** The gravest first. */
  readonly anomalies: readonly Anomaly[]
  /** Why it is inconclusive. */
  readonly reason: string | null
}

export interface TransactionMistake {
  readonly operation: Operation
  readonly expected: string
}

/** Cycles are sought from this many members of a component; the rest of a large one shows little more. */
const STARTS_MAX = 64

export function parseTransactions(history: History): readonly Transaction[] | TransactionMistake {
  const transactions: Transaction[] = []
  for (const operation of history.operations) {
    const parsed = transactionOf(operation, transactions.length)
    if (typeof parsed === 'string') return { operation, expected: parsed }
    transactions.push(parsed)
  }
  return transactions
}

/** Yields now and then. Judges transactions that `parseTransactions` read. */
export function* listAppendCheck(transactions: readonly Transaction[]): Generator<number, TransactionReport> {
  const count = (outcome: Operation['outcome']): number => transactions.filter(({ operation }) => operation.outcome === outcome).length
  const report = { model: 'list-append' as const, operations: transactions.length, unknown: count('unknown'), failed: count('fail') }
  const writers = writersOf(transactions)
  if (writers.twice !== null) {
    const { key, element } = writers.twice
    return { ...report, verdict: 'inconclusive', anomalies: [], reason: `${element} was appended to ${key} more than once: who wrote what was read cannot be told` }
  }
  const found = new AnomalyList()
  yield transactions.length
  const reads = longestReads(transactions, found)
  checkReads(transactions, writers, found)
  checkOwnOrder(reads.longest, writers, found)
  yield transactions.length
  // A transaction of unknown outcome whose element was read did commit.
  const seen = new Set<Transaction>()
  for (const [key, { list }] of reads.longest) for (const element of list) seen.add(writers.of(key, element) as Transaction)
  const committed = (transaction: Transaction): boolean =>
    transaction.operation.outcome === 'ok' || (transaction.operation.outcome === 'unknown' && seen.has(transaction))
  const graph = dependencyGraph(transactions, versionsOf(transactions, reads, committed), writers, committed)
  yield transactions.length
  for (const realTime of [false, true]) {
    for (const cycle of CYCLES) {
      yield* findCycles(cycle, realTime, graph, transactions, found)
    }
  }
  // Names are given to short cycles that were looked for; that there is a cycle at all decides.
  const all = components(graph, () => true)
  if (all.length > 0 && !CYCLES.some(({ name }) => found.has(name) || found.has(`${name}-realtime`))) noteAny(all[0] as number[], graph, transactions, found)
  const anomalies = [...found.all].sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name))
  return { ...report, verdict: anomalies.length === 0 ? 'linearizable' : 'not-linearizable', anomalies, reason: null }
}

const ORDER: readonly string[] = ['garbage-read', 'duplicate-elements', 'incompatible-order', 'internal', 'G0', 'G1a', 'G1b', 'G1c', 'lost-update', 'G-single', 'G2',
  'G0-realtime', 'G1c-realtime', 'G-single-realtime', 'G2-realtime']

interface CycleKind {
  readonly name: CycleName
  readonly kinds: readonly DependencyKind[]
  /** How many anti-dependencies a cycle of this name has: none, one, or at least two. */
  readonly antidependencies: 0 | 1 | 2
}

const CYCLES: readonly CycleKind[] = [
  { name: 'G0', kinds: ['ww'], antidependencies: 0 }, { name: 'G1c', kinds: ['ww', 'wr'], antidependencies: 0 },
  { name: 'G-single', kinds: ['ww', 'wr', 'rw'], antidependencies: 1 }, { name: 'G2', kinds: ['ww', 'wr', 'rw'], antidependencies: 2 },
]

function* findCycles(kind: CycleKind, realTime: boolean, graph: Graph, transactions: readonly Transaction[], found: AnomalyList): Generator<number, void> {
  const allowed = new Set<DependencyKind>(realTime ? [...kind.kinds, 'realtime'] : kind.kinds)
  for (const members of components(graph, (each) => allowed.has(each))) {
    yield members.length
    const within = new Set(members)
    let shortest: Dependency[] | null = null
    for (const start of members.slice(0, STARTS_MAX)) {
      const cycle = cycleFrom(start, kind, realTime, graph, within, allowed)
      if (cycle !== null && (shortest === null || cycle.length < shortest.length)) shortest = cycle
      yield members.length
    }
    if (shortest !== null) note(kind, realTime, shortest, transactions, found)
  }
}

/** A cycle through `start` with as many anti-dependencies as the kind has, and with an edge of real time where that is asked for. */
function cycleFrom(start: number, { name, antidependencies }: CycleKind, realTime: boolean, graph: Graph, within: ReadonlySet<number>, allowed: ReadonlySet<DependencyKind>): Dependency[] | null {
  const isFit = (cycle: Dependency[] | null): cycle is Dependency[] => {
    if (cycle === null || cycle.some(({ kind }) => kind === 'realtime') !== realTime) return false
    const count = cycle.filter(({ kind }) => kind === 'rw').length
    return antidependencies === 2 ? count >= 2 : count === antidependencies && (name !== 'G1c' || cycle.some(({ kind }) => kind === 'wr'))
  }
  if (antidependencies === 0) {
    const cycle = shortestPath(graph, start, start, within, (kind) => allowed.has(kind))
    if (isFit(cycle)) return cycle
  }
  let best: Dependency[] | null = null
  for (const edge of graph[start] ?? []) {
    const opens = antidependencies > 0 ? edge.kind === 'rw' : realTime ? edge.kind === 'realtime' : edge.kind === 'wr'
    if (!opens || !within.has(edge.to)) continue
    const back = shortestPath(graph, edge.to, start, within, (kind) => allowed.has(kind) && (antidependencies !== 1 || kind !== 'rw'))
    const cycle = back === null ? null : [edge, ...back]
    if (isFit(cycle) && (best === null || cycle.length < best.length)) best = cycle
  }
  return best
}

function noteAny(members: readonly number[], graph: Graph, transactions: readonly Transaction[], found: AnomalyList): void {
  const start = members[0] as number
  const cycle = shortestPath(graph, start, start, new Set(members), () => true) ?? []
  const antidependencies = cycle.filter(({ kind }) => kind === 'rw').length
  const kind = CYCLES[antidependencies === 0 ? (cycle.some((edge) => edge.kind === 'wr') ? 1 : 0) : antidependencies === 1 ? 2 : 3] as CycleKind
  note(kind, cycle.some((edge) => edge.kind === 'realtime'), cycle, transactions, found)
}

function note({ name }: CycleKind, realTime: boolean, cycle: readonly Dependency[], transactions: readonly Transaction[], found: AnomalyList): void {
  const of = (at: number): Transaction => transactions[at] as Transaction
  const members = cycle.map(({ from }) => of(from))
  const because = cycle.map((edge) => sentence(edge, of))
  const kinds = cycle.map(({ kind }) => kind).sort().join(' ')
  if (kinds === 'rw ww' && cycle[0]?.key === cycle[1]?.key) found.add('lost-update', because, members)
  const full = realTime ? `${name}-realtime` as const : name
  found.add(full, because, members, because.length < found.stepsOf(full))
}

function sentence({ from, to, kind, key, element }: Dependency, of: (at: number) => Transaction): string {
  const [first, second] = [named(of(from)), named(of(to))]
  switch (kind) {
    case 'ww': return `${first} before ${second}, which appended ${element} to ${key} after it`
    case 'wr': return `${first} before ${second}, which read its ${element} in ${key}`
    case 'rw': return `${first} before ${second}, whose ${element} it did not see in ${key}`
    case 'realtime': return `${first} before ${second}, which began after it had ended`
  }
}
