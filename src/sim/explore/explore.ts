/** The search: breadth first, so that the first violation found has the shortest way there. */
import { assert, grown, present } from '../../core/base'
import type { ProtocolMachine } from '../../core/machine'
import { Agenda } from './agenda'
import { Cluster, type Move, type Words } from './cluster'
import { Covering, NO_STATE } from './covering'
import { brokenBetween, type Broken } from './invariants'
import type { NodeState } from './node-states'
import { toldIn } from './telling'
import { PairMemo } from './pair-memo'
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
  readonly #covering: Covering
  readonly #isCoveringAll: boolean
  readonly #isByProgress: boolean
  /** By number: each state, the one from which it was reached, and whether another one of its level or of one before makes it needless. */
  #states: Int32Array
  #parents = new Int32Array(FIRST_CAPACITY)
  #steps = new Int32Array(FIRST_CAPACITY)
  #isCovered = new Int32Array(FIRST_CAPACITY)
  #count = 0
  #longest = 0
  readonly #agenda = new Agenda()
  readonly #sound = new PairMemo()
  readonly #met: Met = { elected: 0, committed: 0, crashed: 0, secondTerm: 0 }
  readonly #key: Int32Array
  readonly #said: Int32Array
  #transitions = 0
  #violation: { readonly broken: Broken; readonly from: number; readonly words: readonly Words[] } | null = null

  constructor(options: ExploreOptions<Machine>) {
    this.#options = options
    const without = options.without ?? []
    this.#isByProgress = options.order === 'progress'
    this.#isCoveringAll = !without.includes('covering')
    this.#cluster = new Cluster(options.subject, options.scope, without)
    const { width, seats, sets } = this.#cluster
    // Without covering all that was said is part of the key.
    this.#covering = this.#isCoveringAll ? new Covering(seats.length + 1, seats.length, sets) : new Covering(width, 0, sets)
    this.#states = new Int32Array(FIRST_CAPACITY * width)
    this.#key = new Int32Array(width)
    this.#said = new Int32Array(seats.length)
  }

  run(): Explored {
    const { scope, onProgress, isAudited } = this.#options
    const cluster = this.#cluster
    this.#reach(cluster.start(), -1)
    let isStopped = false
    let taken = 0
    for (let at = this.#agenda.take(); at !== null; at = this.#violation ? null : this.#agenda.take()) {
      if (this.#count >= scope.statesMax || (taken++ % PROGRESS_STATES === 0 && onProgress?.(this.#count, this.#agenda.level) === true)) {
        isStopped = true
        break
      }
      if (this.#isCovered[at] === 0) this.#expand(at)
    }
    const violation = this.#violation && this.#told(this.#violation)
    return {
      states: this.#count, transitions: this.#transitions, nodeStates: cluster.nodes.all.length, nodeSteps: cluster.nodes.steps,
      messages: cluster.messages.all.length, depth: isStopped ? (this.#isByProgress ? 0 : this.#agenda.level) : this.#longest, isComplete: !isStopped && !violation, renamings: cluster.naming.renamings.length,
      met: this.#met, violation, audit: isAudited === true ? cluster.nodes.audit() : null,
    }
  }

  #stateAt(number: number): Int32Array {
    const { width } = this.#cluster
    return this.#states.slice(number * width, (number + 1) * width)
  }

  #expand(number: number): void {
    this.#cluster.eachMove(this.#stateAt(number), (move) => {
      if (this.#violation) return
      this.#transitions++
      const isNew = this.#reach(move.state, number)
      const broken = move.broken ?? (isNew ? this.#brokenIn(move.state, move.seat) : null)
      if (broken) this.#violation = { broken, from: number, words: move.words() }
    })
  }

  /** Notes the state unless another one covers it. */
  #reach(state: Int32Array, parent: number): boolean {
    const cluster = this.#cluster
    const { width, naming } = cluster
    const used = cluster.usedUpFrom(state)
    const key = this.#keyOf(state, used[0] as number)
    if (this.#isHeld(state, key)) return false
    const number = this.#count++
    if (this.#count * width > this.#states.length) this.#states = grown(this.#states)
    if (this.#count > this.#parents.length) {
      this.#parents = grown(this.#parents)
      this.#steps = grown(this.#steps)
      this.#isCovered = grown(this.#isCovered)
    }
    this.#states.set(state, number * width)
    this.#parents[number] = parent
    const steps = parent < 0 ? 0 : (this.#steps[parent] as number) + 1
    this.#steps[number] = steps
    if (steps > this.#longest) this.#longest = steps
    this.#agenda.put(number, this.#isByProgress ? cluster.progressOf(state) : steps)
    this.#note(state, key, number, steps)
    // Who may still do more covers who may not.
    for (let i = 1; i < used.length && this.#isCoveringAll; i++) {
      const more = this.#keyOf(state, used[i] as number)
      if (!this.#isHeld(state, more)) this.#note(state, more, NO_STATE, steps)
    }
    this.#tally(state)
    this.#options.onNodes?.(naming.allOf(state))
    return true
  }

  #keyOf(state: Int32Array, used: number): number {
    const { seats, naming } = this.#cluster
    this.#cluster.nameInto(state, used, this.#key)
    if (!this.#isCoveringAll) {
      naming.saidInto(state, 0, this.#said)
      this.#key.set(this.#said, seats.length + 1)
    }
    return this.#covering.keyOf(this.#key)
  }

  #isHeld(state: Int32Array, key: number): boolean {
    const { naming } = this.#cluster
    for (let way = 0; way < naming.ways; way++) {
      naming.saidInto(state, way, this.#said)
      if (this.#covering.isCovered(key, this.#said)) return true
    }
    return false
  }

  /** Breadth first, one of a level before goes on: else the way through what covers it might be longer. */
  #note(state: Int32Array, key: number, number: number, steps: number): void {
    this.#cluster.naming.saidInto(state, 0, this.#said)
    this.#covering.add(key, this.#said, number, (covered) => {
      if (this.#isByProgress || (this.#steps[covered] as number) >= steps) this.#isCovered[covered] = 1
    })
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

  #tally(state: Int32Array): void {
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
    if (this.#cluster.hasCrashed(state)) this.#met.crashed++
    if (latest > earliest) this.#met.secondTerm++
  }

  /** The actions on the way there, found again from state to state. */
  #told({ broken, from, words }: { readonly broken: Broken; readonly from: number; readonly words: readonly Words[] }): ExploredViolation {
    const steps = [words]
    for (let at = from; (this.#parents[at] as number) >= 0; at = this.#parents[at] as number) steps.push(this.#wordsOf(at))
    return { ...broken, path: toldIn(steps.reverse(), this.#cluster) }
  }

  #wordsOf(number: number): readonly Words[] {
    const wanted = this.#stateAt(number)
    let found: readonly Words[] | null = null
    this.#cluster.eachMove(this.#stateAt(this.#parents[number] as number), (move: Move) => {
      if (found === null && move.state.every((value, i) => value === wanted[i])) found = move.words()
    })
    assert(found !== null, 'a state was reached from the one before it')
    return present<readonly Words[]>(found, 'a step has words')
  }
}
