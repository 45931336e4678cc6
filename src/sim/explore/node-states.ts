/** States of single nodes and the steps between them: each step is run once, however many states of the cluster it is part of. */
import { AssertionError, present, toHex } from '../../core/base'
import type { ProtocolMachine } from '../../core/machine'
import { contradiction, lostEntry, lostEpoch, type Broken } from './invariants'
import type { Messages } from './messages'
import { NodeRun, type NodeInput, type NodeStep } from './node-run'
import { PairMemo } from './pair-memo'
import type { Claim, ExploreScope, Subject } from './types'

export interface NodeState {
  readonly number: number
  /** Position in the order of members. */
  readonly member: number
  /** The first way found here. */
  readonly before: NodeState | null
  readonly step: NodeStep | null
  readonly isLeader: boolean
  readonly isCandidate: boolean
  readonly term: number
  /** The term, ballot round or view, from 1 on. */
  readonly epoch: number
  /** Terms in which this node was ever seen to lead. */
  readonly led: readonly number[]
  /** `term:command` of the places 1, 2, ... as far as this node was ever seen to know them as committed. */
  readonly committed: readonly string[]
  /** The same of all places that it holds now. */
  readonly log: readonly string[]
  /** What it said of the term that it is in, and of later ones. */
  readonly claims: readonly Claim[]
  /** By renaming, the identity first: the number of the state's name with what is on disk, and without. */
  readonly names: Int32Array
  readonly namesBeforeCrash: Int32Array
}

/** Where a step of one node leads. */
export interface NodeMove {
  readonly after: NodeState
  /** Numbers of messages, each once. */
  readonly sent: readonly number[]
  readonly hasWritten: boolean
  readonly broken: Broken | null
}

/** Inputs that are no messages, as numbers below all messages. */
const INPUTS = { timeout: -1, beat: -2, crash: -3, propose: -4 } as const

/** Other ways into one state that an audit looks at. */
const OTHER_WAYS_MAX = 3

/** Higher than any node comes but by going in circles. */
const HEIGHT_MAX = 400

interface Way {
  readonly before: NodeState
  readonly step: NodeStep
}

export interface Audit {
  /** Steps that were taken once more, from another history with the same fingerprint. */
  readonly compared: number
  /** What was different, in words; null: nothing ever. */
  readonly difference: string | null
}

export class NodeStates<Machine extends ProtocolMachine> {
  readonly all: NodeState[] = []
  readonly #subject: Subject<Machine>
  readonly #ids: readonly string[]
  readonly #messages: Messages
  readonly #rename: readonly ((id: string) => string)[]
  readonly #crashesMax: number
  readonly #beats: boolean
  readonly #byName = new Map<string, NodeState>()
  readonly #names = new Map<string, number>()
  readonly #texts: string[] = []
  readonly #moves: NodeMove[] = []
  /** Of each move, where it began. */
  readonly #ways: Way[] = []
  /** By the state's number: ways into it beside the first. */
  readonly #otherWays: Way[][] = []
  readonly #moveOf = new PairMemo()
  /** By the state's number: see `heightOf`, and the states that a step leads to. */
  readonly #heights: number[] = []
  readonly #nexts: number[][] = []

  constructor(subject: Subject<Machine>, ids: readonly string[], renamings: readonly (readonly number[])[], messages: Messages, scope: ExploreScope) {
    this.#subject = subject
    this.#ids = ids
    this.#messages = messages
    this.#crashesMax = scope.crashesMax
    this.#beats = scope.beatsMax > 0
    this.#rename = renamings.map((order) => (id) => ids[order[ids.indexOf(id)] as number] ?? id)
  }

  /** The most steps known to lead here from the start, but for crashes: a node that has come further is higher. */
  heightOf(number: number): number {
    return this.#heights[number] as number
  }

