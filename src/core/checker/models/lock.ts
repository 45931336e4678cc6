/**
 * A lock that one process holds at a time: acquire, release. It is not re-entrant, and only its holder releases it. Where acquire is
 * answered with a number that was not asked for, that number is a fencing token and grows from holder to holder.
 */
import type { Operation, ProcessId } from '../history'
import { classify, ILLEGAL, type Closure, type Machine, type Model } from './model'

const FREE = -1
/** Tokens of one history fit below this number, as do processes. */
const RANKS_MAX = 2 ** 24

interface LockAccess {
  readonly acquires: boolean
  readonly process: ProcessId
  readonly token: number | bigint | null
}

const accessOf = ({ f, process, input, output }: Operation): LockAccess => ({
  acquires: f === 'acquire', process,
  token: f === 'acquire' && input === null && (typeof output === 'number' || typeof output === 'bigint') ? output : null,
})

class LockMachine implements Machine {
  readonly initial = 0
  readonly bytes = 0
  readonly foresees = true
  readonly pure: Uint8Array
  readonly useless: Uint8Array
  readonly classes: Int32Array
  readonly #accesses: readonly LockAccess[]
  readonly #processes = new Map<ProcessId, number>()
  readonly #owners: Int32Array
  /** Tokens by their order, from 1; 0 for an acquisition without one. */
  readonly #ranks: Int32Array
  readonly #tokens: readonly (number | bigint)[]
  readonly #holders: number[] = [FREE]
  readonly #lastRanks: number[] = [0]
  readonly #states = new Map<number, number>([[0, 0]])

  constructor(operations: readonly Operation[]) {
    this.#accesses = operations.map(accessOf)
    for (const { process } of this.#accesses) if (!this.#processes.has(process)) this.#processes.set(process, this.#processes.size)
    this.#owners = Int32Array.from(this.#accesses, ({ process }) => this.#processes.get(process) ?? FREE)
    const tokens = this.#accesses.flatMap(({ token }) => (token === null ? [] : [token]))
    this.#tokens = [...new Set(tokens)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    const rankOf = new Map(this.#tokens.map((token, i) => [token, i + 1]))
    this.#ranks = Int32Array.from(this.#accesses, ({ token }) => (token === null ? 0 : rankOf.get(token) ?? 0))
    this.pure = new Uint8Array(operations.length)
    this.classes = classify(this.#accesses.map(({ acquires }, i) => `${String(acquires)} ${String(this.#owners[i])} ${String(this.#ranks[i])}`))
    this.useless = this.#uselessOnes(operations)
  }

  /** A lock that was perhaps taken and surely never given back is not in the way of a linearization that leaves the taking out. */
  #uselessOnes(operations: readonly Operation[]): Uint8Array {
    const lastRelease = new Map<ProcessId, number>()
    for (const { f, process, invoked } of operations) if (f === 'release') lastRelease.set(process, invoked)
    return Uint8Array.from(operations, ({ f, process, outcome, invoked }) =>
      Number(outcome === 'unknown' && f === 'acquire' && (lastRelease.get(process) ?? -1) < invoked))
  }

  step(state: number, operation: number): number {
    const holder = this.#holders[state] as number
    const lastRank = this.#lastRanks[state] as number
    const owner = this.#owners[operation] as number
    if ((this.#accesses[operation] as LockAccess).acquires) {
      const rank = this.#ranks[operation] as number
      if (holder !== FREE || (rank !== 0 && rank <= lastRank)) return ILLEGAL
      return this.#stateOf(owner, Math.max(rank, lastRank))
    }
    return holder === owner ? this.#stateOf(FREE, lastRank) : ILLEGAL
  }

  #stateOf(holder: number, lastRank: number): number {
    const pair = (holder + 1) * RANKS_MAX + lastRank
    const known = this.#states.get(pair)
    if (known !== undefined) return known
    this.#states.set(pair, this.#holders.length)
    this.#lastRanks.push(lastRank)
    return this.#holders.push(holder) - 1
  }

  possible(state: number, operation: number): string {
    const holder = this.#holders[state] as number
    const name = [...this.#processes.keys()][holder]
    const last = this.#tokens[(this.#lastRanks[state] as number) - 1]
    if (holder !== FREE) return `process ${String(name)} holds the lock`
    if (this.#accesses[operation]?.acquires !== true) return 'nobody holds the lock'
    return last === undefined ? 'the lock is free' : `the lock is free, and its last token was ${String(last)}`
  }
}

/** What may be left out: an acquisition together with its release; of a process whose outcomes are not all known, everything or nothing. */
class LockClosure implements Closure {
  readonly #groups: number[][] = []

  constructor(operations: readonly Operation[]) {
    const hazy = new Set(operations.filter(({ outcome }) => outcome === 'unknown').map(({ process }) => process))
    const current = new Map<ProcessId, number[]>()
    operations.forEach(({ f, process }, i) => {
      const group = current.get(process)
      if (group !== undefined && (hazy.has(process) || f === 'release')) group.push(i)
      else {
        const fresh = [i]
        current.set(process, fresh)
        this.#groups.push(fresh)
      }
    })
  }

  close(kept: Uint8Array): void {
    for (const group of this.#groups) {
      if (!group.every((i) => kept[i] === 1)) for (const i of group) kept[i] = 0
    }
  }
}

export const lock: Model = {
  name: 'lock', functions: ['acquire', 'release'],
  expects: ({ f }) => (f === 'acquire' || f === 'release' ? null : 'one of acquire, release'),
  compile: (operations) => new LockMachine(operations),
  closure: (operations) => new LockClosure(operations),
  shape: () => null,
}
