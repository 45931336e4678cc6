import type { MajorityQuorum } from './majority'
import type { Quorum, VoteResult } from './quorum'

/** Joint consensus (Raft, section 6): a decision needs a majority of the incoming and of the outgoing voters. */
export class JointQuorum implements Quorum {
  readonly voters: readonly string[]
  readonly incoming: MajorityQuorum
  readonly outgoing: MajorityQuorum

  constructor(incoming: MajorityQuorum, outgoing: MajorityQuorum) {
    this.incoming = incoming
    this.outgoing = outgoing
    this.voters = [...new Set([...incoming.voters, ...outgoing.voters])].sort()
  }

  has(id: string): boolean {
    return this.incoming.has(id) || this.outgoing.has(id)
  }

  committed(acked: (id: string) => number | undefined): number {
    return Math.min(this.incoming.committed(acked), this.outgoing.committed(acked))
  }

  vote(voted: (id: string) => boolean | undefined): VoteResult {
    const incoming = this.incoming.vote(voted)
    const outgoing = this.outgoing.vote(voted)
    if (incoming === outgoing) return incoming
    return incoming === 'lost' || outgoing === 'lost' ? 'lost' : 'pending'
  }

  margin(alive: (id: string) => boolean): number {
    return Math.min(this.incoming.margin(alive), this.outgoing.margin(alive))
  }

  describe(acked: (id: string) => number | undefined): string {
    return `incoming\n${this.incoming.describe(acked)}\noutgoing\n${this.outgoing.describe(acked)}`
  }
}
