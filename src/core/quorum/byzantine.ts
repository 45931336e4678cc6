import { ThresholdQuorum } from './threshold'

/**
 * Byzantine quorums (Castro and Liskov, section 3; Malkhi and Reiter 1998): of n replicas up to f = floor((n - 1) / 3) may lie. A quorum
 * has ceil((n + f + 1) / 2) members, which is 2f + 1 for n = 3f + 1: any two quorums share f + 1 replicas, so one correct at least, and
 * the n - f correct ones are enough for one. A set of f + 1 (`weakSize`) holds at least one correct replica.
 */
export class ByzantineQuorum extends ThresholdQuorum {
  /** How many may be faulty in any way. */
  readonly faultsMax: number
  /** How many voters hold at least one correct one. */
  readonly weakSize: number

  constructor(voters: readonly string[]) {
    const faultsMax = Math.max(0, Math.floor((voters.length - 1) / 3))
    super(voters, Math.ceil((voters.length + faultsMax + 1) / 2))
    this.faultsMax = faultsMax
    this.weakSize = faultsMax + 1
  }

  override describe(acked: (id: string) => number | undefined): string {
    return `${super.describe(acked)}, of which ${this.faultsMax} may lie`
  }
}
