/** Brings the plan's faults about, each at its time or when what it waits for has come, and takes them back at theirs. */
import { unreachable } from '../../core/base'
import type { Cluster } from '../cluster'
import { cutsOf, type Conditions } from '../network'
import type { SimulatedNode } from '../node'
import type { ClockFault, DiskFault, FaultEvent, NodeName, ProcessFault, Trigger } from '../plan'
import { changeMembers, leaderOf, transferLeadership } from './operator'
import { deedInWords, faultInWords } from './words'

/** A fault that waits for a moment looks for it at least so often. */
const LOOK_EVERY_TICKS = 0.25
/** ... and gives up after so long: it then begins anyway. */
const WAIT_MAX_MS = 20_000

type Undo = () => void
/** What befalls one node. */
type Harm = Exclude<ProcessFault, { kind: 'power-loss' }> | ClockFault | DiskFault

export class Nemesis {
  readonly #cluster: Cluster
  readonly #active = new Map<number, { readonly undo: Undo; readonly fault: FaultEvent }>()
  #waiting: { readonly fault: FaultEvent; readonly at: number; readonly sinceMs: number }[] = []
  /** Conditions of the network as the plan has them, and what faults in force make of them. */
  readonly #base: Conditions
  readonly #overrides = new Map<number, Partial<Conditions>>()
  isStopped = false
  #elections = 0
  #commits = 0

  constructor(cluster: Cluster) {
    this.#cluster = cluster
    this.#base = { ...cluster.network.conditions }
    cluster.listeners.push({
      onEvent: (_node, event) => {
        if (event.kind === 'role-changed' && event.role === 'leader') this.#elections++
        this.#look()
      },
      onCommitted: () => {
        this.#commits++
        this.#look()
      },
    })
  }

  begin(): void {
    for (const [at, fault] of this.#cluster.plan.faults.entries()) this.#cluster.call(fault.atMs, () => { this.#arrive(fault, at) })
    this.#poll()
  }

  #poll(): void {
    const cluster = this.#cluster
    if (this.isStopped || !cluster.plan.faults.some((fault) => fault.when !== undefined)) return
    this.#look()
    cluster.call(cluster.nowMs + cluster.plan.timing.tickMs * LOOK_EVERY_TICKS, () => { this.#poll() })
  }

  #arrive(fault: FaultEvent, at: number): void {
    if (this.isStopped) return
    if (fault.when === undefined) this.#strike(fault, at)
    else {
      this.#waiting.push({ fault, at, sinceMs: this.#cluster.nowMs })
      this.#elections = 0
      this.#commits = 0
    }
  }

  #look(): void {
    if (this.#waiting.length === 0) return
    const { nowMs } = this.#cluster
    const ready = this.#waiting.filter(({ fault, sinceMs }) => nowMs - sinceMs > WAIT_MAX_MS || this.#hasCome(fault.when as Trigger, fault))
    if (ready.length === 0) return
    this.#waiting = this.#waiting.filter((each) => !ready.includes(each))
    // Not within the step that brought the moment about: the node is in the middle of its turn.
    for (const { fault, at } of ready) this.#cluster.call(nowMs, () => { if (!this.isStopped) this.#strike(fault, at) })
  }

  #hasCome(trigger: Trigger, fault: FaultEvent): boolean {
    const cluster = this.#cluster
    switch (trigger) {
      case 'elected': return this.#elections > 0
      case 'committed': return this.#commits > 0
      case 'write-in-flight': return 'node' in fault ? this.#node(fault.node)?.disk.isFlushing === true : cluster.nodes.some((node) => node.disk.isFlushing)
      case 'in-idle':
      case 'in-election':
      case 'in-snapshot':
      case 'in-reconfiguration':
      case 'in-state-transfer': return this.#canStrike(fault) && trigger === `in-${cluster.phases.occupation.now(cluster.nowMs)}`
      default: return cluster.phases.holds(trigger, cluster.nowMs)
    }
  }

