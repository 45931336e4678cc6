/** The protocol's invariants over one simulation. */
import type { Cluster } from './cluster'
import type { InvariantCheck } from './invariant'
import type { SimulatedNode } from './node'

export class Checks {
  readonly #cluster: Cluster
  readonly #checks: { readonly name: string; readonly source: string; readonly check: InvariantCheck }[] = []

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  /** `nodes` grows when a node runs for the first time. */
  begin(nodes: readonly SimulatedNode[]): void {
    const cluster = this.#cluster
    const world = { nodes, get nowMs() { return cluster.nowMs } }
    for (const invariant of cluster.adapter.invariants) this.#checks.push({ name: invariant.name, source: invariant.source, check: invariant.begin(world) })
  }

  /** False where one is broken; the first is reported. */
  afterStep(node: SimulatedNode): boolean {
    this.#cluster.trace.counts.invariantEvaluations += this.#checks.length
    for (const { name, source, check } of this.#checks) {
      const message = check.afterStep(node)
      if (message === null) continue
      this.#cluster.fail({ invariant: name, source, message }, node.id)
      return false
    }
    return true
  }

  afterRestart(node: SimulatedNode): void {
    if (node.isByzantine) return
    for (const { name, source, check } of this.#checks) {
      const message = check.afterRestart?.(node) ?? null
      if (message !== null) this.#cluster.fail({ invariant: name, source, message }, node.id)
    }
  }
}
