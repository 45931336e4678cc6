/**
 * States of a cluster as short tuples of numbers: for each seat the state of its node and the set of messages that may reach it, then what
 * is used up of proposals, crashes and beats. The network loses, delays, doubles and changes the order of messages: what was said may
 * arrive at any time, any number of times, or never.
 */
import { present } from '../../core/base'
import type { ProtocolMachine } from '../../core/machine'
import type { Broken } from './invariants'
import { Messages, MessageSets } from './messages'
import type { NodeInput } from './node-run'
import { NodeStates, type NodeMove, type NodeState } from './node-states'
import type { ExploreScope, Subject } from './types'

/** One step of the cluster. `state` is overwritten by the next. */
export interface Move {
  readonly seat: number
  readonly state: Int32Array
  readonly broken: Broken | null
  readonly words: () => string
}

/** What is used up stands in one number, each below this. */
const USED_MAX = 64

export class Cluster<Machine extends ProtocolMachine> {
  readonly ids: readonly string[]
  /** The member that sits there; a twin sits twice. */
  readonly seats: readonly number[]
  /** Each gives every member another one's place; the identity first. */
  readonly renamings: readonly (readonly number[])[]
  readonly messages: Messages
  readonly sets: MessageSets
  readonly nodes: NodeStates<Machine>
  readonly width: number
  readonly #scope: ExploreScope
  /** By seats: the first is heard at the second. */
  readonly #isHeard: readonly boolean[]
  readonly #next: Int32Array
  readonly #candidate: Int32Array

