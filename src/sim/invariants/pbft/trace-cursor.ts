/** Reads what correct replicas did since the last look, so that a step costs what it changed. */
import type { PbftMachine, TraceEntry } from '../../../core/pbft'
import type { NodeView } from '../../invariant'

export class TraceCursor {
  readonly #seen = new Map<string, { readonly incarnation: number; readonly end: number }>()

  /** Nothing for a liar, or for a node that has never started. */
  take(node: NodeView<PbftMachine>): readonly TraceEntry[] {
    if (node.isByzantine || node.incarnation === 0) return []
    const { trace } = node.machine
    const seen = this.#seen.get(node.id)
    const from = seen?.incarnation === node.incarnation ? seen.end : 0
    if (trace.end === from) return []
    this.#seen.set(node.id, { incarnation: node.incarnation, end: trace.end })
    return trace.since(from)
  }
}
