/** Which cells of the ledger and which deeds a protocol can reach at all. */
import type { ProtocolName } from '../../core/machine'
import { FAULT_KINDS, PHASES, type FaultKind, type Phase } from '../plan'
import { DEEDS, type Deed } from '../types'

const ONLY: Readonly<Partial<Record<Deed, readonly ProtocolName[]>>> = {
  'lease-read': ['raft', 'paxos'], 'index-read': ['raft', 'paxos'], 'follower-read': ['raft', 'paxos'], 'leadership-transfer': ['raft'],
  'member-added': ['raft', 'paxos'], 'member-removed': ['raft', 'paxos'], 'config-change': ['raft', 'paxos'], 'truncation': ['raft'],
  'view-change': ['pbft'], 'misbehaviour-proved': ['pbft'], 'equivocation': ['pbft'], 'log-compacted': ['raft', 'paxos'],
}

export const possibleDeeds = (protocol: ProtocolName): readonly Deed[] => DEEDS.filter((deed) => ONLY[deed]?.includes(protocol) ?? true)

export function possibleCells(protocol: ProtocolName): readonly (readonly [FaultKind, Phase])[] {
  const kinds = FAULT_KINDS.filter((kind) => protocol === 'raft' || kind !== 'transfer-leadership').filter((kind) => protocol !== 'pbft' || kind !== 'change-members')
  const phases = PHASES.filter((phase) => protocol !== 'pbft' || phase !== 'reconfiguration')
  return kinds.flatMap((kind) => phases.filter((phase) => isReachable(kind, phase)).map((phase) => [kind, phase] as const))
}

/** An operator asks a leader, and while there is none nobody is asked. */
const isReachable = (kind: FaultKind, phase: Phase): boolean => !((kind === 'change-members' || kind === 'transfer-leadership') && phase === 'election')
