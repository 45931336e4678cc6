/** All planted bugs, protocol by protocol, those of the state machine and of the driver among them. */
import type { PlantedBug } from '../../../src/main/cli/sim'
import type { Profile } from '../../../src/sim'
import { PLANTED_DRIVER_BUGS } from './driver'
import { PLANTED_PAXOS_BUGS } from './paxos'
import { PLANTED_PBFT_BUGS, PLANTED_TENTATIVE_BUGS } from './pbft'
import { PLANTED_RAFT_BUGS } from './raft'
import { PLANTED_STATE_BUGS } from './state'

/**
 * What plans aim at while a bug is looked for, where the ordinary swarm would take long. Each of these is part of the ordinary campaign too,
 * but for `tentative`, which alone turns on the option that its bugs are in.
 */
const AIMS: readonly (readonly [pattern: RegExp, profile: Profile])[] = [
  [/\/(read-|lease-|follower-read)/, 'reads'],
  [/^paxos\/(pending-members|new-voters|counted-by-newest)/, 'membership'],
  [/^pbft\/.*tentative/, 'tentative'],
  [/^pbft\/(new-view|request-not|signature|digest|second-pre-prepare)/, 'byzantine'],
  [/^raft\/(snapshot-without|change-|two-changes|configuration-|joint-|removed-|witness-|transfer-)/, 'membership'],
  [/^(snapshot\/|raft\/(snapshot-|compaction-|install-|new-begin))/, 'snapshots'],
  [/^raft\/(own-vote|write-completion)/, 'elections'],
]

export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...PLANTED_RAFT_BUGS, ...PLANTED_PAXOS_BUGS, ...PLANTED_PBFT_BUGS, ...PLANTED_TENTATIVE_BUGS, ...PLANTED_DRIVER_BUGS, ...PLANTED_STATE_BUGS,
].map((bug: PlantedBug) => {
  const aim = bug.profile === undefined ? AIMS.find(([pattern]) => pattern.test(bug.id)) : undefined
  return aim === undefined ? bug : { ...bug, profile: aim[1] }
})
