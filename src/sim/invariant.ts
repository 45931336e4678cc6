/** What must hold after every step, one file per invariant under invariants/<protocol>/, named as in the literature. */
import type { ProtocolMachine } from '../core/machine'

/** A node as an invariant sees it. */
export interface NodeView<Machine extends ProtocolMachine = ProtocolMachine> {
  readonly id: string
  /** Rises with every restart: what is only in memory may go back then. */
  readonly incarnation: number
  readonly isUp: boolean
  /** A liar by plan: nothing is asked of it, and nothing it says counts as said by a correct node. */
  readonly isByzantine: boolean
  /** Of the running incarnation; of the last one where the node is down. */
  readonly machine: Machine
}

export interface World<Machine extends ProtocolMachine = ProtocolMachine> {
  readonly nodes: readonly NodeView<Machine>[]
  readonly nowMs: number
  /** True if a client of this run proposed exactly these bytes, at any node; where the run keeps account of it. */
  wasProposed?(command: Uint8Array): boolean
}

/** The running check of one simulation. It keeps what it needs, so that one step costs what the step changed. */
export interface InvariantCheck<Machine extends ProtocolMachine = ProtocolMachine> {
  /** `node` has taken inputs and drained its effects. A sentence that says what is broken and for whom, or null. */
  afterStep(node: NodeView<Machine>): string | null
  /** `node` came back from its disk. */
  afterRestart?(node: NodeView<Machine>): string | null
}

export interface Invariant<Machine extends ProtocolMachine = ProtocolMachine> {
  /** As in the literature: "Election Safety". */
  readonly name: string
  /** Paper and section. */
  readonly source: string
  begin(world: World<Machine>): InvariantCheck<Machine>
}
