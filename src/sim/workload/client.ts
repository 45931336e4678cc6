/**
 * One client: asks one thing at a time, follows hints to the leader, and asks again, with the same sequence, until it is answered. So
 * what it asks takes effect at most once, and its history says what it was told.
 */
import type { Random } from '../../core/base'
import { encodeCommand } from '../../core/statemachine'
import type { OnTentative, ProposalOutcome, ReadOutcome } from '../../runtime/driver'
import type { Cluster } from '../cluster'
import { EVENTS } from '../events'
import type { SimulatedNode } from '../node'
import type { ReplyCount } from '../protocols'
import { exponential, pick, quantise, streamOf } from '../streams'
import { fingerprint } from '../trace-hash'
import { drawAsk, meaningOf, queryBytes, type Ask, type Memory } from './asks'
import type { ClientSession } from './session'
import type { Workload } from './workload'

/** After a refusal that names nobody. */
const PAUSE_MS = 40
/** Between two questions whether a lock has come. */
const WAIT_MS = 200
/** Of reads that begin at any member. */
const ASTRAY_SHARE = 0.25
/** A copy of a request comes at most so much later. */
const LATE_MS_MAX = 3000
/** First bytes in the state machine's formats of commands and replies. */
const OPEN_SESSION = 1
const DONE = 0

interface Running {
  /** Null: the session is being opened or closed. */
  readonly ask: Ask | null
  /** Its id in the history; -1 for a session. */
  readonly operation: number
  /** Of the session that it is asked in; 0 for a read and for the session itself. */
  readonly sequence: number
  readonly session: number
  readonly bytes: Uint8Array
  readonly isQuery: boolean
  readonly invokedAtMs: number
  attempt: number
  /** Members by the reply that they gave, of all attempts. */
  readonly replies: Map<number, Set<string>>
  /** In their place, where members answer before a decision. */
  count: ReplyCount | null
}

export class Client {
  readonly name: string
  readonly #index: number
  readonly #cluster: Cluster
  readonly #workload: Workload
  readonly #random: Random
  #memory: Memory = { seen: new Map(), tokens: new Map(), written: 0 }
  readonly #session: ClientSession
  #leader: string | null = null
  #running: Running | null = null
  /** Locks that the session being closed gives back, as operations of the history. */
  #releases: number[] = []

  constructor(index: number, session: ClientSession, cluster: Cluster, workload: Workload) {
    this.#session = session
    this.name = `c${index + 1}`
    this.#index = index
    this.#cluster = cluster
    this.#workload = workload
    this.#random = streamOf(cluster.plan.seed, `client ${index}`)
  }

  get isWaiting(): boolean {
    return this.#running !== null && this.#running.ask !== null
  }

  begin(): void {
    this.#later(this.#thinkMs(), () => { this.#wake() })
  }

