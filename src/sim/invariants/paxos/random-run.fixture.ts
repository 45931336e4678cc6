/**
 * One random schedule of Paxos machines in memory: clocks of different speed, loss, duplicates and reordering, partitions, crashes that keep a
 * random part of what was not durable, snapshots, changes of members, handovers; then everything heals and the cluster must make progress.
 */
import { assert, seededRandom, toHex, utf8Encode, type Random } from '../../../core/base'
import type { Committed } from '../../../core/machine'
import { TestCluster, type Outcome, type TestNode } from '../../../core/paxos/cluster.fixture'
import type { PaxosOptions } from '../../../core/paxos'
import type { InvariantCheck, NodeView, World } from '../../invariant'
import type { PaxosMachine } from '../../../core/paxos'
import { paxosInvariants } from './index'

const ROUNDS = 260
const LATE_ROUNDS_MAX = 60
const HEALED_ROUNDS_MAX = 600
const IDS = ['n1', 'n2', 'n3', 'n4', 'n5']

export interface RunResult {
  /** Null where nothing is broken. */
  readonly violation: { readonly invariant: string; readonly what: string } | null
  readonly rounds: number
  readonly applied: number
  readonly reads: number
  readonly elections: number
  readonly installs: number
  readonly changes: number
}

interface Rates {
  readonly loss: number
  readonly duplicate: number
  readonly delayMax: number
  readonly late: number
  readonly sync: number
  readonly crash: number
  readonly partition: number
  readonly propose: number
  readonly read: number
  readonly control: number
  readonly snapshot: number
}

class Broken extends Error {
  readonly invariant: string

  constructor(invariant: string, what: string) {
    super(what)
    this.invariant = invariant
  }
}

class RandomRun {
  readonly random: Random
  readonly cluster: TestCluster
  readonly rates: Rates
  /** Ticks a round. */
  readonly #speeds = new Map<string, number>()
  readonly #slowest: number
  readonly #credits = new Map<string, number>()
  readonly #checks: readonly { readonly name: string; readonly check: InvariantCheck<PaxosMachine> }[]
  #waiting: { readonly at: number; readonly packet: TestCluster['packets'][number] }[] = []
  #round = 0
  #nextValue = 1
  /** The highest slot that a client knows of: acknowledged writes, and what reads saw. */
  #seen = 0
  readonly #begun = new Map<number, { readonly seen: number; readonly command: string | null }>()
  /** Commands whose proposers were told that they were never taken. */
  readonly #never = new Set<string>()
  readonly #commands = new Map<number, string>()
  readonly #appliedCommands = new Map<string, number>()
  applied = 0
  reads = 0
  elections = 0
  changes = 0

  constructor(seed: number, options: Partial<PaxosOptions>) {
    this.random = seededRandom(seed)
    const { random } = this
    const size = [3, 3, 5][random.integer(0, 3)] as number
    const isLease = random.next() < 0.4
    this.#slowest = 0.35 + random.next() * 0.5
    const leaseTicks = random.integer(10, 25)
    const all: Partial<PaxosOptions> = {
      alpha: random.integer(1, 12), reads: isLease ? 'lease' : 'quorum', leaseTicks,
      // As PaxosOptions says of the slowest clock and the fastest, and one tick more since ticks are counted whole.
      leaseDriftTicks: Math.ceil(leaseTicks - this.#slowest * (leaseTicks - 1)) + 1, forwarding: random.next() < 0.4, ...options,
    }
    this.rates = {
      loss: random.next() < 0.3 ? 0 : random.next() * 0.2, duplicate: random.next() * 0.1, delayMax: random.integer(1, 6), late: random.next() < 0.5 ? 0 : 0.03, sync: 0.2 + random.next() * 0.8,
      crash: random.next() * 0.02, partition: random.next() * 0.05, propose: random.next() * 0.6, read: random.next() * 0.3, control: random.next() * 0.02,
      snapshot: random.next() * 0.05,
    }
    this.cluster = new TestCluster({
      ids: IDS.slice(0, size), seed: seed + 1_000_000, options: all,
      onApplied: (node, committed) => this.#onApplied(node, committed),
      onTurn: (node) => this.#check(node), onRestart: (node) => this.#checkRestart(node),
    })
    this.cluster.onSettled = (token, outcome) => this.#onSettled(token, outcome)
    for (const id of this.cluster.nodes.keys()) this.#giveSpeed(id)
    const nodes = (): NodeView<PaxosMachine>[] => [...this.cluster.nodes.values()].map((node) => this.#view(node))
    const world: World<PaxosMachine> = { get nodes() { return nodes() }, nowMs: 0 }
    this.#checks = paxosInvariants.map((invariant) => ({ name: invariant.name, check: invariant.begin(world) }))
  }

  #giveSpeed(id: string): void {
    this.#speeds.set(id, this.#slowest + this.random.next() * (1 - this.#slowest))
  }

  #view(node: TestNode): NodeView<PaxosMachine> {
    return { id: node.id, incarnation: node.incarnation, isUp: node.isUp, isByzantine: false, machine: node.machine }
  }