  /** A way from one to the other was found. */
  #raise(from: number, to: number): void {
    (this.#nexts[from] ??= []).push(to)
    const raised = [from]
    for (let at = raised.pop(); at !== undefined; at = raised.pop()) {
      const height = (this.#heights[at] as number) + 1
      if (height > HEIGHT_MAX) continue
      for (const next of this.#nexts[at] ?? []) {
        if ((this.#heights[next] as number) >= height) continue
        this.#heights[next] = height
        raised.push(next)
      }
    }
  }

  get steps(): number {
    return this.#moves.length
  }

  get(number: number): NodeState {
    return present(this.all[number], 'a state is known by its number')
  }

  /** In full, by its number. */
  nameOf(name: number): string {
    return present(this.#texts[name], 'a name is known by its number')
  }

  first(member: number): NodeState {
    return this.#intern(new NodeRun(this.#subject, this.#ids, this.#ids[member] as string), member, null, null).after
  }

  deliver(state: NodeState, message: number, isLost: boolean): NodeMove {
    return this.#move(state, message, isLost, () => {
      const { from, bytes } = this.#messages.get(message)
      return { kind: 'deliver', from: this.#ids[from] as string, bytes }
    })
  }

  take(state: NodeState, input: Exclude<NodeInput, { kind: 'deliver' }>, isLost: boolean): NodeMove {
    const code = input.kind === 'propose' ? INPUTS.propose - input.number : INPUTS[input.kind]
    return this.#move(state, code, isLost, () => input)
  }

  #move(state: NodeState, code: number, isLost: boolean, input: () => NodeInput): NodeMove {
    const number = this.#moveOf.get(state.number, code * 2 + (isLost ? 1 : 0), () => {
      const step: NodeStep = { input: input(), isLost }
      this.#ways.push({ before: state, step })
      const move = this.#run(state, step)
      if (move.after !== state && !isLost && step.input.kind !== 'crash') this.#raise(state.number, move.after.number)
      return this.#moves.push(move) - 1
    })
    return present(this.#moves[number], 'a move is known by its number')
  }

  #run(state: NodeState, step: NodeStep): NodeMove {
    const id = this.#ids[state.member] as string
    const run = this.#replay(state)
    try {
      run.take(step)
    } catch (error) {
      if (!(error instanceof AssertionError)) throw error
      return { after: state, sent: [], hasWritten: false, broken: { invariant: 'Assertion', message: `${id} finds broken: ${error.message}.` } }
    }
    return this.#intern(run, state.member, state, step)
  }

  #replay(state: NodeState): NodeRun<Machine> {
    const run = new NodeRun(this.#subject, this.#ids, this.#ids[state.member] as string)
    for (const each of historyOf(state)) run.take(each)
    return run
  }

