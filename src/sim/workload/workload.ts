/** All clients of a simulation and the history of what they asked and were told. */
import { present } from '../../core/base'
import { HistoryRecorder, type History } from '../../core/checker'
import { encodeCommand, openSessions } from '../../core/statemachine'
import type { Cluster } from '../cluster'
import { EVENTS } from '../events'
import type { SimulatedNode } from '../node'
import { fingerprint } from '../trace-hash'
import type { Ask, Meaning } from './asks'
import { Client } from './client'
import { ClientSession } from './session'

export class Workload {
  readonly #cluster: Cluster
  readonly #clients: readonly Client[]
  readonly #recorder = new HistoryRecorder()
  readonly #commands = new Map<number, string>()
  readonly #spoilt = new Set<string>()
  isStopped = false
  repliesNeeded: number
  /** When the latest operation that has completed was asked for. */
  completedInvokedAtMs = -1
  /** Members as the most advanced node knows them. */
  #members: readonly string[]
  #membersIndex = 0

  constructor(cluster: Cluster) {
    this.#cluster = cluster
    this.#members = cluster.ids.slice(0, cluster.plan.nodes)
    this.repliesNeeded = cluster.adapter.repliesNeeded(cluster.plan.nodes)
    const { clients, askers = 1 } = cluster.plan.workload
    const sessions = Array.from({ length: Math.ceil(clients / askers) }, (_, i) => new ClientSession(i))
    this.#clients = Array.from({ length: clients }, (_, i) => new Client(i, present(sessions[Math.floor(i / askers)], 'a session for each'), cluster, this))
    cluster.describeCommand = (command) => this.#commands.get(fingerprint(command)) ?? (command[0] === 1 ? 'open a session' : 'a command')
  }

  begin(): void {
    for (const client of this.#clients) client.begin()
  }

  get waiting(): number {
    return this.#clients.filter((client) => client.isWaiting).length
  }

  memberIds(): readonly string[] {
    return this.#members
  }

  membersChanged(ids: readonly string[], index: number): void {
    if (index < this.#membersIndex || ids.length === 0) return
    this.#membersIndex = index
    this.#members = ids
  }

  /** Without the objects of which the clients themselves cannot know what happened to them. */
  history(): History {
    const { operations } = this.#recorder.history()
    const { clients, sessionsMax, expireShare = 0 } = this.#cluster.plan.workload
    // A client whose session ends loses its locks without being told.
    const areTaken = sessionsMax <= clients || expireShare > 0
    return { operations: operations.filter(({ key }) => typeof key === 'string' && !this.#spoilt.has(key) && !(areTaken && key.startsWith('l'))) }
  }

  /** As whoever leads does with the session of a client that is gone; here of one that goes on. It holds where the session was not used since. */
  expireOldest(node: SimulatedNode): void {
    const cluster = this.#cluster
    cluster.queue.push(cluster.nowMs, EVENTS.request, node, 0, 0, 'members', ({ application, driver }: SimulatedNode) => {
      const [oldest] = application === null ? [] : openSessions(application)
      if (oldest === undefined) return
      const command = encodeCommand({ kind: 'expire-session', ...oldest })
      cluster.adapted.issued(command)
      cluster.ledger.asked(command)
      driver?.propose(command, () => undefined)
    })
  }

  /** A read was answered by `nodeId`. */
  hasRead(nodeId: string): void {
    const { trace, plan } = this.#cluster
    const node = this.#cluster.node(nodeId)
    if (!node.hasStarted || plan.protocol === 'pbft') return
    if (!node.machine.status().isLeader) trace.did('follower-read')
    else trace.did(plan.options.readMode === 'lease' ? 'lease-read' : 'index-read')
  }

  spoil(key: string): void {
    this.#spoilt.add(key)
  }

  releasing(process: string, key: string): number {
    return this.#recorder.invoke(process, 'release', key, null, this.#cluster.nowMs)
  }

  released(operation: number): void {
    this.#recorder.complete(operation, 'ok', null, this.#cluster.nowMs)
  }

  invoked(process: string, ask: Ask, bytes: Uint8Array): number {
    const { trace, nowMs } = this.#cluster
    const operation = this.#recorder.invoke(process, ask.f, ask.key, ask.value, nowMs)
    trace.hash.number(operation)
    trace.hash.bytes(bytes)
    if (trace.isTold) {
      const value = ask.value === null ? null : JSON.stringify(ask.value)
      this.#commands.set(fingerprint(bytes), `${ask.f} ${ask.key}${value === null ? '' : ` ${value}`}`)
      trace.tell({ kind: 'invoked', atMs: nowMs, client: process, operation, f: ask.f, key: ask.key, value })
    }
    return operation
  }

  completed(client: string, ask: Ask, operation: number, bytes: Uint8Array, invokedAtMs: number, nodeId: string, meaning: Exclude<Meaning, { kind: 'waiting' }>): void {
    const { trace, nowMs, ledger } = this.#cluster
    trace.hash.number(operation)
    trace.hash.text(meaning.kind)
    if (meaning.kind === 'broken') {
      this.#cluster.fail({
        invariant: 'Exactly-Once', source: 'Ongaro 2014 (thesis), section 6.3', message: `${client} asked for ${ask.f} ${ask.key} and ${nodeId} answered ${meaning.reply}.`,
      }, nodeId)
      return
    }
    const outcome = meaning.kind === 'expired' ? 'unknown' : meaning.kind
    const value = meaning.kind === 'ok' ? meaning.value : null
    // A compare-and-swap or an acquisition that fails has seen why: that it did is part of the history.
    this.#recorder.complete(operation, outcome === 'unknown' ? 'info' : outcome, value, nowMs)
    if (ask.operation !== null && outcome !== 'unknown') ledger.acknowledge(fingerprint(bytes))
    if (outcome === 'ok') trace.counts.operationsOk++
    else if (outcome === 'fail') trace.counts.operationsFailed++
    else trace.counts.operationsUnknown++
    this.completedInvokedAtMs = Math.max(this.completedInvokedAtMs, invokedAtMs)
    if (!trace.isTold) return
    const told = value === null ? null : JSON.stringify(value)
    trace.tell({ kind: 'completed', atMs: nowMs, client, operation, f: ask.f, key: ask.key, outcome, value: told, node: nodeId })
  }
}
