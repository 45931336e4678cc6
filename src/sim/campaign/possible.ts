/** Which cells of the ledger and which deeds a protocol can reach at all, and what its plans can aim at. */
import type { ProtocolName } from '../../core/machine'
import { FAULT_KINDS, PHASES, PROFILES, type FaultKind, type Phase, type Profile } from '../plan'
import { DEEDS, type Deed } from '../types'

const ONLY: Readonly<Partial<Record<Deed, readonly ProtocolName[]>>> = {
  // A client of PBFT takes what f + 1 replicas answer alike, by no lease and no index, and no single member has answered it.
  'lease-read': ['raft', 'paxos'], 'index-read': ['raft', 'paxos'], 'follower-read': ['raft', 'paxos'],
  // The replicas of PBFT are fixed: it refuses to change them.
  'member-added': ['raft', 'paxos'], 'member-removed': ['raft', 'paxos'], 'config-change': ['raft', 'paxos'],
  // Only Raft has logs whose ends another leader's replace; in the others a place may get another value, and nothing behind it goes.
  'truncation': ['raft'],
  // Views are PBFT's, and only of it do plans have liars: Raft and Paxos are for nodes that crash.
  'view-change': ['pbft'], 'misbehaviour-proved': ['pbft'], 'equivocation': ['pbft'],
  // Only PBFT executes what is not decided, in a profile of its own.
  'tentative-reply': ['pbft'], 'tentative-undone': ['pbft'],
}

export const possibleDeeds = (protocol: ProtocolName): readonly Deed[] => DEEDS.filter((deed) => ONLY[deed]?.includes(protocol) ?? true)

export function possibleCells(protocol: ProtocolName): readonly (readonly [FaultKind, Phase])[] {
  // The replicas of PBFT are fixed: no change of them is ever under way, and none is asked for. Every other fault can come in every phase;
  // an operator finds a leader in an election too, where another member stands against it.
  const kinds = FAULT_KINDS.filter((kind) => protocol !== 'pbft' || kind !== 'change-members')
  const phases = PHASES.filter((phase) => protocol !== 'pbft' || phase !== 'reconfiguration')
  return kinds.flatMap((kind) => phases.map((phase) => [kind, phase] as const))
}

/** What plans of a protocol can aim at: only PBFT has liars and executes tentatively, and its members do not change. */
export function possibleProfiles(protocol: ProtocolName): readonly Profile[] {
  const impossible: readonly Profile[] = protocol === 'pbft' ? ['membership', 'changes'] : ['byzantine', 'tentative']
  return PROFILES.filter((profile) => !impossible.includes(profile))
}
