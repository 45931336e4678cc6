/**
 * The plan of one simulation: plain JSON that holds everything it depends on. A simulation is a pure function of its plan. Times are
 * virtual milliseconds since its start. Nodes are called n1, n2, ...; the first `nodes` of them found the cluster, `spares` more stand
 * by to be added.
 */
import type { MemberChange, ProtocolName, Timing } from '../core/machine'
import type { DriverLimits } from '../runtime/driver'

export const PLAN_VERSION = 1

/** The system models of the theory. Delta bounds the delay of a message; an asynchronous network has no bound. */
export type Synchrony =
  | { readonly kind: 'synchronous'; readonly deltaMs: number }
  /** Unbounded until the global stabilisation time, bounded after it. The liveness phase begins no earlier. */
  | { readonly kind: 'partially-synchronous'; readonly stabilisedAtMs: number; readonly deltaMs: number }
  | { readonly kind: 'asynchronous' }

export type DelayShape = 'constant' | 'uniform' | 'exponential' | 'heavy-tail'

/** One-way delay of messages: at least `minMs`, `meanMs` on average, spread after `shape`. */
export interface DelayPlan {
  readonly shape: DelayShape
  readonly minMs: number
  readonly meanMs: number
}

/** Shares of all messages between nodes. */
export interface NetworkPlan {
  readonly delay: DelayPlan
  readonly lossShare: number
  readonly duplicationShare: number
  /** Of messages that may overtake those sent before them on their link. */
  readonly reorderingShare: number
  /** Of messages that clog their link: everything behind waits for up to `clogMs`. */
  readonly clogShare: number
  readonly clogMs: number
}

export interface DiskPlan {
  /** Time of one flush: at least `flushMinMs`, `flushMeanMs` on average, exponential. */
  readonly flushMinMs: number
  readonly flushMeanMs: number
  /** What reaches the medium at once or not at all. */
  readonly sectorBytes: 512 | 4096
  /** At a crash: the share of sectors of an unfinished flush that are on the medium all the same. */
  readonly tornShare: number
  /** Space in bytes; appends beyond it fail with no-space. */
  readonly capacityBytes: number
}

export interface ClockPlan {
  readonly node: string
  /** How fast its clock runs against true time: 1.01 gains one per cent. */
  readonly rate: number
  /** Its ticks begin so much later than those of n1. */
  readonly skewMs: number
}

export type ModelKind = 'register' | 'kv' | 'queue' | 'lock' | 'counter'
export type ReadKind = 'leader' | 'any'

export interface WorkloadPlan {
  readonly clients: number
  /** Of all clients together, while nothing holds them up. */
  readonly operationsPerSecond: number
  /** Relative weights; a model of weight 0 does not occur. */
  readonly mix: Readonly<Record<ModelKind, number>>
  readonly readShare: number
  /** Reads go to the leader, or to any member where the protocol serves them there. */
  readonly reads: ReadKind
  readonly keys: number
  readonly valueBytes: number
  /** Of writes to registers and keys that take the key away instead. */
  readonly deleteShare: number
  /** Of questions for a lock that wait for their turn. */
  readonly waitShare: number
  /** Of operations after which a client ends its session and begins another. */
  readonly closeShare: number
  /** Clients that share a session, each with an operation of its own under way; absent: none does. They are one holder of locks, so that plans have none then. */
  readonly askers?: number
  /** Of operations before which a member ends the session that, as far as it knows, was not used for longest. */
  readonly expireShare?: number
  /** Sessions that the state machine has room for; beyond them the oldest used is evicted. */
  readonly sessionsMax: number
  /** A client gives up waiting and asks again, with the same sequence, after so long. */
  readonly timeoutMs: number
}

/** Limits that a plan may set beside those that every plan draws. */
export type SeldomLimits = Partial<Pick<DriverLimits,
  'uncommittedBytesMax' | 'inflightBytesMax' | 'readsWaitingMax' | 'proposalsWaitingMax' | 'turnBytesMax' | 'controlsWaitingMax' | 'applyBytesMax' | 'snapshotWriteBytesMax' | 'snapshotAfterBytes'
>>

