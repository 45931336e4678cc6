import { assert } from '../base'
import type { Quorum, VoteResult } from './quorum'

/** Any so many of the voters are a quorum. How many, and what that tolerates, is the word of the kind of quorum. */
export abstract class ThresholdQuorum implements Quorum {
  readonly voters: readonly string[]
  /** How many voters make a quorum. */
  readonly size: number
  readonly #scratch: Float64Array

  constructor(voters: readonly string[], size: number) {
    assert(new Set(voters).size === voters.length, 'a voter is named once')
    this.voters = [...voters].sort()
    this.size = size
    this.#scratch = new Float64Array(voters.length)
  }

  has(id: string): boolean {
    return this.voters.includes(id)
  }

  committed(acked: (id: string) => number | undefined): number {
    const { voters } = this
    const sorted = this.#scratch
    const count = voters.length
    if (count === 0) return Number.MAX_SAFE_INTEGER
    // Insertion sort: groups are small and this runs for every acknowledgement.
    for (let i = 0; i < count; i++) {
      const value = acked(voters[i] as string) ?? 0
      let at = i
      for (; at > 0 && (sorted[at - 1] as number) > value; at--) sorted[at] = sorted[at - 1] as number
      sorted[at] = value
    }
    return sorted[count - this.size] as number
  }

  vote(voted: (id: string) => boolean | undefined): VoteResult {
    const { voters, size } = this
    if (voters.length === 0) return 'won'
    let yes = 0
    let no = 0
    for (const id of voters) {
      const vote = voted(id)
      if (vote === true) yes++
      else if (vote === false) no++
    }
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
    return [...lines, `committed ${committed} by ${this.size} of ${this.voters.length}`].join('\n')
  }
}
