import type { Protocol } from '../../core/machine'
import { paxosProtocol, type PaxosMachine } from '../../core/paxos'
import { paxosInvariants } from '../invariants/paxos'
import type { SimulationPlan } from '../plan'
import type { Adapter } from './adapter'

function protocolOf({ options, timing }: SimulationPlan): Protocol<PaxosMachine> {
  const leaseTicks = timing.electionTicks
  return paxosProtocol({
    alpha: options.alpha,
    reads: options.readMode === 'lease' ? 'lease' : 'quorum',
    leaseTicks,
    leaseDriftTicks: Math.min(leaseTicks - 1, Math.ceil(leaseTicks * options.clockDriftMax) + 2),
    forwarding: options.forwardProposals,
    isWatched: true,
  })
}

export const paxosAdapter: Adapter = {
  name: 'paxos',
  begin: (plan) => ({ open: () => protocolOf(plan), issued: () => undefined, behave: () => undefined }),
  invariants: paxosInvariants,
  replacements: () => 0,
  faultsMax: (members) => Math.floor((members - 1) / 2),
  repliesNeeded: () => 1,
  // Where proposals are forwarded, reads are too.
  supports: { membership: true, transfer: false, byzantine: false, readsAnywhere: true },
}