  #strike(drawn: FaultEvent, at: number): void {
    const cluster = this.#cluster
    const { trace, nowMs } = cluster
    const fault = this.#resolved(drawn)
    const phase = cluster.phases.occupation.now(nowMs)
    const isStruck = this.#strikesNow(fault)
    const undo = this.#apply(fault, at)
    if (undo === null) return
    if (isStruck) trace.faultBegan(fault.kind, phase)
    trace.hash.text(fault.kind)
    trace.tell({ kind: 'fault-began', atMs: nowMs, fault: at, what: fault, phase, text: faultInWords(fault) })
    // A change under way is a moment that others wait for.
    if (fault.kind === 'change-members') this.#look()
    if (!('untilMs' in fault)) return
    this.#active.set(at, { undo, fault })
    cluster.call(nowMs + Math.max(0, fault.untilMs - fault.atMs), () => { this.#end(at) })
  }

  #end(at: number): void {
    const active = this.#active.get(at)
    if (active === undefined) return
    this.#active.delete(at)
    active.undo()
    this.#cluster.trace.tell({ kind: 'fault-ended', atMs: this.#cluster.nowMs, fault: at, what: active.fault, text: deedInWords(active.fault) })
  }

  /** No more faults; what is in force ends. */
  stop(): void {
    this.isStopped = true
    this.#waiting = []
    for (const at of [...this.#active.keys()]) this.#end(at)
  }

  #node(name: NodeName): SimulatedNode | null {
    const cluster = this.#cluster
    const up = cluster.nodes.filter((node) => node.isUp && node.copy === 0)
    if (name === 'leader' || name === 'follower') {
      const leaders = up.filter((node) => !node.isByzantine && node.machine.status().isLeader).sort((a, b) => b.machine.status().term - a.machine.status().term)
      if (name === 'leader') return leaders[0] ?? null
      return up.find((node) => !node.isByzantine && node !== leaders[0]) ?? null
    }
    return cluster.nodes.find((node) => node.id === name) ?? null
  }

  #named(name: NodeName): string {
    return this.#node(name)?.id ?? name
  }

