/** The simulated nodes and what passes between them. Carries out what the queue holds; knows nothing of faults, clients or phases. */
import { AssertionError, present } from '../core/base'
import type { MachineEvent } from '../core/machine'
import type { MemberClaim } from '../core/observation'
import type { NodeDriver } from '../runtime/driver'
import { CountedMachine } from './application'
import { Checks } from './checks'
import { DamagedRead, SimulatedDisk } from './disk'
import { EVENTS, tellEvent } from './events'
import { Ledger, type Broken } from './ledger'
import { Network } from './network'
import { SimulatedNode } from './node'
import { openDriver } from './open-driver'
import { Phases } from './phases'
import { Post } from './post'
import { States } from './states'
import type { FaultKind, SimulationPlan } from './plan'
import type { AdaptedProtocol, Adapter } from './protocols'
import type { EventQueue, Scheduled } from './queue'
import { quantise, streamOf } from './streams'
import type { Trace } from './trace'
import { Twins } from './twins'
import type { Violation } from './types'

/** As the ticker of a real process: after a pause so many ticks are made up for, the rest never happened. */
const TICKS_AT_ONCE_MAX = 3
/** A paused process takes in no more than its sockets hold. */
const INBOX_MAX = 4096
const FLUSHES_AT_ONCE_MAX = 1000

export interface Listener {
  onEvent(node: SimulatedNode, event: MachineEvent): void
  onCommitted(node: SimulatedNode): void
}

export class Cluster {
  readonly plan: SimulationPlan
  readonly adapter: Adapter
  readonly adapted: AdaptedProtocol
  readonly queue: EventQueue<SimulatedNode>
  readonly trace: Trace
  readonly network: Network
  readonly phases: Phases
  readonly ledger = new Ledger()
  readonly ids: readonly string[]
  /** All of them, the second copies of twins last. */
  readonly nodes: SimulatedNode[] = []
  readonly founders: readonly MemberClaim[]
  readonly twins: Twins
  readonly listeners: Listener[] = []
  readonly #byId = new Map<string, SimulatedNode>()
  readonly #checks = new Checks(this)
  /** Those that have ever run. */
  readonly #started: SimulatedNode[] = []
  #isFounded = false
  readonly #states = new States(this)
  /** A command in words; the workload knows its own. */
  describeCommand: (command: Uint8Array) => string = () => 'a command'
  violation: Violation | null = null
  nowMs = 0
  /** A fault does what it is there for: the ledger counts it by what the cluster is busy with. */
  readonly struck = (kind: FaultKind): void => { this.trace.faultBegan(kind, this.phases.occupation.now(this.nowMs)) }
  readonly #post: Post
  /** Whose code runs in the present event. */
  #busy: SimulatedNode

