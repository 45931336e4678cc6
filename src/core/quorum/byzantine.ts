import { assert } from '../base'
import type { Quorum, VoteResult } from './quorum'

/**
 * Byzantine quorums (Castro and Liskov, section 3; Malkhi and Reiter 1998): of n replicas up to f = floor((n - 1) / 3) may lie. A quorum
 * has ceil((n + f + 1) / 2) members, which is 2f + 1 for n = 3f + 1: any two quorums share f + 1 replicas, hence a correct one, and
 * the n - f correct ones are enough for one. A set of f + 1 (`weakSize`) holds at least one correct replica.
 */
export class ByzantineQuorum implements Quorum {
  readonly voters: readonly string[]
  /** How many may be faulty in any way. */
  readonly faultsMax: number
  /** How many voters make a quorum. */
  readonly size: number
  /** How many voters hold at least one correct one. */
  readonly weakSize: number

  constructor(voters: readonly string[]) {
    assert(new Set(voters).size === voters.length, 'a voter is named once')
    this.voters = [...voters].sort()
    const count = voters.length
    this.faultsMax = Math.max(0, Math.floor((count - 1) / 3))
    this.size = Math.ceil((count + this.faultsMax + 1) / 2)
    this.weakSize = this.faultsMax + 1
  }

  has(id: string): boolean {
    return this.voters.includes(id)
  }

  committed(acked: (id: string) => number | undefined): number {
    if (this.voters.length === 0) return Number.MAX_SAFE_INTEGER
    const sorted = this.voters.map((id) => acked(id) ?? 0).sort((one, other) => one - other)
    return sorted[sorted.length - this.size] as number
  }

  vote(voted: (id: string) => boolean | undefined): VoteResult {
    const { voters, size } = this
    if (voters.length === 0) return 'won'
    const yes = voters.filter((id) => voted(id) === true).length
    const no = voters.filter((id) => voted(id) === false).length
    if (yes >= size) return 'won'
    return voters.length - no >= size ? 'pending' : 'lost'
  }

  margin(alive: (id: string) => boolean): number {
    if (this.voters.length === 0) return Number.MAX_SAFE_INTEGER
    return this.voters.filter(alive).length - this.size
  }

  describe(acked: (id: string) => number | undefined): string {
    const lines = this.voters.map((id) => {
      const value = acked(id)
      return `${id} ${value === undefined ? '?' : String(value)}`
    })
    const committed = this.voters.length === 0 ? 'everything' : String(this.committed(acked))
    return [...lines, `committed ${committed} by ${this.size} of ${this.voters.length}, of which ${this.faultsMax} may lie`].join('\n')
  }
}
