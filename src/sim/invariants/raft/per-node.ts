import type { RaftMachine } from '../../../core/raft'
import type { Invariant, InvariantCheck, NodeView } from '../../invariant'

export type RaftInvariant = Invariant<RaftMachine>
export type RaftCheck = InvariantCheck<RaftMachine>
export type RaftNode = NodeView<RaftMachine>

/** What a check remembers of each node. */
export class PerNode<Memory> {
  readonly #memories = new Map<string, Memory>()
  readonly #make: () => Memory

  constructor(make: () => Memory) {
    this.#make = make
  }

  of(id: string): Memory {
    let memory = this.#memories.get(id)
    if (memory === undefined) {
      memory = this.#make()
      this.#memories.set(id, memory)
    }
    return memory
  }
}
