/** What the pure derivations make of a ClusterMoment. Screens, alerts and the command line show these and derive nothing else. */
import type { Claim, Fence, Lag, Measured, Position, Reachability, Role } from '../observation'

/**
 * quorate: writes go on and at least one more voter may fail · at-risk: writes go on, one more failure stops them, or a
 * member is missing · no-quorum: writes have stopped · starting: never yet quorate · stopped: stopped on purpose ·
 * unknown: too little was heard to say.
 */
export type ClusterState = 'quorate' | 'at-risk' | 'no-quorum' | 'starting' | 'stopped' | 'unknown'

/** A state in words: a message key with its parameters, told in the user's language by the screen, in English by words.ts. */
export interface Sentence {
  readonly key: string
  readonly parameters: Readonly<Record<string, string | number>>
}

export interface QuorumMargin {
  readonly voters: number
  /** Voters that answered recently. */
  readonly answering: number
  /** Voters that answered and agree on the leader and the fence of the majority. */
  readonly agreeing: number
  /** How many of those that agree have broken the protocol at least, by the word of others. */
  readonly faulty: number
  readonly needed: number
  /** How many more voters may fail before writes stop; negative where quorum is already lost; null where it is not known. */
  readonly canLose: number | null
  /** Members or failure domains whose loss alone would stop writes. */
  readonly critical: readonly string[]
}

export interface TopologyNode {
  readonly id: string
  readonly name: string
  readonly endpoint: string
  readonly role: Measured<Role>
  readonly reachability: Reachability
  readonly voter: boolean
  readonly expected: boolean
  readonly stale: boolean
  readonly ageMs: number | null
  readonly fence: Measured<Fence>
  readonly domain?: string
  /** Between two configurations (joint consensus): it votes in this one only. */
  readonly half?: 'outgoing' | 'incoming'
}

/** Directed. Two of them between two nodes may differ: a one-way fault is drawn as a half-line. */
export interface TopologyLink {
  readonly from: string
  readonly to: string
  readonly state: 'up' | 'down' | 'unknown'
  readonly rttMs: Measured<number>
  readonly bytesPerSecond: Measured<number>
  readonly messagesPerSecond: Readonly<Record<string, number>>
}

export type MatrixColumn = 'leader' | 'fence' | 'members' | 'last' | 'committed' | 'applied' | 'age'

export interface MatrixCell {
  readonly column: MatrixColumn
  /** As text, ready to be typeset; unknown with its reason. */
  readonly claim: Claim<string>
  /** agrees with the majority's word · differs · none (unknown, or nothing to compare with). */
  readonly verdict: 'agrees' | 'differs' | 'behind' | 'none'
}

export interface DisagreementMatrix {
  readonly columns: readonly MatrixColumn[]
  readonly rows: readonly { readonly nodeId: string; readonly name: string; readonly stale: boolean; readonly cells: readonly MatrixCell[] }[]
}

export interface Disagreement {
  readonly about: 'leader' | 'fence' | 'members' | 'leaders-in-one-reign'
  /** Each distinct word, with the members who say it. */
  readonly views: readonly { readonly value: string; readonly nodeIds: readonly string[] }[]
}

export interface FollowerLag {
  readonly nodeId: string
  readonly name: string
  /** Whose word the lag is. */
  readonly by: string
  readonly atMs: number
  readonly stage: 'sent' | 'written' | 'flushed' | 'applied'
  /** How it was found: told by the leader, computed by the server, or the difference of what two members say of themselves. */
  readonly basis: Lag['basis']
  readonly entries: Measured<bigint>
  readonly bytes: Measured<bigint>
  readonly seconds: Measured<number>
  readonly silentForMs: Measured<number>
  /** Entries per second by which the lag grows (positive) or shrinks; from earlier moments where given. */
  readonly trendPerSecond: Measured<number>
  /** When it will have caught up at the present trend. */
  readonly etaSeconds: Measured<number>
  readonly flow: Measured<string>
}

export interface LogPositions {
  readonly nodeId: string
  readonly name: string
  readonly firstAvailable: Measured<Position>
  readonly applied: Measured<Position>
  readonly committed: Measured<Position>
  readonly persisted: Measured<Position>
  readonly last: Measured<Position>
}

