import { PerNode, type RaftCheck, type RaftInvariant } from './per-node'

/** Older reads than these many turns have been answered or dropped. */
const BOUNDS_MAX = 1000

/** From the read of number `asked` on, reads of this node must see `committed`. */
interface Bound {
  readonly asked: number
  readonly committed: number
}

/**
 * A read is answered from a state that holds at least what any member had committed before the read was asked for: nothing else could have been
 * acknowledged by then.
 */
export const readIndex: RaftInvariant = {
  name: 'Read Index',
  source: 'Ongaro 2014 (thesis), section 6.4',
  begin: (): RaftCheck => {
    let newest = 0
    const seen = new PerNode(() => ({ incarnation: -1, asked: 0, bounds: [] as Bound[] }))
    return {
      afterStep: ({ id, incarnation, machine: { inspect } }) => {
        const memory = seen.of(id)
        if (memory.incarnation !== incarnation) {
          memory.incarnation = incarnation
          memory.asked = 0
          memory.bounds = []
        }
        const { readsAsked, servedReads, committed } = inspect
        if (readsAsked > memory.asked) {
          // What this very step committed was not committed when its reads came in.
          memory.bounds.push({ asked: memory.asked + 1, committed: newest })
          memory.asked = readsAsked
        }
        if (committed > newest) newest = committed
        for (const { index, asked } of servedReads) {
          const bound = memory.bounds.findLast((each) => each.asked <= asked)?.committed ?? 0
          if (index < bound) return `${id} answers a read at ${index}; entry ${bound} was committed before it was asked for`
        }
        if (servedReads.length > 0 && memory.bounds.length > BOUNDS_MAX) memory.bounds = memory.bounds.slice(-BOUNDS_MAX / 2)
        return null
      },
    }
  },
}