  #check(node: TestNode): void {
    for (const event of node.events) {
      if (event.kind === 'role-changed' && event.role === 'leader') this.elections++
    }
    node.events.length = 0
    for (const { name, check } of this.#checks) {
      const broken = check.afterStep(this.#view(node))
      if (broken !== null) throw new Broken(name, broken)
    }
  }

  #checkRestart(node: TestNode): void {
    for (const { name, check } of this.#checks) {
      const broken = check.afterRestart?.(this.#view(node)) ?? null
      if (broken !== null) throw new Broken(name, broken)
    }
  }

  #onApplied(node: TestNode, { index, command }: Committed): void {
    const hex = command === null ? '' : toHex(command)
    const before = this.#commands.get(index)
    if (before !== undefined && before !== hex) throw new Broken('State machine safety', `${node.id} applies something else in slot ${index}.`)
    this.#commands.set(index, hex)
    if (hex === '') return
    const at = this.#appliedCommands.get(hex)
    if (at !== undefined && at !== index) throw new Broken('Exactly one slot', `A command is applied in slot ${at} and in slot ${index}.`)
    this.#appliedCommands.set(hex, index)
    if (this.#never.has(hex)) throw new Broken('Refusals', `${node.id} applies a command in slot ${index} whose client was told that it was not taken.`)
  }

  #onSettled(token: number, outcome: Outcome): void {
    const begun = this.#begun.get(token)
    if (!begun) return
    this.#begun.delete(token)
    if (outcome.kind === 'applied') {
      this.applied++
      if (outcome.command !== begun.command) throw new Broken('Settlement', `${begun.command} is settled by ${outcome.command}.`)
      if (outcome.index <= begun.seen) throw new Broken('Linearizability', `A write that began after slot ${begun.seen} was seen is in slot ${outcome.index}.`)
      this.#seen = Math.max(this.#seen, outcome.index)
    } else if (outcome.kind === 'read') {
      this.reads++
      if (outcome.index < begun.seen) throw new Broken('Linearizability', `A read sees slot ${outcome.index}, and slot ${begun.seen} was seen before it began.`)
      this.#seen = Math.max(this.#seen, outcome.index)
    } else if (outcome.kind === 'refused' && outcome.refusal.kind !== 'unknown' && begun.command !== null) {
      const hex = toHex(utf8Encode(begun.command))
      this.#never.add(hex)
      if (this.#appliedCommands.has(hex)) throw new Broken('Refusals', 'A command was applied, and its client is told that it was not taken.')
    } else if (outcome.kind === 'control' && outcome.outcome.kind === 'done') {
      this.changes++
    }
  }

