/** Watches the state machines of all nodes: what they apply, the snapshots they take and are given. */
import type { CountedMachine } from './application'
import type { Cluster } from './cluster'
import { SOURCES } from './ledger'
import type { SimulatedNode } from './node'

/** Replies of one byte carry nothing: those that say that an earlier one is not kept any more are among them. */
const isForgetful = (reply: Uint8Array): boolean => reply.length === 1

export class States {
  readonly #cluster: Cluster

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  applied(node: SimulatedNode, order: number, command: Uint8Array, reply: Uint8Array, hash: () => string): void {
    if (node.isByzantine) return
    const cluster = this.#cluster
    const { ledger, trace } = cluster
    const broken = ledger.applied(node.id, order, command, reply, isForgetful) ??
      (ledger.isDue(order) ? ledger.state(node.id, order, hash()) : null)
    if (ledger.isRepeated) trace.did('duplicate-reply')
    if (broken !== null) cluster.fail(broken, node.id)
    if (trace.isTold) trace.tell({ kind: 'applied', atMs: cluster.nowMs, node: node.id, order, command: cluster.describeCommand(command) })
  }

  /** Entries were given back, or replaced by those of another leader. */
  logChanged(node: SimulatedNode, firstIndex: number): void {
    const { trace, adapter } = this.#cluster
    if (firstIndex > node.firstIndex) {
      if (node.firstIndex > 0) trace.did('log-compacted')
      node.firstIndex = firstIndex
    }
    const replacements = adapter.replacements(node.machine)
    if (replacements === node.replacements) return
    if (replacements > node.replacements) trace.did('truncation')
    node.replacements = replacements
  }

  snapshotTaken(node: SimulatedNode): void {
    const { phases, trace, nowMs } = this.#cluster
    phases.snapshot(nowMs)
    trace.did('snapshot-taken')
    if (trace.isTold) trace.tell({ kind: 'snapshot', atMs: nowMs, node: node.id, index: node.machine.status().appliedIndex, what: 'taken' })
  }

  installed(node: SimulatedNode, index: number): void {
    const { phases, trace, nowMs } = this.#cluster
    phases.installing(nowMs)
    trace.did('snapshot-installed')
    trace.did('state-transfer')
    trace.tell({ kind: 'snapshot', atMs: nowMs, node: node.id, index, what: 'installed' })
  }

  restored(node: SimulatedNode, application: CountedMachine, order: number): void {
    const { ledger, trace } = this.#cluster
    trace.hash.number(order)
    if (node.isByzantine) return
    const broken = order > ledger.length
      ? { invariant: 'State Machine Safety', source: SOURCES.stateMachineSafety, message: `${node.id} restored a state of ${order} commands; only ${ledger.length} were ever applied.` }
      : ledger.state(node.id, order, application.hash())
    if (broken !== null) this.#cluster.fail(broken, node.id)
  }
}