  /** Of whom it strikes now: who leads by then may be another one when it is told. */
  #resolved(fault: FaultEvent): FaultEvent {
    switch (fault.kind) {
      case 'partition': return fault.shape === 'isolate' ? { ...fault, node: this.#named(fault.node) }
        : fault.shape === 'bridge' ? { ...fault, bridge: this.#named(fault.bridge) }
          : fault.shape === 'one-way' ? { ...fault, from: fault.from.map((id) => this.#named(id)), to: fault.to.map((id) => this.#named(id)) }
            : fault.shape === 'groups' ? { ...fault, groups: fault.groups.map((group) => group.map((id) => this.#named(id))) } : fault
      case 'clog': return { ...fault, from: this.#named(fault.from), to: this.#named(fault.to) }
      case 'transfer-leadership': return fault.to === null ? fault : { ...fault, to: this.#named(fault.to) }
      default: return 'node' in fault ? { ...fault, node: this.#named(fault.node) } : fault
    }
  }

  /** What takes it back; null where it could not happen. */
  #apply(fault: FaultEvent, at: number): Undo | null {
    switch (fault.kind) {
      case 'crash':
      case 'pause':
      case 'clock-jump':
      case 'clock-drift':
      case 'torn-write':
      case 'bit-rot':
      case 'misdirected-write':
      case 'misdirected-read':
      case 'fsync-error':
      case 'disk-full':
      case 'disk-stall': {
        const node = this.#node(fault.node)
        return node === null || !node.hasStarted ? null : this.#harm(fault, node)
      }
      case 'power-loss': {
        const down = this.#cluster.nodes.filter((node) => node.hasStarted).map((node) => this.#takeDown(node, 'the power fails'))
        return () => { for (const undo of down) undo() }
      }
      case 'transfer-leadership': return transferLeadership(this.#cluster, fault.to)
      case 'change-members': return changeMembers(this.#cluster, fault.changes, fault.mode)
      case 'partition':
      case 'loss':
      case 'duplication':
      case 'reordering':
      case 'clog':
      case 'delay':
      case 'drop': return this.#disturb(fault, at)
      default: return unreachable(fault)
    }
  }

  /** What waits for a moment that the ledger counts by waits until it can do something in it. */
  #canStrike(fault: FaultEvent): boolean {
    switch (fault.kind) {
      case 'torn-write': return this.#node(fault.node)?.disk.isFlushing === true
      case 'transfer-leadership':
      case 'change-members': return leaderOf(this.#cluster) !== null
      case 'drop':
      case 'fsync-error':
      case 'misdirected-write':
      case 'misdirected-read': return true
      default: return this.#strikesNow(fault)
    }
  }

  /** Whether it does anything by beginning: not to a process that is down anyway, and not yet where it lies in wait for a message, a flush or a read. */
  #strikesNow(fault: FaultEvent): boolean {
    switch (fault.kind) {
      case 'crash':
      case 'clock-jump': return this.#node(fault.node)?.isUp === true
      case 'pause': return this.#node(fault.node)?.isRunning === true
      case 'power-loss': return this.#cluster.nodes.some((node) => node.isUp)
      case 'loss':
      case 'duplication':
      case 'reordering': return fault.share > 0
      case 'drop':
      case 'fsync-error':
      case 'misdirected-write':
      case 'misdirected-read': return false
      default: return true
    }
  }

  #takeDown(node: SimulatedNode, why: string): Undo {
    node.downBy++
    this.#cluster.crash(node, why)
    return () => {
      node.downBy--
      if (node.downBy === 0) this.#cluster.start(node)
    }
  }

  #harm(fault: Harm, node: SimulatedNode): Undo | null {
    const cluster = this.#cluster
    const { disk } = node
    switch (fault.kind) {
      case 'crash': return this.#takeDown(node, 'it is killed')
      case 'torn-write': return disk.isFlushing ? this.#takeDown(node, 'it is killed in the middle of a write') : null
      case 'pause':
        node.pausedBy++
        cluster.pause(node)
        return () => {
          node.pausedBy--
          if (node.pausedBy === 0) cluster.resume(node)
        }
      case 'clock-jump':
        cluster.jump(node, fault.byMs)
        return () => undefined
      case 'clock-drift': {
        const { rate } = node
        node.rate = fault.rate
        return () => { node.rate = rate }
      }
      case 'bit-rot':
        if (!disk.rot()) return null
        node.isDamaged = true
        return this.#takeDown(node, 'its machine is restarted')
      case 'misdirected-write':
        node.isDamaged = true
        disk.isMisdirectingNext = true
        return () => {
          disk.isMisdirectingNext = false
          cluster.crash(node, 'its machine is restarted')
          if (node.downBy === 0) cluster.start(node)
        }
      case 'misdirected-read':
        disk.isMisreadingNext = true
        return () => {
          disk.isMisreadingNext = false
          if (node.downBy === 0) cluster.start(node)
        }
      case 'fsync-error':
        disk.isFailingNext = true
        return () => {
          disk.isFailingNext = false
          if (node.downBy === 0) cluster.start(node)
        }
      case 'disk-full':
        disk.isFull = true
        return () => {
          disk.isFull = false
          if (node.downBy === 0) cluster.start(node)
        }
      case 'disk-stall':
        disk.stalledUntilMs = cluster.nowMs + fault.untilMs - fault.atMs
        return () => undefined
      default: return unreachable(fault)
    }
  }

  /** Of faults that overlap, the last one to begin is in force. */
  #override(at: number, change: Partial<Conditions>): Undo {
    const { conditions } = this.#cluster.network
    this.#overrides.set(at, change)
    const settle = (): void => { Object.assign(conditions, this.#base, ...this.#overrides.values()) }
    settle()
    return () => {
      this.#overrides.delete(at)
      settle()
    }
  }

  #disturb(fault: Extract<FaultEvent, { kind: 'partition' | 'loss' | 'duplication' | 'reordering' | 'clog' | 'delay' | 'drop' }>, at: number): Undo | null {
    const { network, ids, nowMs } = this.#cluster
    switch (fault.kind) {
      case 'partition': {
        const cuts = cutsOf(fault, ids)
        for (const [from, to] of cuts) network.cut(from, to)
        return () => { for (const [from, to] of cuts) network.join(from, to) }
      }
      case 'loss': return this.#override(at, { lossShare: fault.share })
      case 'duplication': return this.#override(at, { duplicationShare: fault.share })
      case 'reordering': return this.#override(at, { reorderingShare: fault.share })
      case 'clog':
        if (!network.has(fault.from, fault.to)) return null
        network.clog(fault.from, fault.to, nowMs + fault.untilMs - fault.atMs)
        return () => undefined
      case 'delay': return this.#override(at, { delayFactor: fault.factor, delayShape: fault.shape })
      case 'drop':
        if (!network.has(fault.from, fault.to)) return null
        network.dropNth(fault.from, fault.to, fault.nth, at)
        return () => undefined
      default: return unreachable(fault)
    }
  }
}
