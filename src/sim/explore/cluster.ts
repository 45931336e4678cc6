/**
 * States of a cluster as short tuples of numbers: for each seat the state of its node and the set of messages that may reach it, then what
 * is used up of proposals, crashes and beats. The network loses, delays, doubles and changes the order of messages: what was said may
 * arrive at any time, any number of times, or never. So that what costs nothing is said at once: see `#close`.
 */
import { assert, present } from '../../core/base'
import type { ProtocolMachine } from '../../core/machine'
import type { Broken } from './invariants'
import { Messages, MessageSets } from './messages'
import { Naming, renamingsOf } from './naming'
import { PLACES_MAX, type NodeInput } from './node-run'
import { NodeStates, type NodeMove, type NodeState } from './node-states'
import { PairMemo } from './pair-memo'
import type { ExploreScope, Reduction, Subject } from './types'

/** What a member hears and says in one step. */
export interface Words {
  readonly seat: number
  /** The message that it heard, if it was one. */
  readonly heard: number | null
  readonly said: readonly number[]
  readonly words: string
}

/** One step of the cluster. `state` is overwritten by the next. */
export interface Move {
  readonly seat: number
  readonly state: Int32Array
  readonly broken: Broken | null
  /** The step, and then what members that stay as they are answered to it. */
  readonly words: () => readonly Words[]
}

/** What a node may hear of a set of messages: answers that leave it as it is, and steps that lead elsewhere. */
interface Hearing {
  readonly answers: readonly { readonly message: number; readonly said: readonly number[] }[]
  readonly steps: readonly { readonly message: number; readonly isLost: boolean; readonly move: NodeMove }[]
}

interface Step {
  readonly seat: number
  readonly heard: number | null
  /** What it uses up. */
  readonly used: number
  readonly move: NodeMove
  readonly words: () => string
}

/** What is used up stands in one number, each below this. */
const USED_MAX = 64
/** More than the heights of all nodes come to, as a rule. */
const USED_PROGRESS = 400
const LOST_WORDS = ', and dies before it is durable'

export class Cluster<Machine extends ProtocolMachine> {
  readonly ids: readonly string[]
  /** The member that sits there; a twin sits twice. */
  readonly seats: readonly number[]
  readonly naming: Naming
  readonly messages: Messages
  readonly sets: MessageSets
  readonly nodes: NodeStates<Machine>
  readonly width: number
  readonly #scope: ExploreScope
  /** By seats: the first is heard at the second. */
  readonly #isHeard: readonly boolean[]
  readonly #isReduced: boolean
  readonly #next: Int32Array
  readonly #usedUp = new Map<number, readonly number[]>()
  readonly #hearingOf = new PairMemo()
  readonly #hearings: Hearing[] = []

  constructor(subject: Subject<Machine>, scope: ExploreScope, without: readonly Reduction[]) {
    assert(scope.proposalsMax + scope.termsMax <= PLACES_MAX, 'limits of machines are far')
    this.#scope = scope
    this.#isReduced = !without.includes('covering')
    this.ids = Array.from({ length: scope.nodes }, (_, i) => `n${i + 1}`)
    const twins = (scope.twins ?? []).map((id) => this.ids.indexOf(id))
    this.seats = [...this.ids.keys(), ...twins]
    const isSymmetric = subject.isSymmetric && twins.length === 0 && !without.includes('symmetry')
    const renamings = renamingsOf(this.ids, isSymmetric, (order) => this.#keepsScope(order))
    this.messages = new Messages(renamings, without.includes('spent') ? () => null : subject.spent)
    this.sets = new MessageSets(this.messages, renamings.length)
    this.nodes = new NodeStates(subject, this.ids, renamings, this.messages, scope)
    this.naming = new Naming(renamings, this.seats.length, this.nodes, this.sets)
    this.width = 2 * this.seats.length + 1
    this.#isHeard = this.seats.flatMap((_, from) => [...this.seats.keys()].map((to) => areLinked(scope.links, this.#idAt(from), this.#idAt(to))))
    this.#next = new Int32Array(this.width)
  }

  /** Renaming members must not change who may stand and who hears whom. */
  #keepsScope(order: readonly number[]): boolean {
    const of = (id: string): string => this.ids[order[this.ids.indexOf(id)] as number] ?? ''
    const { candidates, links } = this.#scope
    return (candidates?.every((id) => candidates.includes(of(id))) ?? true) &&
      (links?.every(([one, other]) => areLinked(links, of(one), of(other))) ?? true)
  }

  start(): Int32Array {
    const state = new Int32Array(this.width)
    for (const [seat, member] of this.seats.entries()) state[seat] = this.nodes.first(member).number
    this.#close(state)
    return state
  }

