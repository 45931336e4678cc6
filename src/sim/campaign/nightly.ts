/**
 * What is run every night: for each protocol a list of campaigns whose ledgers together leave no cell and no deed empty. The swarm finds what
 * nobody thought of; the others aim at the cells that it hits seldom or never. A run of it says whether the list keeps what it promises.
 */
import type { ProtocolName } from '../../core/machine'
import type { Profile } from '../plan'

export interface NightlyCampaign {
  readonly name: string
  /** Null: each seed draws its own. */
  readonly profile: Profile | null
  readonly seeds: number
}

const SWARM: NightlyCampaign = { name: 'swarm', profile: null, seeds: 20_000 }
const MOMENTS: NightlyCampaign = { name: 'moments', profile: 'moments', seeds: 5_000 }
const TRANSFERS: NightlyCampaign = { name: 'transfers', profile: 'transfers', seeds: 5_000 }
const CHANGES: NightlyCampaign = { name: 'changes', profile: 'changes', seeds: 5_000 }
const LIARS: NightlyCampaign = { name: 'liars', profile: 'byzantine', seeds: 5_000 }
/** The option that is off elsewhere; its deeds are to be seen too. */
const TENTATIVE: NightlyCampaign = { name: 'tentative', profile: 'tentative', seeds: 5_000 }

/** Priorities, and limits far below those that are in force elsewhere. */
const OPTIONS: NightlyCampaign = { name: 'options', profile: 'options', seeds: 5_000 }

/** Over 20,000 seeds of the swarm for each protocol, and 5,000 for each thing that it meets too seldom. */
export const NIGHTLY: Readonly<Record<ProtocolName, readonly NightlyCampaign[]>> = {
  raft: [MOMENTS, CHANGES, TRANSFERS, OPTIONS, SWARM],
  paxos: [MOMENTS, CHANGES, TRANSFERS, OPTIONS, SWARM],
  // Its members are fixed.
  pbft: [MOMENTS, TRANSFERS, TENTATIVE, OPTIONS, LIARS, SWARM],
}