/** Options of the protocols; one that a protocol does not have is ignored by it. */
export interface ProtocolPlan {
  /** A snapshot is taken after so many applied entries; 0 for never. */
  readonly snapshotAfterEntries: number
  readonly trailingEntriesMax: number
  readonly snapshotChunkBytes: number
  readonly preVote: boolean
  readonly checkQuorum: boolean
  /** How linearizable reads are made safe: by asking a quorum each time, or by a lease. */
  readonly readMode: 'index' | 'lease'
  /** Clocks of two members differ in rate by at most this share; what a lease allows for. */
  readonly clockDriftMax: number
  readonly forwardProposals: boolean
  /** Multi-Paxos: a reconfiguration at slot i holds from slot i + alpha. */
  readonly alpha: number
  /** PBFT: a checkpoint every so many sequence numbers. */
  readonly checkpointInterval: number
  /** PBFT: what is prepared is executed before it is committed, and clients follow the rule for such replies. */
  readonly tentative?: true
  readonly appendBytesMax: number
  readonly inflightMessagesMax: number
  readonly logWindowBytesMax: number
  /** Limits of the driver that are far below what it runs with elsewhere. */
  readonly limits?: SeldomLimits
  /** Raft: members of lower priority stand later; absent ones have priority 0. */
  readonly priorities?: Readonly<Record<NodeName, number>>
  /** An operator hands leadership over in this run; absent: where the adapter says so. */
  readonly leadershipTransfer?: boolean
}

export type LiarBehaviour = 'equivocate' | 'forge' | 'replay' | 'withhold' | 'garbage' | 'silent'

/** At most f of the nodes, and only where the protocol is Byzantine fault tolerant. */
export type ByzantinePlan =
  | { readonly node: string; readonly kind: 'liar'; readonly behaviour: LiarBehaviour; readonly fromMs: number; readonly untilMs: number }
  /** Two copies of a correct node under one identity; a router gives each of the others to one of them, anew every `reshuffleMs`. */
  | {
    readonly node: string
    readonly kind: 'twins'
    readonly reshuffleMs: number
    /** In the place of a router: each copy speaks with one of these halves only, and with the copies of other twins in it. */
    readonly halves?: readonly [readonly string[], readonly string[]]
  }

/** What the cluster is busy with: faults are counted by it, and may wait for it. */
export type Phase = 'idle' | 'election' | 'snapshot' | 'reconfiguration' | 'state-transfer'
export const PHASES: readonly Phase[] = ['idle', 'election', 'snapshot', 'reconfiguration', 'state-transfer']

/**
 * A moment worth waiting for: a phase, as nodes have told of it so far; what the ledger would count as that phase and as no other
 * (`in-`, by occupation.ts); or something that one node is just doing.
 */
export type Trigger = Phase | InPhase | 'write-in-flight' | 'elected' | 'committed'
export type InPhase = `in-${Phase}`

/** `leader`: whoever leads in the highest term at that moment; `follower`: the first other node that is up. */
export type NodeName = string

interface Timed {
  readonly atMs: number
  /** Waits, from `atMs` on, until this is so; then it begins. Its length stays `untilMs - atMs`. */
  readonly when?: Trigger
}
interface Lasting extends Timed {
  readonly untilMs: number
}

export type PartitionShape =
  /** Members of different groups do not hear each other. */
  | { readonly shape: 'groups'; readonly groups: readonly (readonly NodeName[])[] }
  /** What `from` sends does not reach `to`; the other way it does. */
  | { readonly shape: 'one-way'; readonly from: readonly NodeName[]; readonly to: readonly NodeName[] }
  /** Each hears its neighbours in the ring only. */
  | { readonly shape: 'ring' }
  /** Two halves that share one node, which hears both. */
  | { readonly shape: 'bridge'; readonly bridge: NodeName }
  | { readonly shape: 'isolate'; readonly node: NodeName }

export type ProcessFault =
  /** The process dies and starts again at `untilMs`. */
  | (Lasting & { readonly kind: 'crash'; readonly node: NodeName })
  /** All of them at once. */
  | (Lasting & { readonly kind: 'power-loss' })
  /** Nothing runs in it; what arrives piles up, and ticks are made up for as the ticker does. */
  | (Lasting & { readonly kind: 'pause'; readonly node: NodeName })

export type NetworkFault =
  | (Lasting & { readonly kind: 'partition' } & PartitionShape)
  | (Lasting & { readonly kind: 'loss' | 'duplication' | 'reordering'; readonly share: number })
  /** Messages of the link wait until it ends. */
  | (Lasting & { readonly kind: 'clog'; readonly from: NodeName; readonly to: NodeName })
  | (Lasting & { readonly kind: 'delay'; readonly factor: number; readonly shape: DelayShape })
  /** The n-th message sent on the link from `atMs` on is lost. What shrinking makes of rates. */
  | (Timed & { readonly kind: 'drop'; readonly from: NodeName; readonly to: NodeName; readonly nth: number })

