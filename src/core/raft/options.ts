/** Choices of a Raft group beside its limits. All members of a group are given the same, but for `forcedMembers`. */
import type { MemberClaim } from '../observation'

/**
 * The only way on for a group that has lost its majority for good: makes this node the one voter, on its own word. What it never received
 * is lost, acknowledged or not. Done on one survivor only, and the lost members must never come back with their old disks.
 */
export interface ForcedMembers {
  /** This node as the only voter; the others as learners (they are promoted by themselves once they have caught up). */
  readonly members: readonly MemberClaim[]
  /** The last index of this node's log, as the operator saw it: bound to it, so that it is done once and not again. */
  readonly lastIndex: number
  readonly acceptDataLoss: true
}

export interface RaftOptions {
  /**
   * `index`: each read is confirmed by a quorum (ReadIndex). `lease`: a leader that a quorum answered lately answers by itself,
   * which rests on clocks that drift apart by less than `leaseDriftTicks` in an election timeout.
   */
  readonly reads: 'index' | 'lease'
  /** By how many ticks the clocks of two members may differ over one election timeout. */
  readonly leaseDriftTicks: number
  /** Followers may be asked to read: they ask the leader for an index and answer from their own state. */
  readonly followerReads: boolean
  /** Followers send proposals on to the leader. */
  readonly forwardProposals: boolean
  /** By member id, 0 where absent: a member waits one more election timeout for each step below the highest of its configuration. */
  readonly priorities: ReadonlyMap<string, number>
  /** A learner is promoted when it is at most so many entries behind the end of the log, after a round shorter than an election timeout. */
  readonly promoteWithinEntries: number
  /** A leader leaves a joint configuration by itself once it is committed. */
  readonly leavesJointByItself: boolean
  readonly forcedMembers: ForcedMembers | null
}

export const RAFT_OPTIONS: RaftOptions = {
  reads: 'index',
  leaseDriftTicks: 2,
  followerReads: false,
  forwardProposals: false,
  priorities: new Map(),
  promoteWithinEntries: 1000,
  leavesJointByItself: true,
  forcedMembers: null,
}
