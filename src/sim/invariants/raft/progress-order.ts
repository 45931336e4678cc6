import type { PeerView } from '../../../core/raft'
import { PerNode, type RaftCheck, type RaftInvariant } from './per-node'

/** In one reign the match index of a follower never goes back, and its next index is above it. */
export const progressOrder: RaftInvariant = {
  name: 'Monotonic Match, Next Above Match',
  source: 'Ongaro and Ousterhout 2014, figure 2: nextIndex and matchIndex',
  begin: (): RaftCheck => {
    // By the view, which is another one for a member that left and came back, perhaps with an empty disk.
    const seen = new PerNode(() => ({ incarnation: -1, term: 0, match: new Map<PeerView, number>() }))
    return {
      afterStep: ({ id, incarnation, machine: { inspect } }) => {
        if (inspect.role !== 'leader') return null
        const memory = seen.of(id)
        if (memory.incarnation !== incarnation || memory.term !== inspect.term) {
          memory.incarnation = incarnation
          memory.term = inspect.term
          memory.match.clear()
        }
        for (const peer of inspect.peers) {
          if (peer.next <= peer.match) return `${id} would send ${peer.id} entry ${peer.next}, which it holds already (match ${peer.match})`
          const before = memory.match.get(peer) ?? 0
          if (peer.match < before) return `${id} takes the match index of ${peer.id} back from ${before} to ${peer.match}`
          if (peer.match !== before) memory.match.set(peer, peer.match)
        }
        return null
      },
    }
  },
}