  run(): RunResult {
    let violation: RunResult['violation'] = null
    try {
      for (; this.#round < ROUNDS; this.#round++) this.#turn(true)
      this.#heal()
    } catch (problem) {
      if (problem instanceof Broken) violation = { invariant: problem.invariant, what: problem.message }
      else if (problem instanceof Error) violation = { invariant: problem.name, what: `${problem.message} ${(problem.stack ?? '').split('\n')[2] ?? ''}` }
      else throw problem
    }
    const { applied, reads, elections, changes } = this
    const installs = [...this.cluster.nodes.values()].reduce((sum, node) => sum + node.installs, 0)
    return { violation, rounds: this.#round, applied, reads, elections, installs, changes }
  }

  #chance(rate: number): boolean {
    return this.random.next() < rate
  }

  #pick<Value>(values: readonly Value[]): Value {
    const value = values[this.random.integer(0, values.length)]
    assert(value !== undefined, 'there is something to pick')
    return value
  }

  #turn(isHostile: boolean): void {
    const { cluster, rates } = this
    for (const node of cluster.nodes.values()) {
      const credit = (this.#credits.get(node.id) ?? 0) + (this.#speeds.get(node.id) ?? 1)
      this.#credits.set(node.id, credit >= 1 ? credit - 1 : credit)
      if (credit >= 1) node.tick()
    }
    if (isHostile) this.#disturb()
    this.#clients(isHostile)
    this.#network(isHostile)
    for (const node of cluster.nodes.values()) {
      if (!node.isUp) continue
      node.flush()
      if (node.disk.pending > 0 && this.#chance(isHostile ? rates.sync : 1)) node.disk.sync(this.random.integer(1, node.disk.pending + 1))
      if (node.machine.hasEffects) node.flush()
    }
  }

  #network(isHostile: boolean): void {
    const { cluster, rates } = this
    const fresh = cluster.packets
    cluster.packets = []
    for (const packet of fresh) {
      if (isHostile && this.#chance(rates.loss)) continue
      const copies = isHostile && this.#chance(rates.duplicate) ? 2 : 1
      // A few come when everyone has gone on long since.
      const delayMax = !isHostile ? 2 : this.#chance(rates.late) ? LATE_ROUNDS_MAX : rates.delayMax
      for (let i = 0; i < copies; i++) this.#waiting.push({ at: this.#round + this.random.integer(0, delayMax), packet })
    }
    const due = this.#waiting.filter(({ at }) => at <= this.#round)
    this.#waiting = this.#waiting.filter(({ at }) => at > this.#round)
    for (let i = due.length - 1; i > 0 && isHostile; i--) {
      const j = this.random.integer(0, i + 1)
      const held = due[i] as (typeof due)[number]
      due[i] = due[j] as (typeof due)[number]
      due[j] = held
    }
    for (const { packet } of due) {
      cluster.deliver(packet)
      const node = cluster.node(packet.to)
      if (node.isUp && this.#chance(0.3)) node.flush()
    }
  }

  #disturb(): void {
    const { cluster, rates } = this
    const ids = [...cluster.nodes.keys()]
    for (const node of cluster.nodes.values()) {
      if (!node.isUp) {
        if (this.#chance(0.1)) node.restart()
      } else if (this.#chance(rates.crash)) {
        node.crash(this.random.integer(0, 4))
        this.#forgetTokens(node)
      } else if (this.#chance(rates.snapshot)) {
        node.snapshot()
      }
    }
    if (!this.#chance(rates.partition)) return
    const kind = this.random.integer(0, 4)
    if (kind === 0) cluster.heal()
    else if (kind === 1) {
      const one = (this.#chance(0.6) ? cluster.leaders()[0] : undefined) ?? this.#pick(ids)
      cluster.partition([one], ids.filter((id) => id !== one))
    } else if (kind === 2) cluster.cut.add(`${this.#pick(ids)}>${this.#pick(ids)}`)
    else cluster.cutLink(this.#pick(ids), this.#pick(ids))
  }

  readonly #tokens = new Map<string, number[]>()

  /** Its clients hear nothing: the outcome stays unknown. */
  #forgetTokens(node: TestNode): void {
    for (const token of this.#tokens.get(node.id) ?? []) this.#begun.delete(token)
    this.#tokens.delete(node.id)
  }

  #begin(id: string, token: number, command: string | null): void {
    this.#begun.set(token, { seen: this.#seen, command })
    const tokens = this.#tokens.get(id)
    if (tokens) tokens.push(token)
    else this.#tokens.set(id, [token])
  }

  #clients(isHostile: boolean): void {
    const { cluster, rates } = this
    for (const node of cluster.nodes.values()) {
      if (!node.isUp) continue
      if (this.#chance(rates.propose)) {
        const count = this.random.integer(1, 4)
        for (let i = 0; i < count; i++) {
          const command = `k${this.random.integer(0, 5)}=${this.#nextValue++}${'.'.repeat(this.random.integer(0, 60))}`
          const token = cluster.token()
          this.#begin(node.id, token, command)
          node.machine.propose([utf8Encode(command)], [token])
        }
      }
      if (this.#chance(rates.read)) {
        const token = cluster.token()
        this.#begin(node.id, token, null)
        if (node.machine.read(token).kind !== 'waiting') this.#begun.delete(token)
      }
      if (isHostile && node.machine.status().isLeader && this.#chance(rates.control)) this.#operate(node)
    }
  }

  #operate(node: TestNode): void {
    const { cluster } = this
    const token = cluster.token()
    this.#begin(node.id, token, null)
    const ids = [...cluster.nodes.keys()]
    if (this.#chance(0.5)) return node.machine.control(token, { kind: 'transfer-leadership', to: this.#chance(0.3) ? null : this.#pick(ids) })
    const change = (): Parameters<PaxosMachine['control']>[1] & { readonly kind: 'change-members' } => {
      const id = this.#pick(IDS)
      if (this.#chance(0.4)) return { kind: 'change-members', changes: [{ kind: 'remove', id }], mode: 'auto' }
      const member = this.#chance(0.7) ? 'voter' : 'learner'
      return { kind: 'change-members', changes: [{ kind: 'set', id, address: `memory:${id}`, member, promote: this.#chance(0.5) }], mode: 'auto' }
    }
    const one = change()
    const changes = this.#chance(0.5) ? [...one.changes, ...change().changes] : one.changes
    for (const each of changes) {
      if (cluster.nodes.has(each.id)) continue
      cluster.join(each.id)
      this.#giveSpeed(each.id)
    }
    node.machine.control(token, { kind: 'change-members', changes, mode: 'auto' })
  }

  /** Everything comes back and the network is good: a leader serves a write and a read, and all members catch up. */
  #heal(): void {
    const { cluster } = this
    cluster.heal()
    for (const node of cluster.nodes.values()) node.restart()
    let goal: number | null = null
    for (const end = this.#round + HEALED_ROUNDS_MAX; this.#round < end; this.#round++) {
      this.#turn(false)
      const leaders = cluster.leaders()
      const [leader] = leaders
      if (leader === undefined || leaders.length > 1) continue
      if (goal === null && this.#round > end - HEALED_ROUNDS_MAX + 40) goal = cluster.node(leader).machine.status().lastIndex
      const members = cluster.node(leader).machine.members
      const isThere = (id: string): boolean => cluster.node(id).machine.status().appliedIndex >= (goal ?? 0)
      if (goal !== null && members.every(({ id }) => isThere(id))) return
    }
    const where = [...cluster.nodes.values()].map(({ id, machine }) => {
      const { role, term, committedIndex, appliedIndex, lastIndex } = machine.status()
      return `${id} ${role} ${term} ${appliedIndex}/${committedIndex}/${lastIndex}`
    })
    throw new Broken('Progress', `No progress to slot ${String(goal)} in ${HEALED_ROUNDS_MAX} good rounds: ${where.join(', ')}.`)
  }
}

export const randomRun = (seed: number, options: Partial<PaxosOptions> = {}): RunResult => new RandomRun(seed, options).run()
