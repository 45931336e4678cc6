import { ThresholdQuorum } from './threshold'

/** More than half of the voters. */
export class MajorityQuorum extends ThresholdQuorum {
  constructor(voters: readonly string[]) {
    super(voters, Math.floor(voters.length / 2) + 1)
  }
}
