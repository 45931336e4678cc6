import type { Entry } from '../../../core/raft'
import { PerNode, type RaftCheck, type RaftInvariant } from './per-node'

/** What an entry of an index and a term was first seen to be. */
interface Seen {
  readonly term: number
  readonly prevTerm: number
  /** Null until a node was seen that holds it with its data in memory. */
  fingerprint: number | null
}

/**
 * If two logs contain an entry with the same index and term, then the logs are identical in all entries up through the given index. By
 * induction: an entry of one index and term is the same everywhere and follows an entry of the same term everywhere.
 */
export const logMatching: RaftInvariant = {
  name: 'Log Matching',
  source: 'Ongaro and Ousterhout 2014, figure 3; section 5.3',
  begin: (): RaftCheck => {
    const entries: (Seen[] | undefined)[] = []
    const memories = new PerNode(() => ({ incarnation: -1, version: -1, lastIndex: 0 }))

    const check = (id: string, index: number, term: number, prevTerm: number, entry: Entry | undefined): string | null => {
      const there = (entries[index] ??= [])
      const same = there.find((each) => each.term === term)
      const fingerprint = entry === undefined || entry.kind === 'stripped' ? null : fingerprintOf(entry)
      if (same === undefined) {
        there.push({ term, prevTerm, fingerprint })
        return null
      }
      if (same.prevTerm !== prevTerm) return `entry ${index} of term ${term} follows term ${prevTerm} on ${id} and term ${same.prevTerm} elsewhere`
      if (fingerprint !== null && same.fingerprint !== null && fingerprint !== same.fingerprint) return `entry ${index} of term ${term} is another one on ${id}`
      same.fingerprint ??= fingerprint
      return null
    }

    return {
      afterStep: ({ id, incarnation, machine: { inspect } }) => {
        const memory = memories.of(id)
        const { logVersion, lastIndex, firstIndex } = inspect
        let from = memory.lastIndex + 1
        if (memory.incarnation !== incarnation) from = firstIndex
        else if (memory.version !== logVersion) {
          // More than one replacement may lie between: then all is looked at again.
          from = memory.version + 1 === logVersion ? Math.min(from, inspect.replacedFrom) : firstIndex
        }
        memory.incarnation = incarnation
        memory.version = logVersion
        memory.lastIndex = lastIndex
        for (let index = Math.max(from, firstIndex); index <= lastIndex; index++) {
          const broken = check(id, index, inspect.termOf(index) ?? 0, inspect.termOf(index - 1) ?? 0, inspect.entryInMemory(index))
          if (broken !== null) return broken
        }
        return null
      },
    }
  },
}

/** FNV-1a over the kind, the length and the data. */
export function fingerprintOf({ kind, data }: Entry): number {
  let hash = 0x811c9dc5 ^ kind.length ^ (data.length << 8)
  for (let i = 0; i < data.length; i++) hash = Math.imul(hash ^ (data[i] as number), 0x01000193)
  return hash >>> 0
}
