/** The search: breadth first, so that the first violation found has the shortest way there. */
import { assert, present } from '../../core/base'
import type { ProtocolMachine } from '../../core/machine'
import { Cluster, type Move } from './cluster'
import { brokenBetween, type Broken } from './invariants'
import type { NodeState } from './node-states'
import { grown, PairMemo, Tuples } from './tuples'
import type { Explored, ExploredViolation, ExploreOptions } from './types'

/** States between two looks at `onProgress`. */
const PROGRESS_STATES = 4096
const FIRST_CAPACITY = 1 << 10

interface Met {
  elected: number
  committed: number
  crashed: number
  secondTerm: number
}

export function explore<Machine extends ProtocolMachine>(options: ExploreOptions<Machine>): Explored {
  return new Search(options).run()
}

class Search<Machine extends ProtocolMachine> {
  readonly #options: ExploreOptions<Machine>
  readonly #cluster: Cluster<Machine>
  /** What states of the cluster are told apart by. The number of a state is the same in `#names` and `#states`. */
  readonly #names: Tuples
  #states: Int32Array
  #parents = new Int32Array(FIRST_CAPACITY)
  readonly #sound = new PairMemo()
  readonly #met: Met = { elected: 0, committed: 0, crashed: 0, secondTerm: 0 }
  readonly #name: Int32Array
  #transitions = 0
  #violation: { readonly broken: Broken; readonly from: number; readonly move: Move } | null = null

  constructor(options: ExploreOptions<Machine>) {
    this.#options = options
    this.#cluster = new Cluster(options.subject, options.scope)
    const { width } = this.#cluster
    this.#names = new Tuples(width)
    this.#states = new Int32Array(FIRST_CAPACITY * width)
    this.#name = new Int32Array(width)
  }

  run(): Explored {
    const { scope, subject, onProgress } = this.#options
    const cluster = this.#cluster
    this.#reach(cluster.start(), -1)
    let depth = 0
    let at = 0
    let isStopped = false
    for (let levelEnd = 1; at < levelEnd && !isStopped && !this.#violation; levelEnd = this.#names.count) {
      for (; at < levelEnd && !this.#violation; at++) {
        if (this.#names.count >= scope.statesMax || (at % PROGRESS_STATES === 0 && onProgress?.(this.#names.count, depth) === true)) {
          isStopped = true
          break
        }
        this.#expand(at)
      }
      if (at === levelEnd && !this.#violation && this.#names.count > levelEnd) depth++
    }
    const violation = this.#violation && this.#told(this.#violation)
    return {
      states: this.#names.count, transitions: this.#transitions, nodeStates: cluster.nodes.all.length, nodeSteps: cluster.nodes.steps,
      messages: cluster.messages.all.length, depth, isComplete: !isStopped && !violation, renamings: subject.isSymmetric ? cluster.renamings.length : 1,
      met: this.#met, violation, audit: this.#options.isAudited === true ? cluster.nodes.audit() : null,
    }
  }

  #stateAt(number: number): Int32Array {
    const { width } = this.#cluster
    return this.#states.slice(number * width, (number + 1) * width)
  }

  #expand(number: number): void {
    const state = this.#stateAt(number)
    this.#cluster.eachMove(state, (move) => {
      if (this.#violation) return
      this.#transitions++
      const before = this.#names.count
      this.#reach(move.state, number)
      const isNew = this.#names.count > before
      const broken = move.broken ?? (isNew ? this.#brokenIn(move.state, move.seat) : null)
      if (broken) this.#violation = { broken, from: number, move: { ...move, state: move.state.slice() } }
    })
  }

  /** Notes the state where it is new. */
  #reach(state: Int32Array, parent: number): void {
    const before = this.#names.count
    this.#cluster.nameInto(state, this.#name)
    this.#names.add(this.#name)
    if (this.#names.count === before) return
    const { width } = this.#cluster
    if ((before + 1) * width > this.#states.length) this.#states = grown(this.#states)
    if (before + 1 > this.#parents.length) this.#parents = grown(this.#parents)
    this.#states.set(state, before * width)
    this.#parents[before] = parent
    this.#count(state)
  }

  #brokenIn(state: Int32Array, seat: number): Broken | null {
    const cluster = this.#cluster
    if (!cluster.isHonest(seat)) return null
    const changed = cluster.nodeAt(state, seat)
    for (let other = 0; other < cluster.seats.length; other++) {
      if (other === seat || !cluster.isHonest(other)) continue
      const node = cluster.nodeAt(state, other)
      const [one, two] = changed.number < node.number ? [changed, node] : [node, changed]
      const isSound = this.#sound.get(one.number, two.number, () => (this.#between(one, two) ? 0 : 1))
      if (isSound === 0) return this.#between(one, two)
    }
    return null
  }

  #between(one: NodeState, two: NodeState): Broken | null {
    return brokenBetween(one, two, this.#cluster.ids, this.#options.subject)
  }

  #count(state: Int32Array): void {
    const { seats } = this.#cluster
    let isElected = false
    let isCommitted = false
    let latest = 0
    let earliest = Infinity
    for (let seat = 0; seat < seats.length; seat++) {
      const { led, committed } = this.#cluster.nodeAt(state, seat)
      if (committed.length > 0) isCommitted = true
      for (const term of led) {
        isElected = true
        if (term > latest) latest = term
        if (term < earliest) earliest = term
      }
    }
    if (isElected) this.#met.elected++
    if (isCommitted) this.#met.committed++
    if (this.#cluster.crashesIn(state) > 0) this.#met.crashed++
    if (latest > earliest) this.#met.secondTerm++
  }

  /** The actions on the way there, found again from state to state. */
  #told({ broken, from, move }: { readonly broken: Broken; readonly from: number; readonly move: Move }): ExploredViolation {
    const path = [move.words()]
    for (let at = from; (this.#parents[at] as number) >= 0; at = this.#parents[at] as number) {
      const wanted = this.#stateAt(at)
      let words: string | null = null
      this.#cluster.eachMove(this.#stateAt(this.#parents[at] as number), (each) => {
        if (words === null && each.state.every((value, i) => value === wanted[i])) words = each.words()
      })
      assert(words !== null, 'a state was reached from the one before it')
      path.push(present<string>(words, 'a step has words'))
    }
    return { ...broken, path: path.reverse() }
  }
}
