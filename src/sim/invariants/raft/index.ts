import { acknowledgedIsDurable } from './acknowledged-is-durable'
import { commitOfOwnTerm } from './commit-of-own-term'
import { committedIsDurable } from './committed-is-durable'
import { configurationsMatchLog } from './configurations-match-log'
import { electionRestriction } from './election-restriction'
import { electionSafety } from './election-safety'
import { leaderAppendOnly } from './leader-append-only'
import { leaderCompleteness } from './leader-completeness'
import { leaderHoldsData } from './leader-holds-data'
import { leaderIsDurable } from './leader-is-durable'
import { leaderLease } from './leader-lease'
import { logBounds } from './log-bounds'
import { logInv } from './log-inv'
import { logMatching } from './log-matching'
import { appliedMonotonic, commitMonotonic, termMonotonic } from './monotonic'
import { oneChangeAtATime } from './one-change-at-a-time'
import type { RaftInvariant } from './per-node'
import { preVoteBeforeTerm } from './pre-vote-before-term'
import { progressOrder } from './progress-order'
import { quorumLogInv } from './quorum-log-inv'
import { readIndex } from './read-index'
import { removedLeaderStepsDown } from './removed-leader-steps-down'
import { stateMachineSafety } from './state-machine-safety'

/** After every step, in this order: the first that is broken is reported. */
export const RAFT_INVARIANTS: readonly RaftInvariant[] = [
  electionSafety, electionRestriction, commitOfOwnTerm, leaderHoldsData, removedLeaderStepsDown, leaderIsDurable, leaderAppendOnly, logMatching, leaderCompleteness, logInv,
  stateMachineSafety, acknowledgedIsDurable, committedIsDurable, quorumLogInv,
  termMonotonic, commitMonotonic, appliedMonotonic, progressOrder, logBounds, oneChangeAtATime, configurationsMatchLog, preVoteBeforeTerm, readIndex, leaderLease,
]
