import type { PeerView, RaftMachine } from '../../../core/raft'
import type { World } from '../../invariant'
import { PerNode, type RaftCheck, type RaftInvariant } from './per-node'

/** What a leader takes a follower to hold is on that follower's disk, in the leader's term at least. */
export const acknowledgedIsDurable: RaftInvariant = {
  name: 'Acknowledged Is Durable',
  source: 'Ongaro and Ousterhout 2014, figure 2: persistent state is on stable storage before an answer',
  begin: (world: World<RaftMachine>): RaftCheck => {
    const seen = new PerNode(() => new WeakMap<PeerView, number>())
    return {
      afterStep: ({ id, machine: { inspect } }) => {
        if (inspect.role !== 'leader') return null
        const matches = seen.of(id)
        for (const peer of inspect.peers) {
          if (matches.get(peer) === peer.match) continue
          matches.set(peer, peer.match)
          const theirs = world.nodes.find((node) => node.id === peer.id)?.machine.inspect
          // One that has gone on to a later term may have replaced what it acknowledged in this one.
          if (theirs?.term !== inspect.term) continue
          if (theirs.persisted < peer.match) return `${id} takes ${peer.id} to hold ${peer.match}, of which only ${theirs.persisted} is on its disk`
        }
        return null
      },
    }
  },
}