  constructor(plan: SimulationPlan, adapter: Adapter, queue: EventQueue<SimulatedNode>, trace: Trace) {
    this.plan = plan
    this.adapter = adapter
    this.adapted = adapter.begin(plan)
    this.queue = queue
    this.trace = trace
    this.phases = new Phases(this.nodes, adapter, plan.timing.tickMs)
    this.ids = Array.from({ length: plan.nodes + plan.spares }, (_, i) => `n${i + 1}`)
    this.network = new Network(plan.network, plan.synchrony, this.ids, plan.seed)
    this.founders = this.ids.slice(0, plan.nodes).map((id) => ({ id, name: id, address: id, voter: true }))
    for (const [index, id] of this.ids.entries()) this.#byId.set(id, this.#makeNode(id, index, 0))
    this.twins = new Twins(plan, (id) => this.#makeNode(id, this.ids.indexOf(id), 1))
    this.#post = new Post(this, queue, trace)
    this.#busy = this.node('n1')
  }

  /** Starts the founders. Invariants begin when all of them are there and none has done anything yet. */
  found(): void {
    for (const node of this.nodes) if (node.index < this.plan.nodes) this.start(node)
    this.#checks.begin(this.#started)
    this.#isFounded = true
    for (const node of this.#started) this.#guarded(node, () => { this.settle(node) })
  }

  #makeNode(id: string, index: number, copy: number): SimulatedNode {
    const { plan } = this
    const name = copy === 0 ? id : `${id} twin`
    const isByzantine = plan.byzantine.some((each) => each.node === id)
    const node = new SimulatedNode(id, index, copy, isByzantine, streamOf(plan.seed, `node ${name}`), (self) => new SimulatedDisk(
      plan.disk, streamOf(plan.seed, `disk ${name}`), () => this.nowMs,
      (atMs, epoch) => { this.queue.push(atMs, EVENTS.flushed, self, epoch) }, this.struck,
    ))
    const clock = plan.clocks.find((each) => each.node === id)
    node.rate = clock?.rate ?? 1
    node.silentUntilMs = clock?.skewMs ?? 0
    this.nodes.push(node)
    return node
  }

  node(id: string): SimulatedNode {
    return present(this.#byId.get(id), `there is a node ${id}`)
  }

  fail(broken: Broken, nodeId: string | null): void {
    if (this.violation !== null) return
    this.violation = { ...broken, atMs: this.nowMs, nodeId }
    this.trace.hash.text(broken.invariant)
    this.trace.tell({ kind: 'violated', atMs: this.nowMs, violation: this.violation })
  }

  call(atMs: number, run: () => void): void {
    this.queue.push(quantise(Math.max(atMs, this.nowMs)), EVENTS.call, null, 0, 0, '', run)
  }

  /** Carries out one event of the queue. */
  happen(event: Scheduled<SimulatedNode>): void {
    const node = event.target
    if (node === null) return (event.data as () => void)()
    this.#busy = node
    try {
      this.#dispatch(node, event)
    } catch (error) {
      this.#broke(this.#busy, error)
    }
  }

  #dispatch(node: SimulatedNode, event: Scheduled<SimulatedNode>): void {
    switch (event.kind) {
      case EVENTS.deliver: return this.#deliver(node, event)
      case EVENTS.tick: return this.#tick(node, event.a)
      case EVENTS.turn: return this.#planned(node, event.a)
      case EVENTS.flushed: return this.#flushed(node, event.a)
      case EVENTS.request: return this.request(node, event.data as (node: SimulatedNode) => void)
      default: return undefined
    }
  }

  #guarded(node: SimulatedNode, run: () => void): void {
    try {
      run()
    } catch (error) {
      this.#broke(node, error)
    }
  }

