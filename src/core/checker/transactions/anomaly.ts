/** What can be wrong with transactions, by the names of Adya (1999) and Elle. */
import { described } from '../linearizability/words'
import type { Operation } from '../history'
import type { Transaction } from './transaction'

export type AnomalyName =
  | 'duplicate-elements' | 'incompatible-order' | 'garbage-read' | 'internal' | 'G1a' | 'G1b' | 'lost-update'
  | CycleName | `${CycleName}-realtime`

/** By the dependencies of a cycle: ww only; ww and wr; one rw; several rw. */
export type CycleName = 'G0' | 'G1c' | 'G-single' | 'G2'

export interface Anomaly {
  readonly name: AnomalyName
  /** In words: one sentence for each step of a cycle, or one for what was seen. */
  readonly because: readonly string[]
  /** The transactions that show it. */
  readonly operations: readonly Operation[]
  /** How many of the kind were found; a group of transactions that are all in cycles with each other counts once. */
  readonly count: number
}

export const named = ({ operation }: Transaction): string => described(operation)

/** Collects anomalies: the first example of each name, and how many there were. */
export class AnomalyList {
  readonly #found = new Map<AnomalyName, Anomaly>()

  add(name: AnomalyName, because: readonly string[], transactions: readonly Transaction[], isBetter = false): void {
    const known = this.#found.get(name)
    const count = (known?.count ?? 0) + 1
    const operations = [...new Map(transactions.map(({ operation }) => [operation.index, operation])).values()].sort((a, b) => a.index - b.index)
    this.#found.set(name, known === undefined || isBetter ? { name, because, operations, count } : { ...known, count })
  }

  has(name: AnomalyName): boolean {
    return this.#found.has(name)
  }

  /** Steps of the shortest example so far. */
  stepsOf(name: AnomalyName): number {
    return this.#found.get(name)?.because.length ?? Infinity
  }

  get all(): readonly Anomaly[] {
    return [...this.#found.values()]
  }
}