export type ClockFault =
  | (Timed & { readonly kind: 'clock-jump'; readonly node: NodeName; readonly byMs: number })
  | (Lasting & { readonly kind: 'clock-drift'; readonly node: NodeName; readonly rate: number })

export type DiskFault =
  /** The process dies while a flush is under way, with a share of its sectors on the medium. */
  | (Lasting & { readonly kind: 'torn-write'; readonly node: NodeName })
  /** One bit of durable data turns, and the node starts again and must notice. */
  | (Lasting & { readonly kind: 'bit-rot'; readonly node: NodeName })
  /** A sector is written to the place of another one; the node starts again and must notice. */
  | (Lasting & { readonly kind: 'misdirected-write'; readonly node: NodeName })
  /** The next read gives another sector. */
  | (Lasting & { readonly kind: 'misdirected-read'; readonly node: NodeName })
  /** The next flush fails, and what it held is gone; the process starts again at `untilMs`. */
  | (Lasting & { readonly kind: 'fsync-error'; readonly node: NodeName })
  | (Lasting & { readonly kind: 'disk-full'; readonly node: NodeName })
  /** Flushes take until it ends. */
  | (Lasting & { readonly kind: 'disk-stall'; readonly node: NodeName })

export type OperatorEvent =
  | (Timed & { readonly kind: 'transfer-leadership'; readonly to: NodeName | null })
  | (Timed & { readonly kind: 'change-members'; readonly changes: readonly MemberChange[]; readonly mode: 'auto' | 'joint' | 'single' })

export type FaultEvent = ProcessFault | NetworkFault | ClockFault | DiskFault | OperatorEvent
export type FaultKind = FaultEvent['kind']

export const FAULT_KINDS: readonly FaultKind[] = [
  'crash', 'power-loss', 'pause', 'partition', 'loss', 'duplication', 'reordering', 'clog', 'delay', 'drop', 'clock-jump', 'clock-drift',
  'torn-write', 'bit-rot', 'misdirected-write', 'misdirected-read', 'fsync-error', 'disk-full', 'disk-stall', 'transfer-leadership', 'change-members',
]

/** What a plan aims at. The campaign draws one for each seed; planted bugs may be looked for with one. */
export type Profile = 'mixed' | 'elections' | 'snapshots' | 'membership' | 'disk' | 'reads' | 'byzantine' | 'calm' | 'tentative' | 'options' | AimedProfile
/** Those that aim at cells of the ledger; no seed draws one by itself. */
export type AimedProfile = 'changes' | 'transfers' | 'moments'
export type SwarmProfile = Exclude<Profile, AimedProfile>
export const AIMED_PROFILES: readonly AimedProfile[] = ['changes', 'transfers', 'moments']
export const PROFILES: readonly Profile[] = ['mixed', 'elections', 'snapshots', 'membership', 'disk', 'reads', 'byzantine', 'calm', 'tentative', 'options', ...AIMED_PROFILES]

export interface SimulationPlan {
  readonly version: typeof PLAN_VERSION
  readonly protocol: ProtocolName
  readonly profile: Profile
  readonly seed: number
  readonly nodes: number
  readonly spares: number
  /** The safety phase: faults. */
  readonly durationMs: number
  /** The liveness phase: at most so long until everything must have come together. */
  readonly livenessMs: number
  readonly timing: Timing
  readonly synchrony: Synchrony
  /** A turn of a node's event loop: inputs of one turn share a write and a message. 0: each is a turn of its own. */
  readonly turnMs: number
  readonly network: NetworkPlan
  readonly disk: DiskPlan
  readonly clocks: readonly ClockPlan[]
  readonly workload: WorkloadPlan
  readonly options: ProtocolPlan
  readonly byzantine: readonly ByzantinePlan[]
  /** Ordered by `atMs`. */
  readonly faults: readonly FaultEvent[]
}

/** What a caller may fix beforehand; everything else is drawn from the seed. `faults` replaces the whole schedule. */
export type PlanOverrides = Partial<Omit<SimulationPlan, 'version' | 'protocol' | 'seed'>>