export type IssueCode =
  | 'node-failed' | 'link-failed' | 'high-latency' | 'low-availability' | 'no-leader' | 'members-disagree'
  | 'quorum-at-risk' | 'quorum-lost' | 'replication-lag' | 'engine-alarm' | 'misbehaviour'

export type Severity = 'info' | 'warning' | 'critical'

export interface HealthIssue {
  /** Stable over time for one and the same condition: code and what it is about. */
  readonly key: string
  readonly code: IssueCode
  readonly severity: Severity
  readonly clusterId: string
  readonly nodeId?: string
  readonly peerId?: string
  /** Whose word it rests on. */
  readonly by: readonly string[]
  readonly sentence: Sentence
  /** Message keys: likely cause, and what to do. */
  readonly cause: string
  readonly advice: string
  /** The measured figure and the limit it crossed, with their unit, where the issue has one. */
  readonly measure?: { readonly value: number; readonly limit: number; readonly unit: 'ms' | 'share' | 'entries' | 'voters' }
}

export interface Thresholds {
  /** An answer older than this is stale. */
  readonly staleAfterMs: number
  readonly highLatencyMs: number
  /** Share of members answering below which availability is low. */
  readonly lowAvailabilityShare: number
  readonly lagEntries: number
}

export interface ClusterDerivation {
  readonly clusterId: string
  readonly atMs: number
  readonly state: ClusterState
  readonly sentence: Sentence
  readonly leader: Claim<string | null>
  readonly fence: Claim<Fence>
  readonly margin: QuorumMargin
  readonly topology: { readonly nodes: readonly TopologyNode[]; readonly links: readonly TopologyLink[] }
  readonly matrix: DisagreementMatrix
  readonly disagreements: readonly Disagreement[]
  readonly positions: readonly LogPositions[]
  readonly lag: readonly FollowerLag[]
  readonly issues: readonly HealthIssue[]
}

/** One stretch of the epoch timeline: a member kept one role in one epoch for this long. */
export interface TimelineSpan {
  readonly nodeId: string
  readonly fromMs: number
  readonly toMs: number
  readonly role: Measured<Role>
  readonly fence: Measured<Fence>
  readonly reachability: Reachability
}

export interface TimelineMark {
  readonly atMs: number
  readonly kind: 'election-started' | 'leader-elected' | 'leader-lost'
  readonly nodeId: string
  readonly fence: Measured<Fence>
}

export interface EpochTimeline {
  readonly spans: readonly TimelineSpan[]
  readonly marks: readonly TimelineMark[]
}

/** A change worth a line in the list of events, found by comparing two moments. */
export interface ClusterEvent {
  readonly atMs: number
  readonly clusterId: string
  readonly nodeId?: string
  readonly kind:
    | 'leader-elected' | 'leader-lost' | 'election-started' | 'epoch-changed' | 'role-changed' | 'node-down' | 'node-up'
    | 'member-added' | 'member-removed' | 'link-down' | 'link-up' | 'quorum-lost' | 'quorum-regained' | 'alarm-raised' | 'alarm-cleared'
    | 'version-changed' | 'disagreement' | 'agreement' | 'misbehaviour'
  readonly severity: Severity
  readonly sentence: Sentence
}

/** One measured figure of one member, for history. */
export interface Sample {
  readonly nodeId: string
  readonly metric: MetricName
  /** For figures about a link or a follower: the other end. */
  readonly peerId?: string
  readonly atMs: number
  readonly value: number
}

export type MetricName =
  | 'up' | 'rtt-ms' | 'epoch' | 'last-index' | 'committed-index' | 'applied-index' | 'storage-bytes'
  | 'lag-entries' | 'lag-bytes' | 'lag-seconds' | 'silent-ms'
  | 'link-rtt-ms' | 'link-bytes-per-second' | 'link-messages-per-second'
  | 'load-operations-per-second' | 'load-p50-ms' | 'load-p99-ms' | 'load-errors-per-second' | 'load-unknown-per-second'