  #later(ms: number, run: () => void): void {
    this.#cluster.call(this.#cluster.nowMs + ms, run)
  }

  #thinkMs(): number {
    const { clients, operationsPerSecond } = this.#cluster.plan.workload
    return exponential(this.#random, (clients * 1000) / operationsPerSecond)
  }

  #wake(): void {
    if (this.#running !== null || this.#workload.isStopped) return
    const session = this.#session
    const { closeShare, expireShare, askers = 1 } = this.#cluster.plan.workload
    if (!session.isOpen) {
      if (session.isAwaited) this.#later(this.#thinkMs(), () => { this.#wake() })
      else this.#run(null, { bytes: session.open(), isQuery: false })
      return
    }
    if (session.isUsed && askers === 1 && this.#random.next() < closeShare) {
      return this.#close()
    }
    if (expireShare !== undefined && this.#random.next() < expireShare) this.#workload.expireOldest(this.#copyOf(this.#leader ?? pick(this.#random, this.#workload.memberIds()) ?? 'n1'))
    const ask = drawAsk(this.#random, this.#cluster.plan.workload, this.#index, this.#memory)
    if (ask.query !== null) {
      this.#run(ask, { bytes: queryBytes(ask.query), isQuery: true })
      return
    }
    if (ask.operation !== null) this.#run(ask, { ...session.operate(ask.operation), isQuery: false })
  }

  /** The end of a session gives its locks back. */
  #close(): void {
    const releases = [...this.#memory.tokens.keys()].map((key) => this.#workload.releasing(`${this.name}.${this.#session.number}`, key))
    this.#forget(this.#session.number)
    this.#run(null, { bytes: encodeCommand({ kind: 'close-session', clientId: this.#session.clientId }), isQuery: false })
    this.#releases = releases
  }

  /** Its session is over, and what it held by it. */
  #forget(session: number): void {
    this.#session.ended(session)
    this.#memory = { seen: new Map(), tokens: new Map(), written: this.#memory.written }
  }

  #run(ask: Ask | null, { bytes, isQuery, sequence = 0 }: { bytes: Uint8Array; isQuery: boolean; sequence?: number }, of: number | null = null): void {
    const session = this.#session.number
    const operation = of ?? (ask === null ? -1 : this.#workload.invoked(`${this.name}.${session}`, ask, bytes))
    if (!isQuery) {
      this.#cluster.adapted.issued(bytes)
      this.#cluster.ledger.asked(bytes)
    }
    this.#running = { ask, operation, sequence, session, bytes, isQuery, invokedAtMs: this.#cluster.nowMs, attempt: 0, replies: new Map(), count: isQuery ? null : this.#newCount() }
    this.#attempt(this.#running)
  }

  #newCount(): ReplyCount | null {
    return this.#cluster.adapted.countReplies?.() ?? null
  }

  #attempt(running: Running): void {
    if (this.#running !== running) return
    const attempt = ++running.attempt
    if (attempt > 1) this.#cluster.trace.did('client-retry')
    if (running.count?.isSplit === true) running.count = this.#newCount()
    for (const node of this.#targets(running, attempt)) this.#ask(running, attempt, node)
    this.#later(this.#cluster.plan.workload.timeoutMs, () => {
      if (this.#running !== running || running.attempt !== attempt) return
      // Whoever it was does not answer: anyone may.
      this.#leader = null
      this.#attempt(running)
    })
  }

  #targets(running: Running, attempt: number): readonly SimulatedNode[] {
    const cluster = this.#cluster
    const members = this.#workload.memberIds()
    if (this.#workload.repliesNeeded > 1) return members.map((id) => this.#copyOf(id))
    const isAnywhere = running.isQuery && attempt === 1 && cluster.plan.workload.reads === 'any' && cluster.adapter.supports.readsAnywhere
    // Some look elsewhere first: one that led before may still believe that it does.
    const isAstray = running.isQuery && attempt === 1 && this.#random.next() < ASTRAY_SHARE
    const known = isAnywhere || isAstray ? null : this.#leader
    const id = known ?? pick(this.#random, members) ?? 'n1'
    return [this.#copyOf(id)]
  }

  #copyOf(id: string): SimulatedNode {
    const copies = this.#cluster.twins.copies(this.#cluster.node(id))
    return copies.length === 1 ? copies[0] as SimulatedNode : copies[this.#random.integer(0, copies.length)] as SimulatedNode
  }

  /** A way between client and member, there or back: its time, or null where it is lost. */
  #way(): number | null {
    const { conditions } = this.#cluster.network
    const { minMs, meanMs } = this.#cluster.plan.network.delay
    const ms = minMs + exponential(this.#random, Math.max(0, meanMs - minMs))
    return this.#random.next() < Math.min(0.2, conditions.lossShare) ? null : ms
  }

  #ask(running: Running, attempt: number, node: SimulatedNode): void {
    const cluster = this.#cluster
    const there = this.#way()
    if (there === null) return
    const answer = (outcome: ProposalOutcome | ReadOutcome): void => {
      const back = this.#way()
      if (back !== null) this.#later(back, () => { this.#answered(running, attempt, node.id, outcome) })
    }
    const tell: OnTentative | undefined = running.count === null ? undefined : (reply, term) => {
      const back = this.#way()
      if (back !== null) this.#later(back, () => { this.#toldTentatively(running, node.id, reply, term) })
    }
    cluster.queue.push(quantise(cluster.nowMs + there), EVENTS.request, node, 0, 0, this.name, (at: SimulatedNode) => {
      if (running.isQuery) at.driver?.read(running.bytes, answer)
      else at.driver?.propose(running.bytes, answer, tell)
    })
    const late = this.#random.next()
    if (running.isQuery || late >= cluster.network.conditions.duplicationShare) return
    // A copy of the request comes late, long after its answer perhaps, and nobody waits for what it gives.
    cluster.queue.push(quantise(cluster.nowMs + there + (late / cluster.network.conditions.duplicationShare) * LATE_MS_MAX), EVENTS.request, node, 0, 0, this.name,
      (at: SimulatedNode) => { at.driver?.propose(running.bytes, () => undefined) })
  }

  #answered(running: Running, attempt: number, nodeId: string, outcome: ProposalOutcome | ReadOutcome): void {
    if (this.#running !== running) return
    if (outcome.kind === 'applied' || outcome.kind === 'answered') return this.#replied(running, nodeId, outcome.reply)
    if (attempt !== running.attempt || this.#workload.repliesNeeded > 1) return
    const hint = outcome.kind === 'not-leader' ? outcome.leaderId : null
    this.#leader = hint === nodeId ? null : hint
    // Time-outs of this attempt count no more.
    running.attempt++
    this.#later(this.#leader === null ? PAUSE_MS * (1 + this.#random.next()) : 0, () => { this.#attempt(running) })
  }

  #toldTentatively(running: Running, nodeId: string, reply: Uint8Array, term: number): void {
    if (this.#running !== running) return
    const decided = running.count?.addTentative(nodeId, reply, term) ?? null
    if (decided === null) return
    this.#cluster.trace.did('tentative-reply')
    if (running.count?.isFounded === false) {
      const message = `${this.name} took a result for decided that no quorum gave in one view.`
      this.#cluster.fail({ invariant: 'Accepted Tentative Results Are Kept', source: 'Castro and Liskov, OSDI 1999, section 5.1.2', message }, nodeId)
    }
    this.#decided(running, nodeId, decided)
  }

  #replied(running: Running, nodeId: string, reply: Uint8Array): void {
    if (running.count !== null) {
      const decided = running.count.add(nodeId, reply)
      if (decided !== null) this.#decided(running, nodeId, decided)
      return
    }
    const print = fingerprint(reply)
    const by = running.replies.get(print) ?? new Set()
    running.replies.set(print, by.add(nodeId))
    if (by.size >= this.#workload.repliesNeeded) this.#decided(running, nodeId, reply)
  }

  #decided(running: Running, nodeId: string, reply: Uint8Array): void {
    this.#running = null
    if (running.isQuery) this.#workload.hasRead(nodeId)
    if (this.#workload.repliesNeeded === 1 && !running.isQuery) this.#leader = nodeId
    const { ask } = running
    if (ask === null) {
      for (const release of this.#releases.splice(0)) this.#workload.released(release)
      this.#session.isAwaited = false
      this.#session.isOpen = running.bytes[0] === OPEN_SESSION && reply.length === 1 && reply[0] === DONE
    } else {
      this.#session.settled(running.session, running.sequence)
      const meaning = meaningOf(ask, reply, this.#memory)
      if (meaning.kind === 'waiting') {
        // Asking again is how it learns that its turn has come; until then the question is open. It gives up with its session.
        const { operation } = ask
        if (operation !== null && !this.#workload.isStopped) return this.#later(WAIT_MS, () => { this.#run(ask, { ...this.#session.operate(operation), isQuery: false }, running.operation) })
        this.#forget(running.session)
        return
      }
      if (meaning.kind === 'expired') {
        // Evicted at a time that nobody knows, and its locks with it.
        this.#cluster.trace.did('session-expired')
        for (const key of this.#memory.tokens.keys()) this.#workload.spoil(key)
        this.#forget(running.session)
      }
      this.#workload.completed(this.name, ask, running.operation, running.bytes, running.invokedAtMs, nodeId, meaning)
    }
    this.#later(this.#thinkMs(), () => { this.#wake() })
  }
}
