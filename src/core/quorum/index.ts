export { ByzantineQuorum } from './byzantine'
export { JointQuorum } from './joint'
export { MajorityQuorum } from './majority'
export type { Quorum, VoteResult } from './quorum'