  /** What the code of a node throws is a finding, or the end of its process. */
  #broke(node: SimulatedNode, error: unknown): void {
    if (error instanceof DamagedRead) return this.crash(node, error.message)
    if (!(error instanceof Error)) throw error
    if (!node.isByzantine) {
      const isAssertion = error instanceof AssertionError
      const where = isAssertion ? '' : ` ${(error.stack ?? '').split('\n')[1]?.trim() ?? ''}`
      this.fail({ invariant: isAssertion ? 'Assertion' : 'No Exception', source: 'the code itself', message: `${node.id}: ${error.message}${where}` }, node.id)
    }
    this.crash(node, error.message)
  }

  start(node: SimulatedNode): void {
    if (node.isUp || node.isRotten) return
    this.#guarded(node, () => { this.#start(node) })
  }

  #start(node: SimulatedNode): void {
    const isFirst = node.incarnation === 0
    node.incarnation++
    node.hasStopped = false
    node.isFlushDue = false
    node.isTurnPlanned = false
    node.missedTicks = 0
    node.committed = 0
    node.firstIndex = 0
    node.replacements = 0
    const recovered = node.disk.recover()
    if (!recovered.ok) return this.#rotten(node, recovered.error.message)
    const { incarnation } = node
    const application = new CountedMachine(
      { sessionsMax: this.plan.workload.sessionsMax, onUndone: this.plan.options.tentative === true ? () => { this.trace.did('tentative-undone') } : null },
      (order, command, reply, hash) => { this.#states.applied(node, order, command, reply, hash) },
      (order) => { this.#states.restored(node, application, order) },
      () => { this.#states.snapshotTaken(node) },
    )
    const opened = openDriver(this, node, application, recovered.value, (event) => { if (node.incarnation === incarnation) this.#event(node, event) })
    if (!opened.ok) return this.#rotten(node, opened.error.message)
    node.isUp = true
    node.driver = opened.value
    node.machine = opened.value.machine
    node.application = application
    this.trace.hash.number(node.index + 1_000)
    if (isFirst) this.#started.push(node)
    else {
      this.trace.counts.restarts++
      this.trace.tell({ kind: 'restart', atMs: this.nowMs, node: node.id, records: recovered.value.length })
      this.#checks.afterRestart(node)
    }
    const period = this.plan.timing.tickMs / node.rate
    this.queue.push(quantise(this.nowMs + node.random.next() * period), EVENTS.tick, node, incarnation)
    if (this.#isFounded) this.settle(node)
  }

  #rotten(node: SimulatedNode, why: string): void {
    node.isRotten = true
    this.trace.did('corruption-found')
    this.trace.tell({ kind: 'rotten', atMs: this.nowMs, node: node.id, why })
    if (!node.isDamaged && !node.isByzantine) {
      this.fail({ invariant: 'Crash Recovery', source: 'docs/simulator.md, what is always checked', message: `${node.id} does not start on an undamaged disk: ${why}` }, node.id)
    }
  }

  crash(node: SimulatedNode, why: string): void {
    if (!node.isUp) return
    node.isUp = false
    node.isPaused = false
    node.driver = null
    node.inbox.length = 0
    const { tornWrites, lostWrites } = node.disk.counts
    node.disk.crash()
    this.trace.did('torn-write', node.disk.counts.tornWrites - tornWrites)
    this.trace.did('lost-write', node.disk.counts.lostWrites - lostWrites)
    this.trace.counts.crashes++
    this.trace.hash.number(node.index + 2_000)
    this.phases.gone(node.id)
    this.trace.tell({ kind: 'crash', atMs: this.nowMs, node: node.id, why })
  }

  pause(node: SimulatedNode): void {
    if (node.isUp) node.isPaused = true
  }

  resume(node: SimulatedNode): void {
    if (!node.isPaused) return
    node.isPaused = false
    if (this.nodes.some((other) => other.isUp && other.machine.status().term > node.machine.status().term)) this.trace.did('pause-over-election')
    this.#guarded(node, () => {
      const ticks = Math.min(TICKS_AT_ONCE_MAX, node.missedTicks)
      node.missedTicks = 0
      // Which of the two a process sees first after it was stopped depends on where in its loop it was.
      const isTimeFirst = node.random.next() < 0.5
      if (isTimeFirst) for (let i = 0; i < ticks; i++) node.driver?.tick()
      for (const waiting of node.inbox.splice(0)) {
        if (waiting.kind === 'message') this.#receive(node, waiting.from, waiting.bytes)
        else this.request(node, waiting.run)
      }
      if (!isTimeFirst) for (let i = 0; i < ticks; i++) node.driver?.tick()
      this.settle(node)
    })
  }

  /** So many ticks at once: its clock jumped. */
  jump(node: SimulatedNode, byMs: number): void {
    if (byMs < 0) {
      node.silentUntilMs = this.nowMs - byMs
      return
    }
    this.#guarded(node, () => {
      const ticks = Math.min(TICKS_AT_ONCE_MAX, Math.floor(byMs / this.plan.timing.tickMs))
      if (node.isRunning) for (let i = 0; i < ticks; i++) node.driver?.tick()
      this.settle(node)
    })
  }

  #tick(node: SimulatedNode, incarnation: number): void {
    if (!node.isUp || node.incarnation !== incarnation) return
    this.queue.push(quantise(this.nowMs + this.plan.timing.tickMs / node.rate), EVENTS.tick, node, incarnation)
    if (this.nowMs < node.silentUntilMs) return
    if (node.isPaused) {
      node.missedTicks++
      return
    }
    this.trace.hash.number(node.index)
    node.driver?.tick()
    // A tick that brings nothing about changes nothing that an invariant speaks of.
    if (node.isFlushDue && node.driver?.machine.hasEffects === false) this.#quietTurn(node, node.driver)
    else this.settle(node)
  }

  #quietTurn(node: SimulatedNode, driver: NodeDriver): void {
    if (this.plan.turnMs > 0) return this.settle(node)
    node.isFlushDue = false
    driver.flush()
    if (node.isFlushDue) this.settle(node)
  }

  /** What a client asks reaches the process. */
  request(node: SimulatedNode, run: (node: SimulatedNode) => void): void {
    if (!node.isUp) return
    if (node.isPaused) {
      if (node.inbox.length < INBOX_MAX) node.inbox.push({ kind: 'request', run })
      return
    }
    run(node)
    this.settle(node)
  }

  send(node: SimulatedNode, to: string, bytes: Uint8Array, kind: string): void {
    if (node.hasStopped && !node.isByzantine) {
      this.fail({ invariant: 'Fail-Stop', source: 'Schneider 1984', message: `${node.id} speaks although its storage has failed.` }, node.id)
    }
    if (!this.network.has(node.id, to)) return
    this.phases.message(kind, this.nowMs)
    this.#post.send(node, this.node(to), bytes, kind)
  }

  #deliver(addressee: SimulatedNode, event: Scheduled<SimulatedNode>): void {
    const node = this.#post.arrive(addressee, event)
    if (node === null) return
    const { from } = event
    const bytes = event.data as Uint8Array
    if (node.isPaused) {
      if (node.inbox.length < INBOX_MAX) node.inbox.push({ kind: 'message', from, bytes })
      return
    }
    this.#busy = node
    this.#receive(node, from, bytes)
  }

  #receive(node: SimulatedNode, from: string, bytes: Uint8Array): void {
    node.driver?.receive(from, bytes)
    this.settle(node)
  }

  #planned(node: SimulatedNode, incarnation: number): void {
    if (node.incarnation !== incarnation) return
    node.isTurnPlanned = false
    if (node.isPaused) return
    this.#turn(node)
    this.settle(node)
  }

  /** The inputs so far make a turn: at once, or at its planned end. */
  settle(node: SimulatedNode): void {
    for (let flushes = 0; node.isFlushDue && node.isRunning && flushes < FLUSHES_AT_ONCE_MAX; flushes++) {
      if (this.plan.turnMs > 0) {
        if (node.isTurnPlanned) return
        node.isTurnPlanned = true
        this.queue.push(quantise(this.nowMs + node.random.next() * this.plan.turnMs), EVENTS.turn, node, node.incarnation)
        return
      }
      this.#turn(node)
    }
    if (node.isUp && node.hasStopped) this.crash(node, 'its storage has failed')
  }

  #turn(node: SimulatedNode): void {
    const { driver } = node
    if (driver === null) return
    node.isFlushDue = false
    driver.flush()
    if (node.hasStopped) return
    // The frames are on their way; now the disk works.
    node.disk.flush()
    this.#check(node)
  }

  #flushed(node: SimulatedNode, epoch: number): void {
    if (!node.isUp) return
    if (node.isPaused) {
      // It hears of it when it goes on.
      node.inbox.push({ kind: 'request', run: () => { this.#flushed(node, epoch) } })
      return
    }
    const isFailing = node.disk.flushed(epoch) === 'failed'
    this.trace.counts.flushes++
    if (isFailing && !node.hasStopped && !node.isByzantine) {
      this.fail({ invariant: 'Fail-Stop', source: 'Schneider 1984', message: `${node.id} goes on although its storage has failed.` }, node.id)
    }
    // What waited for the disk has left already: the turn ends with it.
    if (node.isFlushDue && !node.hasStopped) this.#turn(node)
    this.settle(node)
  }

  #check(node: SimulatedNode): void {
    if (node.isByzantine || this.violation !== null) return
    if (!this.#checks.afterStep(node)) return
    const { committedIndex, firstIndex } = node.machine.status()
    this.#states.logChanged(node, firstIndex)
    if (committedIndex <= node.committed) return
    this.trace.hash.number(committedIndex)
    if (this.trace.isTold) this.trace.tell({ kind: 'committed', atMs: this.nowMs, node: node.id, from: node.committed + 1, to: committedIndex })
    node.committed = committedIndex
    for (const listener of this.listeners) listener.onCommitted(node)
  }

  /** The driver has replaced the state: at its start, or by a snapshot of another member. */
  restored(node: SimulatedNode, index: number): void {
    if (node.isUp) this.#states.installed(node, index)
  }

  #event(node: SimulatedNode, event: MachineEvent): void {
    this.phases.event(node.id, event, this.nowMs)
    tellEvent(this.trace, this.nowMs, node, event, this.adapter)
    if (event.kind === 'role-changed' && event.role === 'candidate' && this.plan.protocol === 'pbft') this.trace.did('view-change')
    for (const listener of this.listeners) listener.onEvent(node, event)
  }
}
