import type { RaftMachine } from '../../../core/raft'
import type { World } from '../../invariant'
import { PerNode, type RaftCheck, type RaftInvariant } from './per-node'

/** A vote goes only to a candidate whose log is at least as up to date as the voter's. */
export const electionRestriction: RaftInvariant = {
  name: 'Election Restriction',
  source: 'Ongaro and Ousterhout 2014, section 5.4.1',
  begin: (world: World<RaftMachine>): RaftCheck => {
    const seen = new PerNode(() => ({ term: 0, vote: null as string | null }))
    return {
      afterStep: ({ id, machine: { inspect } }) => {
        const memory = seen.of(id)
        const { term, vote } = inspect
        if (memory.term === term && memory.vote === vote) return null
        memory.term = term
        memory.vote = vote
        if (vote === null || vote === id) return null
        const candidate = world.nodes.find((node) => node.id === vote)
        const theirs = candidate?.machine.inspect
        // Its log is what it asked with only while it is still a candidate of this term.
        if (candidate?.isUp !== true || theirs?.term !== term || theirs.role !== 'candidate') return null
        const [own, other] = [inspect.termOf(inspect.lastIndex) ?? 0, theirs.termOf(theirs.lastIndex) ?? 0]
        if (other > own || (other === own && theirs.lastIndex >= inspect.lastIndex)) return null
        return `${id}, whose log ends at ${inspect.lastIndex} in term ${own}, voted for ${vote}, whose log ends at ${theirs.lastIndex} in term ${other}`
      },
    }
  },
}
