import type { RaftInspector } from '../../../core/raft'
import { PerNode, type RaftNode } from './per-node'

/** An entry that some node has taken for committed. */
export interface CommittedEntry {
  readonly term: number
  /** The term of the first node that was seen to take it for committed: the leader that committed it was in this term or before. */
  readonly seenInTerm: number
}

/** All entries that any node has taken for committed, by index, found by looking at what is new on each node. */
export class CommittedEntries {
  readonly #entries: (CommittedEntry | undefined)[] = []
  readonly #seen = new PerNode(() => ({ incarnation: -1, committed: 0 }))
  last = 0

  at(index: number): CommittedEntry | undefined {
    return this.#entries[index]
  }

  /** Takes in what `node` has newly committed. The first index at which it differs from what was committed before, or null. */
  look(node: RaftNode): number | null {
    const { inspect } = node.machine
    const seen = this.#seen.of(node.id)
    if (seen.incarnation !== node.incarnation) {
      seen.incarnation = node.incarnation
      seen.committed = 0
    }
    if (inspect.committed <= seen.committed) return null
    const conflict = this.#take(inspect, Math.max(seen.committed + 1, inspect.firstIndex))
    seen.committed = inspect.committed
    return conflict
  }

  #take(inspect: RaftInspector, from: number): number | null {
    const { committed, term: seenInTerm } = inspect
    for (let index = from; index <= committed; index++) {
      const term = inspect.termOf(index)
      if (term === undefined) continue
      const before = this.#entries[index]
      if (before === undefined) this.#entries[index] = { term, seenInTerm }
      else if (before.term !== term) return index
    }
    this.last = Math.max(this.last, committed)
    return null
  }
}
