import { RAFT_OPTIONS, raftProtocol, type RaftMachine } from '../../core/raft'
import type { Protocol, ProtocolMachine } from '../../core/machine'
import { RAFT_INVARIANTS } from '../invariants/raft'
import type { SimulationPlan } from '../plan'
import type { Adapter } from './adapter'

/** A learner is promoted when it is so many entries behind at most. */
const PROMOTE_WITHIN_ENTRIES = 20

const protocolOf = ({ options, workload, timing }: SimulationPlan): Protocol<RaftMachine> => raftProtocol({
  ...RAFT_OPTIONS,
  reads: options.readMode,
  // Over one election timeout, and the two ticks by which counting in ticks is off.
  leaseDriftTicks: Math.ceil(timing.electionTicks * options.clockDriftMax) + 2,
  followerReads: workload.reads === 'any',
  forwardProposals: options.forwardProposals,
  promoteWithinEntries: PROMOTE_WITHIN_ENTRIES,
  priorities: new Map(Object.entries(options.priorities ?? {})),
})

/** By the newest configuration: appended and not committed, or joint. */
function isChangingMembers(machines: readonly ProtocolMachine[]): boolean {
  let committed = 0
  let newest: RaftMachine['inspect']['placed'] | null = null
  for (const machine of machines) {
    const { inspect } = machine as RaftMachine
    committed = Math.max(committed, inspect.committed)
    if (newest === null || inspect.placed.index > newest.index) newest = inspect.placed
  }
  return newest !== null && (newest.index > committed || newest.configuration.outgoing !== null)
}

export const raftAdapter: Adapter = {
  name: 'raft',
  begin: (plan) => ({ open: () => protocolOf(plan), issued: () => undefined, behave: () => undefined }),
  epochWord: 'term',
  epochText: (_machine, term) => String(term),
  invariants: RAFT_INVARIANTS,
  replacements: (machine) => (machine as RaftMachine).inspect.logVersion,
  isChangingMembers,
  faultsMax: (members) => Math.floor((members - 1) / 2),
  repliesNeeded: () => 1,
  supports: { membership: true, transfer: true, byzantine: false, readsAnywhere: true },
}
