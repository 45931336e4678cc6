import { fingerprintOf } from './log-matching'
import { PerNode, type RaftCheck, type RaftInvariant } from './per-node'

interface Applied {
  readonly term: number
  fingerprint: number | null
}

/** If a server has applied a log entry at a given index, no other server will ever apply a different log entry for the same index. */
export const stateMachineSafety: RaftInvariant = {
  name: 'State Machine Safety',
  source: 'Ongaro and Ousterhout 2014, figure 3; section 5.4.3',
  begin: (): RaftCheck => {
    const applied: (Applied | undefined)[] = []
    const seen = new PerNode(() => ({ incarnation: -1, applied: 0 }))
    return {
      afterStep: ({ id, incarnation, machine: { inspect } }) => {
        const memory = seen.of(id)
        const from = memory.incarnation === incarnation ? memory.applied + 1 : 1
        memory.incarnation = incarnation
        memory.applied = inspect.applied
        for (let index = Math.max(from, inspect.firstIndex); index <= inspect.applied; index++) {
          const term = inspect.termOf(index)
          if (term === undefined) continue
          const entry = inspect.entryInMemory(index)
          const fingerprint = entry === undefined || entry.kind === 'stripped' ? null : fingerprintOf(entry)
          const before = applied[index]
          if (before === undefined) {
            applied[index] = { term, fingerprint }
            continue
          }
          const isOther = before.term !== term || (fingerprint !== null && before.fingerprint !== null && fingerprint !== before.fingerprint)
          if (isOther) return `${id} applied entry ${index} of term ${term}; another node had applied one of term ${before.term} there`
          before.fingerprint ??= fingerprint
        }
        return null
      },
    }
  },
}
