/**
 * Who is a member and what for. A configuration is an entry of the log and is in force from the moment it is appended (Raft,
 * section 6; thesis, section 4.1), so it is rolled back when that entry is truncated.
 */
import { isPlanted } from '../base'
import { JointQuorum, MajorityQuorum, type Quorum } from '../quorum'
import type { MemberKind } from '../machine'
import type { MemberClaim } from '../observation'

export interface Member {
  readonly id: string
  readonly name: string
  readonly address: string
  readonly kind: MemberKind
  /** A learner that becomes a voter by itself once it has caught up. */
  readonly promote: boolean
}

export interface Configuration {
  /** By id. Of a joint configuration the incoming half. */
  readonly members: readonly Member[]
  /** The outgoing half of a joint configuration, whole; null where it is not joint. */
  readonly outgoing: readonly Member[] | null
  /** Made by one node on its own word, after the majority was lost. */
  readonly isForced: boolean
}

/** Voters and witnesses: both vote and both acknowledge. */
export const votes = (member: Member): boolean => member.kind !== 'learner'

export const votersOf = (members: readonly Member[]): string[] => members.filter(votes).map((member) => member.id)

export function toConfiguration(members: readonly MemberClaim[]): Configuration {
  const kind = (claim: MemberClaim): MemberKind => (claim.witness === true ? 'witness' : claim.voter ? 'voter' : 'learner')
  return {
    members: sorted(members.map((claim) => ({ id: claim.id, name: claim.name, address: claim.address, kind: kind(claim), promote: false }))),
    outgoing: null, isForced: false,
  }
}

export const sorted = (members: readonly Member[]): Member[] => [...members].sort((one, other) => (one.id < other.id ? -1 : one.id > other.id ? 1 : 0))

export function toClaims(configuration: Configuration): MemberClaim[] {
  return everyone(configuration).map((member) => ({
    id: member.id, name: member.name, address: member.address, voter: votes(member), ...(member.kind === 'witness' ? { witness: true } : {}),
  }))
}

/** All members of both halves, once each; where they are in both, as in the incoming one unless only the outgoing one lets them vote. */
export function everyone({ members, outgoing }: Configuration): readonly Member[] {
  if (outgoing === null) return members
  const found = new Map(outgoing.map((member) => [member.id, member]))
  for (const member of members) if (votes(member) || !votes(found.get(member.id) ?? member)) found.set(member.id, member)
  return sorted([...found.values()])
}

export function memberOf(configuration: Configuration, id: string): Member | undefined {
  const incoming = configuration.members.find((member) => member.id === id)
  const outgoing = configuration.outgoing?.find((member) => member.id === id)
  return incoming !== undefined && (votes(incoming) || outgoing === undefined || !votes(outgoing)) ? incoming : outgoing ?? incoming
}

export function quorumOf({ members, outgoing }: Configuration): Quorum {
  const incoming = new MajorityQuorum(votersOf(members))
  if (__PLANTED__ && isPlanted('raft/joint-counts-incoming-only')) return incoming
  return outgoing === null ? incoming : new JointQuorum(incoming, new MajorityQuorum(votersOf(outgoing)))
}

/**
 * True where every quorum holds a member that keeps data: witnesses are fewer than a majority of the voters, and there is a voter.
 * Without it an entry could be committed that no disk holds.
 */
export function keepsData(members: readonly Member[]): boolean {
  const voters = members.filter(votes).length
  const witnesses = members.filter((member) => member.kind === 'witness').length
  return voters > 0 && witnesses <= Math.floor(voters / 2)
}
