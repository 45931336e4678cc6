/** One run of a group under a schedule drawn from a seed: first anything may happen, then the network heals and progress is demanded. */
import type { Behaviour } from '../../../src/core/pbft'
import { PbftGroup, type GroupNode } from './group'

const BEHAVIOURS: readonly Behaviour[] = ['equivocate', 'equivocate', 'forge', 'silent', 'withhold', 'replay', 'garbage', 'honest']
const KINDS = ['commit', 'commit', 'prepare', 'pre-prepare', 'new-view', 'checkpoint'] as const
const STEPS = 700
const HEAL_TICKS_MAX = 2500
const RETRY_TICKS = 40
/** A message takes so many ticks at most once the network heals, in some runs. */
const SLOW_TICKS = 2

export interface RunResult {
  readonly violation: { readonly invariant: string; readonly sentence: string } | null
  readonly steps: number
  readonly healTicks: number
  readonly views: number
  readonly executed: number
  readonly installed: number
  readonly misbehaviours: number
}

export function randomRun(seed: number, replicas: number, isTentative = false): RunResult {
  const faults = Math.floor((replicas - 1) / 3)
  const first = seed % replicas
  const liars = Array.from({ length: faults }, (_, i) => `n${(first + i) % replicas}`)
  const group: PbftGroup = new PbftGroup({
    replicas, seed, liars,
    options: { authenticate: (command) => group.proposed.has(Buffer.from(command).toString()), tentative: isTentative },
  })
  const run = new Run(group, seed)
  try {
    run.disturb()
    const healTicks = group.violation ? 0 : run.heal()
    return run.result(healTicks)
  } catch (error) {
    group.violation ??= { invariant: 'Assertion', sentence: error instanceof Error ? error.message : String(error) }
    return run.result(0)
  }
}

class Run {
  readonly #group: PbftGroup
  readonly #isCalm: boolean
  readonly #isSlow: boolean
  readonly #lossRate: number
  readonly #crashRate: number
  /** Hears nobody, and nobody hears it, until then. */
  #cutOff: { readonly id: string; readonly untilStep: number } | null = null
  /** Messages of one kind reach only one replica, or none, until then. */
  #deafTo: { readonly kind: string; readonly id: string | null; readonly untilStep: number } | null = null
  #commands = 0
  #steps = 0

  constructor(group: PbftGroup, seed: number) {
    this.#group = group
    this.#isCalm = seed % 3 === 0
    this.#isSlow = seed % 5 === 0
    this.#lossRate = this.#isCalm ? 0.01 : group.random.next() * 0.25
    this.#crashRate = this.#isCalm ? 0 : group.random.next() * 0.02
    for (const node of group.nodes) node.liar?.behave(this.#behaviour())
  }

  #behaviour(): Behaviour {
    return BEHAVIOURS[this.#group.random.integer(0, BEHAVIOURS.length)] ?? 'honest'
  }

  #any(): GroupNode {
    const { nodes, random } = this.#group
    return nodes[random.integer(0, nodes.length)] as GroupNode
  }

  disturb(): void {
    const group = this.#group
    for (; this.#steps < STEPS && !group.violation; this.#steps++) {
      this.#step()
      // Most turns end at once; some inputs share one.
      for (const node of group.nodes) if (group.random.next() < 0.8) group.flush(node)
    }
  }