  constructor(subject: Subject<Machine>, scope: ExploreScope) {
    this.#scope = scope
    this.ids = Array.from({ length: scope.nodes }, (_, i) => `n${i + 1}`)
    const twins = (scope.twins ?? []).map((id) => this.ids.indexOf(id))
    this.seats = [...this.ids.keys(), ...twins]
    const identity = [...this.ids.keys()]
    this.renamings = subject.isSymmetric && twins.length === 0 ? ordersOf(identity).filter((order) => this.#keepsScope(order)) : [identity]
    this.messages = new Messages(this.renamings, subject.spent)
    this.sets = new MessageSets(this.messages, this.renamings.length)
    this.nodes = new NodeStates(subject, this.ids, this.renamings, this.messages, scope.crashesMax > 0)
    this.width = 2 * this.seats.length + 1
    this.#isHeard = this.seats.flatMap((_, from) => [...this.seats.keys()].map((to) => areLinked(scope.links, this.#idAt(from), this.#idAt(to))))
    this.#next = new Int32Array(this.width)
    this.#candidate = new Int32Array(this.width)
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

  crashesIn(state: Int32Array): number {
    return this.#usedIn(state).crashes
  }

  /** Every step that leads somewhere else. */
  eachMove(state: Int32Array, visit: (move: Move) => void): void {
    for (let seat = 0; seat < this.seats.length; seat++) {
      const node = this.nodeAt(state, seat)
      for (const message of this.sets.get(state[this.seats.length + seat] as number)) {
        this.#variants(state, seat, visit, { proposals: 0, beats: 0 }, (isLost) => this.nodes.deliver(node, message, isLost), () => this.#heard(seat, message))
      }
      this.#eachInput(state, seat, node, visit)
    }
  }

  #eachInput(state: Int32Array, seat: number, node: NodeState, visit: (move: Move) => void): void {
    const { termsMax, proposalsMax, crashesMax, beatsMax, candidates } = this.#scope
    const { proposals, crashes, beats } = this.#usedIn(state)
    const id = this.#idAt(seat)
    const input = (what: Exclude<NodeInput, { kind: 'deliver' }>, uses: { proposals: number; beats: number }, words: string): void =>
      this.#variants(state, seat, visit, uses, (isLost) => this.nodes.take(node, what, isLost), () => words)
    if (!node.isLeader && node.epoch < termsMax && (candidates?.includes(this.ids[node.member] as string) ?? true)) input({ kind: 'timeout' }, { proposals: 0, beats: 0 }, `${id} stands`)
    if (node.isLeader && proposals < proposalsMax) {
      input({ kind: 'propose', number: proposals + 1 }, { proposals: 1, beats: 0 }, `${id} is asked for c${proposals + 1}`)
    }
    if (node.isLeader && beats < beatsMax) input({ kind: 'beat' }, { proposals: 0, beats: 1 }, `${id} lets a heartbeat interval pass`)
    if (crashes < crashesMax) {
      this.#visit(state, seat, visit, USED_MAX, this.nodes.take(node, { kind: 'crash' }, false), () => `${id} crashes and starts again`)
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

  /** The step, and where it writes the same step cut short by a crash. */
  #variants(
    state: Int32Array, seat: number, visit: (move: Move) => void, uses: { proposals: number; beats: number }, take: (isLost: boolean) => NodeMove, words: () => string,
  ): void {
    const used = uses.proposals + uses.beats * USED_MAX * USED_MAX
    const move = take(false)
    this.#visit(state, seat, visit, used, move, words)
    if (!move.hasWritten || this.#usedIn(state).crashes >= this.#scope.crashesMax) return
    this.#visit(state, seat, visit, used + USED_MAX, take(true), () => `${words()}, and dies before it is durable`)
  }

  #visit(state: Int32Array, seat: number, visit: (move: Move) => void, used: number, move: NodeMove, words: () => string): void {
    const { after, sent, broken } = move
    const before = state[seat] as number
    const isOutside = after.epoch > this.#scope.termsMax || (after.number === before && sent.length === 0)
    if (isOutside && broken === null) return
    const next = this.#next
    const count = this.seats.length
    next.set(state)
    next[seat] = after.number
    next[this.width - 1] = (state[this.width - 1] as number) + used
    for (const message of sent) this.#post(next, seat, message)
    next[count + seat] = this.sets.unspent(next[count + seat] as number, after.epoch, after.isCandidate)
    if (after.number === before && broken === null && next.every((value, i) => value === state[i] || i === this.width - 1)) return
    visit({ seat, state: next, broken: this.isHonest(seat) ? broken : null, words })
  }

  #post(next: Int32Array, from: number, message: number): void {
    const { to } = this.messages.get(message)
    const count = this.seats.length
    for (let seat = 0; seat < count; seat++) {
      if (this.seats[seat] !== to || !this.#isHeard[from * count + seat]) continue
      const { epoch, isCandidate } = this.nodeAt(next, seat)
      next[count + seat] = this.sets.unspent(this.sets.with(next[count + seat] as number, message), epoch, isCandidate)
    }
  }

  /** The smallest name of the state under all renamings: states that differ in names only have the same. */
  nameInto(state: Int32Array, name: Int32Array): void {
    const isCrashLeft = this.crashesIn(state) < this.#scope.crashesMax
    for (let r = 0; r < this.renamings.length; r++) {
      const target = r === 0 ? name : this.#candidate
      this.#nameUnder(r, state, isCrashLeft, target)
      if (r > 0 && isSmaller(target, name)) name.set(target)
    }
  }

  #nameUnder(renaming: number, state: Int32Array, isCrashLeft: boolean, target: Int32Array): void {
    const order = this.renamings[renaming] as readonly number[]
    const count = this.seats.length
    for (let seat = 0; seat < count; seat++) {
      const place = order[seat] ?? seat
      const node = this.nodeAt(state, seat)
      target[place] = (isCrashLeft ? node.names : node.namesBeforeCrash)[renaming] as number
      target[count + place] = this.sets.renamed(renaming, state[count + seat] as number)
    }
    target[this.width - 1] = state[this.width - 1] as number
  }
}

const areLinked = (links: ExploreScope['links'], one: string, other: string): boolean =>
  links?.some(([a, b]) => (a === one && b === other) || (a === other && b === one)) ?? true

function isSmaller(one: Int32Array, other: Int32Array): boolean {
  for (let i = 0; i < one.length; i++) {
    const difference = (one[i] as number) - (other[i] as number)
    if (difference !== 0) return difference < 0
  }
  return false
}

/** Every order of the members; the first is the one given. */
function ordersOf(members: readonly number[]): number[][] {
  if (members.length === 0) return [[]]
  return members.flatMap((first) => ordersOf(members.filter((each) => each !== first)).map((rest) => [first, ...rest]))
}
