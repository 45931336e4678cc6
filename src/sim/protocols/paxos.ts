import type { Protocol, ProtocolMachine } from '../../core/machine'
import { ordinalOf, paxosProtocol, roundOf, type PaxosMachine } from '../../core/paxos'
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

/** Chosen and not yet in force, or accepted somewhere and not chosen. */
function isChangingMembers(machines: readonly ProtocolMachine[]): boolean {
  const chosen = Math.max(0, ...machines.map((machine) => machine.status().committedIndex))
  return machines.some((machine) => {
    const { history, accepted } = (machine as PaxosMachine).inspect
    if (history.newest.from > chosen + 1) return true
    const { lastIndex } = machine.status()
    // What is not chosen is in memory.
    for (let slot = chosen + 1; slot <= lastIndex; slot++) if (accepted(slot)?.kind === 'members') return true
    return false
  })
}

export const paxosAdapter: Adapter = {
  name: 'paxos',
  begin: (plan) => ({ open: () => protocolOf(plan), issued: () => undefined, behave: () => undefined }),
  epochWord: 'ballot',
  epochText: (machine, ballot) => (ballot === 0 ? '0' : `${roundOf(ballot)}.${(machine as PaxosMachine).inspect.history.owner(ordinalOf(ballot)) ?? '?'}`),
  invariants: paxosInvariants,
  replacements: () => 0,
  isChangingMembers,
  faultsMax: (members) => Math.floor((members - 1) / 2),
  repliesNeeded: () => 1,
  // Where proposals are forwarded, reads are too.
  supports: { membership: true, transfer: true, byzantine: false, readsAnywhere: true },
}