  /**
   * Takes every step that was taken once more, from the other ways into the state where it begins: if fingerprints hold all that matters, it
   * leads to the same state and says the same.
   */
  audit(): Audit {
    const ways = [...this.#ways]
    const otherWays = this.#otherWays.map((each) => [...each])
    let compared = 0
    for (const [number, { before, step }] of ways.entries()) {
      const move = this.#moves[number] as NodeMove
      if (move.broken) continue
      for (const other of otherWays[before.number] ?? []) {
        const run = this.#replay(other.before)
        run.take(other.step)
        run.take(step)
        const again = this.#intern(run, before.member, before, step)
        compared++
        const isSame = again.after === move.after && again.hasWritten === move.hasWritten && again.sent.length === move.sent.length &&
          again.sent.every((message) => move.sent.includes(message))
        if (!isSame) return { compared, difference: `${this.#ids[before.member] ?? ''} in state ${before.number}, ${step.input.kind}${step.isLost ? ', lost' : ''}` }
      }
    }
    return { compared, difference: null }
  }

  #intern(run: NodeRun<Machine>, member: number, before: NodeState | null, step: NodeStep | null): NodeMove {
    const status = run.machine.status()
    const led = status.isLeader && !before?.led.includes(status.term) ? [...(before?.led ?? []), status.term] : (before?.led ?? [])
    const log = this.#logOf(run.machine)
    const known = log.slice(0, status.committedIndex)
    const id = this.#ids[member] as string
    const epoch = this.#subject.epochOf(status.term)
    const { claims, broken: contradicts } = this.#claimsOf(run, id, before, epoch)
    const broken = contradicts ?? (before && (lostEpoch(id, before.epoch, epoch) ?? lostEntry(id, before.committed, known)))
    const committed = known.length > (before?.committed.length ?? 0) ? known : (before?.committed ?? [])
    const names = this.#namesOf(run, `${led.join('.')}#${committed.join('.')}`, claims)
    const move = { sent: this.#sentBy(run, member), hasWritten: run.hasWritten, broken }
    const name = `${member}@${names.whole[0] ?? ''}`
    const met = this.#byName.get(name)
    if (met && before && step) {
      const others = (this.#otherWays[met.number] ??= [])
      if (others.length < OTHER_WAYS_MAX) others.push({ before, step })
    }
    if (met) return { ...move, after: met }
    const state: NodeState = {
      number: this.all.length, member, before, step, isLeader: status.isLeader, isCandidate: status.role === 'candidate', term: status.term,
      epoch, led, committed, log, claims, names: this.#numbersOf(names.whole), namesBeforeCrash: this.#numbersOf(names.now),
    }
    this.all.push(state)
    this.#heights.push(0)
    this.#byName.set(name, state)
    return { ...move, after: state }
  }

  #sentBy(run: NodeRun<Machine>, member: number): readonly number[] {
    const sent = new Set<number>()
    for (const { to, kind, bytes } of run.sent) {
      if (!this.#subject.lost.includes(kind)) sent.add(this.#messages.of(member, this.#ids.indexOf(to), kind, bytes))
    }
    return [...sent]
  }

  #claimsOf(run: NodeRun<Machine>, id: string, before: NodeState | null, epoch: number): { claims: readonly Claim[]; broken: Broken | null } {
    let claims = before?.claims ?? []
    let broken: Broken | null = null
    for (const { to, kind, bytes } of run.sent) {
      for (const claim of this.#subject.claims(kind, to, bytes)) {
        broken ??= contradiction(id, claims, claim)
        if (!claims.some(({ about }) => about === claim.about)) claims = [...claims, claim]
      }
    }
    return { claims: claims.filter((claim) => claim.epoch >= epoch), broken }
  }

  /** What the state is told apart by under each renaming: with what a crash would leave, and without. */
  #namesOf(run: NodeRun<Machine>, seen: string, claims: readonly Claim[]): { now: readonly string[]; whole: readonly string[] } {
    const { fingerprint } = this.#subject
    const beats = this.#beats
    const isCrashAhead = this.#crashesMax > 0
    const restarted = isCrashAhead ? run.restarted : null
    const now: string[] = []
    const whole: string[] = []
    for (const rename of this.#rename) {
      const said = `#${seen}#${claims.map(({ about, value }) => `${about}=${rename(value)}`).sort().join(',')}`
      now.push(`${fingerprint(run.machine, rename, { crash: false, beats })}${said}`)
      if (!restarted) continue
      const found = fingerprint(restarted, rename, { crash: this.#crashesMax > 1, beats })
      whole.push(`${fingerprint(run.machine, rename, { crash: true, beats })}${said}#${found}`)
    }
    return { now, whole: restarted ? whole : now }
  }

  /** One string for each place; a batch of several commands is one place. */
  #logOf(machine: Machine): string[] {
    const { firstIndex, lastIndex } = machine.status()
    const log: string[] = []
    for (const { index, term, kind, command } of machine.entries(firstIndex, lastIndex + 1)) {
      const value = command ? toHex(command) : kind
      for (let at = log.length; at < index - 1; at++) log.push('')
      log[index - 1] = log[index - 1] ? `${log[index - 1] ?? ''}+${value}` : `${term}:${value}`
    }
    return log
  }

  #numbersOf(names: readonly string[]): Int32Array {
    return Int32Array.from(names, (name) => {
      const known = this.#names.get(name)
      if (known !== undefined) return known
      this.#names.set(name, this.#names.size)
      return this.#texts.push(name) - 1
    })
  }
}

function historyOf(state: NodeState): NodeStep[] {
  const history: NodeStep[] = []
  for (let at: NodeState | null = state; at?.step; at = at.before) history.push(at.step)
  return history.reverse()
}
