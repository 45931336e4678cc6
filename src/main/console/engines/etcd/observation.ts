/** From one member's own answers to the record that every view is made of. Pure. */
import type {
  Alarm, GroupObservation, Lag, LogObservation, Measured, MemberClaim, NodeObservation, PeerObservation, Position, Role,
} from '../../../../core/observation'
import { isUnknown, unknown } from '../../../../core/observation'
import { addressOf } from './membership'
import type { RaftStatus } from './progress'
import { NO_LEADER, type EtcdMember, type EtcdStatus } from './protocol'

export interface EtcdAnswer {
  readonly status: EtcdStatus
  /** null: it did not tell (a learner refuses to). */
  readonly members: readonly EtcdMember[] | null
  /** From /debug/vars, where it was asked and answered. */
  readonly raft: RaftStatus | null
  readonly rttMs: number
}

export type About = Pick<NodeObservation, 'clusterId' | 'nodeId' | 'name' | 'atMs' | 'source'>

const GROUP_ID = 'raft'

function roleOf({ status, raft }: EtcdAnswer): Measured<Role> {
  if (status.isLearner) return 'learner'
  if (status.leader === status.header.member_id) return 'leader'
  if (status.leader !== NO_LEADER) return 'follower'
  // Status alone does not tell a candidate from a follower that has heard of no leader yet.
  if (raft === null) return unknown('not-reported')
  return raft.raftState === 'StateFollower' ? 'follower' : 'candidate'
}

const ALARM_TEXTS: Readonly<Record<string, string>> = {
  NOSPACE: 'The database has reached its space quota; the cluster takes no more writes. Compact, defragment every member, then disarm the alarm.',
  CORRUPT: 'The data of this member differs from that of the others. Stop it and replace it.',
}

/** Status lists alarms as protobuf text, "memberID:123 alarm:NOSPACE ", and conditions as plain sentences. */
export function alarmsOf(errors: readonly string[], nameOf: (memberId: string) => string): readonly Alarm[] {
  return errors.filter((text) => !text.includes('etcdserver: no leader')).map((text): Alarm => {
    const match = /^\s*(?:memberID:(\d+)\s+)?alarm:([A-Z_]+)\s*$/.exec(text)
    if (match?.[2] === undefined) return { code: 'ENGINE', text }
    const raisedBy = match[1] === undefined ? '' : ` Raised by ${nameOf(BigInt(match[1]).toString(16))}.`
    return { code: match[2], text: `${ALARM_TEXTS[match[2]] ?? `etcd raised ${match[2]}.`}${raisedBy}` }
  })
}

/** From 3.6 on a leader counts itself only once its own write is on disk (raft's asynchronous storage writes). */
function ownProgressIsDurable(version: string): boolean {
  const match = /^(\d+)\.(\d+)/.exec(version)
  return match !== null && (Number(match[1]) > 3 || (Number(match[1]) === 3 && Number(match[2]) >= 6))
}

function logOf({ status, raft }: EtcdAnswer, position: (value: bigint) => Position): LogObservation {
  const own = raft?.progress[status.header.member_id]
  const match: Measured<Position> = own === undefined ? unknown('not-reported') : position(own.match)
  const durable = ownProgressIsDurable(status.version)
  return {
    firstAvailable: unknown('not-reported'),
    last: durable ? unknown('not-reported') : match,
    persisted: durable ? match : unknown('not-reported'),
    // Named raftIndex in the API; the server fills it with its commit index (etcdserver/api/v3rpc/maintenance.go).
    committed: position(status.raftIndex),
    applied: position(status.raftAppliedIndex),
  }
}

const FLOWS: Readonly<Record<string, string>> = { StateProbe: 'probe', StateReplicate: 'replicate', StateSnapshot: 'snapshot' }

function lag(entries: Measured<bigint>): Lag {
  const none = unknown('not-reported')
  return { entries, bytes: none, seconds: none, silentForMs: none, basis: 'leader-progress' }
}

/** A follower acknowledges entries once they are fsynced, so what the leader knows of it is the flushed position. */
function peersOf(answer: EtcdAnswer, position: (value: bigint) => Position): readonly PeerObservation[] {
  const own = answer.status.header.member_id
  if (answer.status.leader !== own) return []
  const progress = answer.raft?.progress
  const last = progress?.[own]?.match
  const ids = new Set([...(answer.members ?? []).map((member) => member.ID), ...Object.keys(progress ?? {})])
  return [...ids].filter((id) => id !== own).map((id): PeerObservation => {
    const peer = progress?.[id]
    if (peer === undefined) {
      const none = unknown('not-reported')
      return { id, stage: 'flushed', position: none, lag: lag(none), flow: none }
    }
    const behind = last === undefined ? unknown('not-reported') : last > peer.match ? last - peer.match : 0n
    return { id, stage: 'flushed', position: position(peer.match), lag: lag(behind), flow: FLOWS[peer.state] ?? peer.state }
  })
}

function membersOf(members: readonly EtcdMember[] | null): Measured<readonly MemberClaim[]> {
  if (members === null) return unknown('not-reported')
  return members.map((member) => ({
    id: member.ID, name: member.name === '' ? member.ID : member.name, voter: !member.isLearner,
    address: addressOf(member.clientURLs[0] ?? '') ?? member.peerURLs[0] ?? '',
  }))
}

export function observationOf(about: About, answer: EtcdAnswer): NodeObservation {
  const { status } = answer
  const position = (value: bigint): Position => ({ unit: 'entries', lineage: status.header.cluster_id, value })
  const nameOf = (id: string): string => answer.members?.find((member) => member.ID === id)?.name ?? id
  const group: GroupObservation = {
    groupId: GROUP_ID,
    role: roleOf(answer),
    fence: { kind: 'raft-term', value: status.raftTerm },
    leaderId: status.leader === NO_LEADER ? null : status.leader,
    members: membersOf(answer.members),
    log: logOf(answer, position),
    peers: peersOf(answer, position),
  }
  const raftTerm = answer.raft?.term
  return {
    ...about, rttMs: answer.rttMs, reachability: 'ok', groups: [group], links: [], alarms: alarmsOf(status.errors, nameOf), version: status.version,
    storage: {
      usedBytes: status.dbSize,
      // 3.3 and older have neither field; proto3 then reads 0, which no database has.
      inUseBytes: status.dbSizeInUse === 0n ? unknown('not-supported') : status.dbSizeInUse,
      quotaBytes: status.dbSizeQuota === 0n ? unknown('not-reported') : status.dbSizeQuota,
    },
    // Raft's own term can be ahead of the term Status tells, which is that of the last applied entry.
    extras: { etcdClusterId: status.header.cluster_id, ...(raftTerm === undefined || isUnknown(raftTerm) ? {} : { raftStateTerm: raftTerm }) },
  }
}
