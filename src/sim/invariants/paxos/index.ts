import type { PaxosMachine } from '../../../core/paxos'
import type { Invariant } from '../../invariant'
import { configurationInForce } from './configuration-in-force'
import { executedPrefix, monotonic, trimming } from './executed-prefix'
import { leaderLease } from './leader-lease'
import { learnedIsChosen } from './learned-is-chosen'
import { oneValueChosen } from './one-value-chosen'
import { promiseRule } from './promise-rule'
import { chosenIsSafe, oneValuePerBallot, preparedForSlot, uniqueProposer } from './proposal-rules'
import { readIndex } from './read-index'

export const paxosInvariants: readonly Invariant<PaxosMachine>[] = [
  oneValueChosen, learnedIsChosen, promiseRule, uniqueProposer, oneValuePerBallot, preparedForSlot, chosenIsSafe, executedPrefix, monotonic, configurationInForce, trimming, readIndex, leaderLease,
]
