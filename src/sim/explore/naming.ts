/**
 * Names of states. Where members are equal but for their names, those that differ by a permutation of members have the same: the smallest
 * under all of them. What was said is no part of it: see covering.ts.
 */
import type { MessageSets } from './messages'
import type { NodeState } from './node-states'

/** Each gives every member another one's place. */
export type Renaming = readonly number[]

interface Nodes {
  get: (number: number) => NodeState
  nameOf: (name: number) => string
}

export class Naming {
  readonly renamings: readonly Renaming[]
  readonly #seats: number
  readonly #nodes: Nodes
  readonly #sets: MessageSets
  readonly #candidate: Int32Array
  /** Those that gave the last name. */
  readonly #best: number[] = []

  constructor(renamings: readonly Renaming[], seats: number, nodes: Nodes, sets: MessageSets) {
    this.renamings = renamings
    this.#seats = seats
    this.#nodes = nodes
    this.#sets = sets
    this.#candidate = new Int32Array(seats)
  }

  /** The smallest name of the nodes under all renamings. With a crash ahead they are told apart also by what it would leave. */
  nameInto(state: Int32Array, isCrashLeft: boolean, name: Int32Array): void {
    this.#best.length = 0
    for (let r = 0; r < this.renamings.length; r++) {
      this.#nameUnder(r, state, isCrashLeft, this.#candidate)
      const difference = this.#best.length === 0 ? -1 : this.#compare(name)
      if (difference < 0) {
        name.set(this.#candidate)
        this.#best.length = 0
      }
      if (difference <= 0) this.#best.push(r)
    }
  }

  /** So many renamings gave the last name. */
  get ways(): number {
    return this.#best.length
  }

  /** What may reach each seat, in the state that was named last, under one of those renamings. */
  saidInto(state: Int32Array, way: number, said: Int32Array): void {
    const renaming = this.#best[way] as number
    const order = this.renamings[renaming] as Renaming
    for (let seat = 0; seat < this.#seats; seat++) said[order[seat] ?? seat] = this.#sets.renamed(renaming, state[this.#seats + seat] as number)
  }

  /** All names of the nodes, in full: the same in every search. */
  allOf(state: Int32Array): string[] {
    const name = new Int32Array(this.#seats)
    return [...this.renamings.keys()].map((r) => {
      this.#nameUnder(r, state, false, name)
      return Array.from(name, (each) => this.#nodes.nameOf(each)).join(' ')
    })
  }

  #nameUnder(renaming: number, state: Int32Array, isCrashLeft: boolean, name: Int32Array): void {
    const order = this.renamings[renaming] as Renaming
    for (let seat = 0; seat < this.#seats; seat++) {
      const node = this.#nodes.get(state[seat] as number)
      name[order[seat] ?? seat] = (isCrashLeft ? node.names : node.namesBeforeCrash)[renaming] as number
    }
  }

  #compare(name: Int32Array): number {
    for (let seat = 0; seat < this.#seats; seat++) {
      const difference = (this.#candidate[seat] as number) - (name[seat] as number)
      if (difference !== 0) return difference
    }
    return 0
  }
}

/** The identity first, and where it is sound all others that `keepsScope` lets pass. */
export function renamingsOf(ids: readonly string[], isSymmetric: boolean, keepsScope: (order: Renaming) => boolean): Renaming[] {
  const identity = [...ids.keys()]
  return isSymmetric ? ordersOf(identity).filter(keepsScope) : [identity]
}

/** Every order of the members; the first is the one given. */
function ordersOf(members: readonly number[]): number[][] {
  if (members.length === 0) return [[]]
  return members.flatMap((first) => ordersOf(members.filter((each) => each !== first)).map((rest) => [first, ...rest]))
}
