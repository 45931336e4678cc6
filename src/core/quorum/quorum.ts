/**
 * A quorum system: which sets of members decide. After etcd-io/raft's quorum package: what is committed and how a vote
 * stands are questions to the configuration, so that a joint one (Raft, section 6) answers in the place of a plain one.
 */
export type VoteResult = 'pending' | 'won' | 'lost'

export interface Quorum {
  /** Every voter once, in a fixed order. */
  readonly voters: readonly string[]
  has(id: string): boolean
  /**
   * The largest number that a quorum has acknowledged; a voter that `acked` does not know counts as 0. Number.MAX_SAFE_INTEGER where
   * there are no voters, so that an empty half of a joint configuration decides nothing.
   */
  committed(acked: (id: string) => number | undefined): number
  /** How a vote stands in which true is yes, false is no and undefined is not voted yet. */
  vote(voted: (id: string) => boolean | undefined): VoteResult
  /** How many more of the voters in `alive` may fail before no quorum is left; negative when there is none now. */
  margin(alive: (id: string) => boolean): number
  /** For a person: one line a voter, with what it acknowledged, and the committed number. */
  describe(acked: (id: string) => number | undefined): string
}