  #step(): void {
    const group = this.#group
    const { random } = group
    const draw = random.next()
    if (draw < 0.06) return this.#propose()
    if (draw < 0.2) {
      const node = this.#any()
      for (let ticks = random.integer(1, 6); ticks > 0; ticks--) group.tick(node)
      return
    }
    if (draw < 0.4) return group.sync(this.#any(), random.next() < 0.7 ? undefined : 1)
    if (draw < 0.4 + this.#crashRate) {
      const busy = group.nodes.filter((each) => each.isUp && each.disk.pendingWrites > 0)
      const node = busy.length > 0 && random.next() < 0.5 ? busy[random.integer(0, busy.length)] as GroupNode : this.#any()
      if (node.isUp) group.crash(node, random.integer(0, 4))
      else group.restart(node)
      return
    }
    if (draw < 0.425 && !this.#isCalm) {
      this.#cutOff = { id: this.#any().id, untilStep: this.#steps + random.integer(20, 150) }
      return
    }
    if (draw < 0.429 && !this.#isCalm) {
      const kind = KINDS[random.integer(0, KINDS.length)] ?? 'commit'
      this.#deafTo = { kind, id: random.next() < 0.5 ? null : this.#any().id, untilStep: this.#steps + random.integer(20, 150) }
      return
    }
    if (draw < 0.43 && random.next() < 0.2) {
      for (const node of group.nodes) if (!node.isUp) group.restart(node)
      return
    }
    if (draw < 0.44) {
      const liar = this.#any()
      if (liar.isByzantine) liar.liar?.behave(this.#behaviour())
      return
    }
    for (let i = 0; i < group.nodes.length; i++) this.#moveOne()
  }

  #moveOne(): void {
    const group = this.#group
    const { random, packets } = group
    if (packets.length === 0) return
    // Near the head, so that most arrive roughly in order.
    const at = random.next() < 0.7 ? 0 : random.integer(0, packets.length)
    const [packet] = packets.splice(at, 1)
    if (!packet || random.next() < this.#lossRate) return
    if (this.#cutOff && this.#steps < this.#cutOff.untilStep && [packet.from, packet.to].includes(this.#cutOff.id)) return
    if (this.#deafTo && this.#steps < this.#deafTo.untilStep && packet.kind === this.#deafTo.kind && packet.to !== this.#deafTo.id) return
    if (random.next() < 0.05) packets.push(packet)
    group.deliver(packet)
  }

  #propose(): void {
    const group = this.#group
    const isKnown = this.#commands > 0 && group.random.next() < 0.2
    const number = isKnown ? group.random.integer(0, this.#commands) : this.#commands++
    const at = group.nodes.filter(() => group.random.next() < 0.6).map(({ id }) => id)
    group.propose(`c${number}`, at)
  }

  /** Liars go on; the network and the disks of the correct do what they should. How many ticks it took until all was executed everywhere. */
  heal(): number {
    const group = this.#group
    for (const node of group.nodes) group.restart(node)
    const wanted = Array.from({ length: this.#commands }, (_, i) => `c${i}`)
    for (let ticks = 0; ticks < HEAL_TICKS_MAX; ticks++) {
      if (ticks % RETRY_TICKS === 0) {
        const missing = wanted.filter((command) => group.correct.some((node) => !node.list.commands.includes(command)))
        for (const command of missing) group.propose(command, group.correct.map(({ id }) => id))
        if (missing.length === 0 && this.#isEqual()) return ticks
      }
      if (this.#isSlow) this.#slowTick(ticks)
      else group.run(1)
      if (group.violation) return ticks
    }
    const states = group.correct.map(({ id, machine }) => `${id} view ${machine.view} ${machine.status().role} executed ${machine.status().appliedIndex}`)
    group.violation = { invariant: 'Progress', sentence: `Not everything was executed in ${HEAL_TICKS_MAX} ticks of calm: ${states.join(', ')}.` }
    return HEAL_TICKS_MAX
  }

  /** The network works, and takes its time. */
  #slowTick(ticks: number): void {
    for (const node of this.#group.nodes) this.#group.tick(node)
    if (ticks % SLOW_TICKS === 0) this.#group.hop()
  }

  #isEqual(): boolean {
    const [one, ...others] = this.#group.correct
    return others.every((other) => other.list.commands.join() === one?.list.commands.join())
  }

  result(healTicks: number): RunResult {
    const group = this.#group
    const { correct } = group
    const installed = correct.reduce((sum, node) => sum + node.machine.trace.since(0).filter((entry) => entry.kind === 'installed').length, 0)
    return {
      violation: group.violation, steps: this.#steps, healTicks,
      views: Math.max(...correct.map((node) => node.machine.view)),
      executed: Math.max(...correct.map((node) => node.machine.status().appliedIndex)), installed,
      misbehaviours: correct.reduce((sum, node) => sum + node.events.filter((event) => event.kind === 'misbehaviour').length, 0),
    }
  }
}