  nodeAt(state: Int32Array, seat: number): NodeState {
    return this.nodes.get(state[seat] as number)
  }

  isHonest(seat: number): boolean {
    return seat < this.ids.length && !(this.#scope.twins?.includes(this.ids[seat] as string) ?? false)
  }

  #usedIn(state: Int32Array): { proposals: number; crashes: number; beats: number } {
    const used = state[this.width - 1] as number
    return { proposals: used % USED_MAX, crashes: Math.floor(used / USED_MAX) % USED_MAX, beats: Math.floor(used / USED_MAX / USED_MAX) }
  }

  /** What is used up in `state`, and all that more could be in the scope, as it stands in a state; the first is its own. */
  usedUpFrom(state: Int32Array): readonly number[] {
    const used = state[this.width - 1] as number
    const known = this.#usedUp.get(used)
    if (known) return known
    const { proposals, crashes, beats } = this.#usedIn(state)
    const more: number[] = []
    for (let b = beats; b <= this.#scope.beatsMax; b++) for (let c = crashes; c <= this.#scope.crashesMax; c++) more.push(proposals + (c + b * USED_MAX) * USED_MAX)
    this.#usedUp.set(used, more)
    return more
  }

  /** How far it has come: what is used up first, then the heights of its nodes. */
  progressOf(state: Int32Array): number {
    const { crashes, beats } = this.#usedIn(state)
    let progress = (crashes + beats) * USED_PROGRESS
    for (let seat = 0; seat < this.seats.length; seat++) progress += this.nodes.heightOf(state[seat] as number)
    return progress
  }

  isCrashLeft(used: number): boolean {
    return Math.floor(used / USED_MAX) % USED_MAX < this.#scope.crashesMax
  }

  /** Somebody crashed. */
  hasCrashed(state: Int32Array): boolean {
    return this.#usedIn(state).crashes > 0
  }

  /**
   * Says all that members answer without changing. It uses nothing up and takes no way from anyone, so that it may as well be said at once. Then
   * what means nothing any more to those who have answered it, and who are in the last term, is dropped. `told` hears of each answer.
   */
  #close(state: Int32Array, told?: (answer: Words) => void): void {
    const count = this.seats.length
    if (!this.#isReduced) return
    for (let seat = 0, quiet = 0; quiet < count; seat = (seat + 1) % count) {
      quiet++
      const { answers } = this.#hearingAt(state[seat] as number, state[count + seat] as number)
      for (const { message, said } of answers) {
        let isNews = false
        for (const each of said) if (this.#post(state, seat, each)) isNews = true
        if (!isNews) continue
        quiet = 0
        told?.({ seat, heard: message, said, words: this.#heard(seat, message) })
      }
    }
    for (let seat = 0; seat < count; seat++) {
      const { epoch } = this.nodeAt(state, seat)
      if (epoch === this.#scope.termsMax) state[count + seat] = this.sets.unanswered(state[count + seat] as number, epoch)
    }
  }

  /** Looked for once. */
  #hearingAt(number: number, set: number): Hearing {
    const index = this.#hearingOf.get(number, set, () => this.#hearings.push(this.#hearing(this.nodes.get(number), set)) - 1)
    return this.#hearings[index] as Hearing
  }

  #hearing(node: NodeState, set: number): Hearing {
    const { crashesMax, termsMax } = this.#scope
    const answers: { message: number; said: readonly number[] }[] = []
    const steps: { message: number; isLost: boolean; move: NodeMove }[] = []
    for (const message of this.sets.get(set)) {
      const move = this.nodes.deliver(node, message, false)
      const isAnswer = move.after === node && move.broken === null
      if (!isAnswer || (!this.#isReduced && move.sent.length > 0)) steps.push({ message, isLost: false, move })
      else if (move.sent.length > 0) answers.push({ message, said: move.sent })
      if (move.hasWritten && crashesMax > 0) steps.push({ message, isLost: true, move: this.nodes.deliver(node, message, true) })
    }
    return { answers, steps: steps.filter(({ move }) => move.broken !== null || move.after.epoch <= termsMax) }
  }

  /** Every step that leads somewhere else, and what is answered then. */
  eachMove(state: Int32Array, visit: (move: Move) => void): void {
    const count = this.seats.length
    const isCrashLeft = this.isCrashLeft(state[this.width - 1] as number)
    for (let seat = 0; seat < count; seat++) {
      const node = this.nodeAt(state, seat)
      for (const { message, isLost, move } of this.#hearingAt(node.number, state[count + seat] as number).steps) {
        if (isLost && !isCrashLeft) continue
        const words = (): string => `${this.#heard(seat, message)}${isLost ? LOST_WORDS : ''}`
        this.#visit(state, { seat, heard: message, used: isLost ? USED_MAX : 0, move, words }, visit)
      }
      this.#eachInput(state, seat, node, visit)
    }
  }

  #eachInput(state: Int32Array, seat: number, node: NodeState, visit: (move: Move) => void): void {
    const { termsMax, proposalsMax, crashesMax, beatsMax, candidates } = this.#scope
    const { proposals, crashes, beats } = this.#usedIn(state)
    const id = this.#idAt(seat)
    const input = (what: Exclude<NodeInput, { kind: 'deliver' }>, used: number, words: string): void => {
      const move = this.nodes.take(node, what, false)
      this.#visit(state, { seat, heard: null, used, move, words: () => words }, visit)
      if (!move.hasWritten || crashes >= crashesMax) return
      const lost = this.nodes.take(node, what, true)
      this.#visit(state, { seat, heard: null, used: used + USED_MAX, move: lost, words: () => `${words}${LOST_WORDS}` }, visit)
    }
    if (!node.isLeader && node.epoch < termsMax && (candidates?.includes(this.ids[node.member] as string) ?? true)) input({ kind: 'timeout' }, 0, `${id} stands`)
    if (node.isLeader && proposals < proposalsMax) input({ kind: 'propose', number: proposals + 1 }, 1, `${id} is asked for c${proposals + 1}`)
    if (node.isLeader && beats < beatsMax) input({ kind: 'beat' }, USED_MAX * USED_MAX, `${id} lets a heartbeat interval pass`)
    if (crashes < crashesMax) {
      const move = this.nodes.take(node, { kind: 'crash' }, false)
      this.#visit(state, { seat, heard: null, used: USED_MAX, move, words: () => `${id} crashes and starts again` }, visit)
    }
  }

  #heard(seat: number, message: number): string {
    const { from, kind } = this.messages.get(message)
    return `${this.#idAt(seat)} hears ${kind} of ${this.ids[from] ?? ''}`
  }

  /** The second half of a twin bears a mark. */
  #idAt(seat: number): string {
    const id = present(this.ids[this.seats[seat] as number], 'a seat is of a member')
    return seat < this.ids.length ? id : `${id}'`
  }

  #visit(state: Int32Array, step: Step, visit: (move: Move) => void): void {
    const { seat, move: { after, sent, broken } } = step
    const before = state[seat] as number
    const isOutside = after.epoch > this.#scope.termsMax || (after.number === before && sent.length === 0)
    if (isOutside && broken === null) return
    const next = this.#next
    this.#take(state, step, next)
    if (after.number === before && broken === null && next.every((value, i) => value === state[i] || i === this.width - 1)) return
    this.#close(next)
    visit({ seat, state: next, broken: this.isHonest(seat) ? broken : null, words: () => this.#wordsOf(state, step) })
  }

  #take(state: Int32Array, { seat, used, move: { after, sent } }: Step, next: Int32Array): void {
    const count = this.seats.length
    next.set(state)
    next[seat] = after.number
    next[this.width - 1] = (state[this.width - 1] as number) + used
    for (const message of sent) this.#post(next, seat, message)
    next[count + seat] = this.sets.unspent(next[count + seat] as number, after.epoch, after.isCandidate)
  }

  #wordsOf(state: Int32Array, step: Step): Words[] {
    const { seat, heard, move: { sent } } = step
    const told: Words[] = [{ seat, heard, said: sent, words: step.words() }]
    const after = state.slice()
    this.#take(state, step, after)
    this.#close(after, (answer) => told.push(answer))
    return told
  }

  /** True when that was not said before. */
  #post(next: Int32Array, from: number, message: number): boolean {
    const count = this.seats.length
    let isNew = false
    for (let seat = 0; seat < count; seat++) {
      if (!this.mayHear(seat, from, message)) continue
      const { epoch, isCandidate } = this.nodeAt(next, seat)
      const before = next[count + seat] as number
      const after = this.sets.unspent(this.sets.with(before, message), epoch, isCandidate)
      next[count + seat] = after
      if (after !== before) isNew = true
    }
    return isNew
  }

  /** What is said at the seat `from` may reach `seat`. */
  mayHear(seat: number, from: number, message: number): boolean {
    return this.seats[seat] === this.messages.get(message).to && this.#isHeard[from * this.seats.length + seat] === true
  }

  /** The smallest name of the nodes, and of `used`: see naming.ts. */
  nameInto(state: Int32Array, used: number, key: Int32Array): void {
    this.naming.nameInto(state, this.isCrashLeft(used), key)
    key[this.seats.length] = used
  }
}

const areLinked = (links: ExploreScope['links'], one: string, other: string): boolean =>
  links?.some(([a, b]) => (a === one && b === other) || (a === other && b === one)) ?? true
