/** Seeds that once violated an invariant in our own code, each with its story. The suite and `npm run sim -- --regressions` run them all. */
import type { ProtocolName } from '../../src/core/machine'
import type { Profile } from '../../src/sim'

export interface Regression {
  readonly protocol: ProtocolName
  readonly seed: number
  /** Absent: what the seed draws by itself. */
  readonly profile?: Profile
  readonly story: string
}

const TOKENS = 'A leader took its own proposals to lie at consecutive indexes. With a proposal that a follower had forwarded, or a change of members, in between, a client was given ' +
  'the reply to the command of another one.'

const SHARED_FRAME = 'Two appends that ended with the same entry were taken for the same frame: a witness was sent data, and a member with data could have been sent commands without ' +
  'theirs, since only the last entry was compared and a change of members is not stripped.'
const WITNESS_AHEAD = 'A leader sent a witness what was not on its own disk yet, and crashed: the witness, which cannot lead, was the only one with the entry and refused every vote.'
const WITNESS_LEFT_AHEAD = 'A leader that had removed itself went on until the change was committed, and sent a witness entries that the only other voter had not got yet. Then it left: ' +
  'the witness refused that voter, and nobody could lead any more.'
const ASKS_WHILE_BEHIND = 'A replica that had fallen behind asked again and again for what the others had executed long ago. Each time they ordered it once more, so that checkpoints moved on ' +
  'faster than it could fetch the state of one, and it never caught up.'

const WITNESS_LEFT_BEHIND = 'A witness was told where its log begins, and its leader had let go of what follows before the answer came. The leader told it the same place again and again, and ' +
  'never a newer one: it counted as a voter and acknowledged nothing, until others were needed that were gone.'

const PLACE_NEVER_FILLED = 'A follower waited for the place in the log that a leader had named for a forwarded proposal. That leader was gone, nothing ever came to the place, and since there was room for ' +
  'one proposal only, nobody could ask for anything that would have.'

/** Each was seen to fail with its bug put back. Plans are drawn from seeds: where drawing changes, the bug is put back and seeds that show it are chosen anew. */
export const REGRESSIONS: readonly Regression[] = [
  { protocol: 'raft', seed: 66, story: TOKENS },
  { protocol: 'raft', seed: 97, story: TOKENS },
  { protocol: 'raft', seed: 113, story: TOKENS },
  { protocol: 'raft', seed: 1000092, story: SHARED_FRAME },
  { protocol: 'raft', seed: 1001829, story: WITNESS_AHEAD },
  { protocol: 'raft', seed: 16956, story: WITNESS_LEFT_AHEAD },
  { protocol: 'pbft', seed: 12877, story: ASKS_WHILE_BEHIND },
  { protocol: 'pbft', seed: 18304, story: ASKS_WHILE_BEHIND },
  { protocol: 'raft', seed: 3363, profile: 'moments', story: WITNESS_LEFT_BEHIND },
  { protocol: 'raft', seed: 4944, profile: 'changes', story: WITNESS_LEFT_BEHIND },
  { protocol: 'raft', seed: 2100, profile: 'options', story: PLACE_NEVER_FILLED },
]
