/**
 * What one member of a replicated system itself says, and when: the one record from which everything on screen, in
 * history and in alerts is derived. Members' answers are never merged here.
 *
 * Every value in an observation is a claim by `nodeId` at `atMs`; these two are stated once per observation. A quantity
 * that was not measured is Unknown with its reason, never 0. 64-bit quantities are bigint.
 */

/** Why a quantity is not known. */
export type UnknownReason =
  | 'unreachable' // the member did not answer
  | 'not-reported' // the member answered and does not say
  | 'not-supported' // this engine or version has no such quantity
  | 'not-measured' // no measurement has been made yet
  | 'refused' // the member declined: authentication or permission

export interface Unknown {
  readonly unknown: UnknownReason
}

export type Measured<Value> = Value | Unknown

export const unknown = (why: UnknownReason): Unknown => ({ unknown: why })

export function isUnknown(value: unknown): value is Unknown {
  return typeof value === 'object' && value !== null && 'unknown' in value
}

/** The value, or `otherwise` where it is not known. */
export function knownOr<Value, Other>(value: Measured<Value>, otherwise: Other): Value | Other {
  return isUnknown(value) ? otherwise : value
}

/** A value with whose word it is and when it was said; what derivations hand to a screen. */
export type Claim<Value> =
  | { readonly value: Value; readonly by: string; readonly atMs: number }
  | { readonly unknown: UnknownReason; readonly by: string; readonly atMs: number }

/**
 * Whether a member answered, and why not. `stopped` and `ended` are said by who supervises its process, without dialling:
 * stopped on purpose, or ended otherwise (killed, crashed, never came up). The rest is what asking it met with.
 */
export type Reachability = 'ok' | 'refused' | 'timeout' | 'auth-failed' | 'tunnel-down' | 'stopped' | 'ended' | 'unknown'

export type Role = 'leader' | 'follower' | 'candidate' | 'learner' | 'observer' | 'witness' | 'primary' | 'standby' | 'replica'

/** What orders reigns. Values compare within one kind and one lineage only. */
export interface Fence {
  readonly kind: 'raft-term' | 'ballot' | 'view' | 'pg-timeline' | 'redis-epoch' | 'zab-epoch' | 'leader-epoch'
  readonly value: bigint
  /** How the protocol itself writes it, where that is not the bare number: a ballot as `7.n2`. */
  readonly label?: string
}

/** A place in a replicated log. Two positions compare only where unit and lineage are equal. */
export interface Position {
  readonly unit: 'entries' | 'bytes'
  /** What the count is counted in: a cluster id, a timeline, a replication id. */
  readonly lineage: string
  readonly value: bigint
}

export interface MemberClaim {
  readonly id: string
  readonly name: string
  readonly address: string
  readonly voter: boolean
  /** Votes and acknowledges, and keeps no data: it can never lead. */
  readonly witness?: boolean
  /** Between two configurations (joint consensus): it votes in this one only. Left out: in both, or there is but one. */
  readonly half?: 'outgoing' | 'incoming'
}

export interface LogObservation {
  readonly firstAvailable: Measured<Position>
  readonly last: Measured<Position>
  /** The last position durable on this member's own disk. */
  readonly persisted: Measured<Position>
  readonly committed: Measured<Position>
  readonly applied: Measured<Position>
}

/** How far a follower is behind, on the word of the member that reports it. */
export interface Lag {
  readonly entries: Measured<bigint>
  readonly bytes: Measured<bigint>
  readonly seconds: Measured<number>
  /** How long the follower has said nothing to the reporter. */
  readonly silentForMs: Measured<number>
  readonly basis: 'leader-progress' | 'self-report-difference' | 'server-computed'
}

export interface PeerObservation {
  readonly id: string
  readonly stage: 'sent' | 'written' | 'flushed' | 'applied'
  /** The last position the reporter knows this peer to hold at that stage. */
  readonly position: Measured<Position>
  readonly lag: Lag
  /** The protocol's own word for the flow to this peer: probe, replicate, snapshot, streaming, catchup... */
  readonly flow: Measured<string>
}

export interface GroupObservation {
  readonly groupId: string
  readonly role: Measured<Role>
  readonly fence: Measured<Fence>
  /** Whom this member takes for the leader; null where it says that there is none. */
  readonly leaderId: Measured<string | null>
  readonly members: Measured<readonly MemberClaim[]>
  readonly log: LogObservation
  readonly peers: readonly PeerObservation[]
}

/** A link as measured by the observing member, in the direction from it to `peerId`. */
export interface LinkObservation {
  readonly peerId: string
  readonly connected: Measured<boolean>
  readonly rttMs: Measured<number>
  readonly bytesPerSecond: Measured<number>
  /** Messages sent on this link, by protocol message kind. */
  readonly messagesPerSecond: Readonly<Record<string, number>>
  readonly silentForMs: Measured<number>
}

export interface Alarm {
  readonly code: string
  readonly text: string
  /** Another member that it accuses. Code `misbehaviour`: of having broken the protocol. */
  readonly about?: string
}

export interface NodeObservation {
  readonly clusterId: string
  readonly nodeId: string
  /** What people call this member. */
  readonly name: string
  /** Console clock. */
  readonly atMs: number
  readonly rttMs: Measured<number>
  readonly source: { readonly endpoint: string; readonly path: 'process' | 'direct' | 'ssh' | 'simulated' }
  readonly reachability: Reachability
  /** In words, why it is not reachable. */
  readonly reason?: string
  readonly groups: readonly GroupObservation[]
  readonly links: readonly LinkObservation[]
  readonly alarms: readonly Alarm[]
  readonly version: Measured<string>
  readonly storage: { readonly usedBytes: Measured<bigint>; readonly inUseBytes: Measured<bigint>; readonly quotaBytes: Measured<bigint> }
  /** Figures of one engine only, by its own names. */
  readonly extras: Readonly<Record<string, string | number | bigint | boolean>>
}

/** A member the cluster is expected to have. Engines forget the dead; the console does not. */
export interface ExpectedMember {
  readonly id: string
  readonly name: string
  readonly endpoint: string
  readonly voter: boolean
  /** A failure domain: host, rack or zone, where it is known. */
  readonly domain?: string
}

/** A cluster as of a moment: the latest word of each member at that time. Live and history give the same record. */
export interface ClusterMoment {
  readonly clusterId: string
  readonly atMs: number
  readonly expected: readonly ExpectedMember[]
  /** At most one per member: its latest at `atMs`. Each carries its own `atMs`. */
  readonly observations: readonly NodeObservation[]
}

/** The observation of a member that did not answer. */
export function silentObservation(
  about: Pick<NodeObservation, 'clusterId' | 'nodeId' | 'name' | 'atMs' | 'source'>,
  reachability: Exclude<Reachability, 'ok'>,
  reason: string,
): NodeObservation {
  const none = unknown(reachability === 'auth-failed' ? 'refused' : 'unreachable')
  return {
    ...about, rttMs: none, reachability, reason, groups: [], links: [], alarms: [], version: none,
    storage: { usedBytes: none, inUseBytes: none, quotaBytes: none }, extras: {},
  }
}
