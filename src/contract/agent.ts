/**
 * What the console says to a node process and hears from it, over standard input and output (one core/base JSON line a
 * message), a utility process's parent port, or an SSH channel. A process whose control channel closes stops by itself.
 * The first message decides what the process is.
 */
import type { Control, ControlOutcome, MemberKind, ProtocolName } from '../core/machine'
import type { NodeObservation } from '../core/observation'
import type { LoadSample, LoadSettings } from './load'

export interface PeerAddress {
  readonly nodeId: string
  readonly host: string
  readonly port: number
}

/** A member as a group begins with it. */
export interface MemberAddress extends PeerAddress {
  /** Left out: a voter. */
  readonly member?: MemberKind
}

export interface ProtocolOptions {
  /** How the leader answers linearizable reads: by asking a quorum each time, or from a lease that holds while clocks drift within bounds. */
  readonly reads: 'index' | 'lease'
  /** A member that does not lead passes commands and reads on to the one that does. */
  readonly forwarding: boolean
  /** Raft only: who leads rather than others, the first before the second. Left out: nobody in particular. */
  readonly prefer?: readonly string[]
  /** PBFT only: what is prepared is executed before it is committed, and clients are told so (Castro and Liskov 1999, section 5.1.2). Left out: no. */
  readonly tentative?: boolean
  /** When a snapshot is taken, and how much of the log is kept behind it for members that are a little behind. */
  readonly snapshot: { readonly afterEntries: number; readonly afterBytes: number; readonly trailingEntries: number }
}

/** The way on for a group that has lost its majority for good: this node decides alone. What it never received is lost. */
export interface ForcedStart {
  /** This node as the only voter; the others that are still there as learners. */
  readonly members: readonly MemberAddress[]
  /** The last index of this node's log as it was seen: it is done to that log only, and once. */
  readonly lastIndex: number
}

/** What a member of a Byzantine group signs and checks with. Keys are Ed25519 in the encodings of RFC 8410, as base64. */
export interface SigningKeys {
  /** The file with this node's private key (PKCS #8), in the node's own folder. The key itself travels over no channel. */
  readonly privateKeyFile: string
  /** Every member's public key (SPKI), its own included. */
  readonly publicKeys: readonly { readonly nodeId: string; readonly key: string }[]
  /** The public key (SPKI) whose private half the clients share: only commands signed with it are taken. Left out: commands are not signed. */
  readonly clientKey?: string
}

export interface NodeStart {
  readonly kind: 'start-node'
  readonly clusterId: string
  readonly nodeId: string
  /** Its own folder. Holds the log and an identity file; a folder of another cluster or node is refused. */
  readonly directory: string
  readonly listen: { readonly host: string; readonly port: number }
  /** The members that the group was created with, or the ones there are as this node joins; itself included. */
  readonly members: readonly MemberAddress[]
  readonly protocol: ProtocolName
  readonly options: ProtocolOptions
  /** Null but once, in a recovery that an operator asked for. */
  readonly forced: ForcedStart | null
  /** PBFT only; null elsewhere. */
  readonly keys: SigningKeys | null
  readonly timing: { readonly tickMs: number; readonly electionTicks: number; readonly heartbeatTicks: number }
}

export interface LoadStart {
  readonly kind: 'start-load'
  /** Who is asked, and how many equal answers it takes. */
  readonly protocol: ProtocolName
  readonly members: readonly PeerAddress[]
  /** The file with the key that the group's clients sign with (PKCS #8); left out where they do not. */
  readonly clientKeyFile?: string
  readonly settings: LoadSettings
}

/** What a node does to its own outgoing messages, per peer. Peers not named are left alone. */
export interface LinkRule {
  readonly to: string
  readonly cut: boolean
  readonly latencyMs: number
  readonly jitterMs: number
  readonly loss: number
  readonly bytesPerSecondMax: number | null
}

/** What a member of a Byzantine group does to the others; `honest` is what the protocol says. */
export const BEHAVIOURS = ['honest', 'equivocate', 'forge', 'silent'] as const
export type Behaviour = (typeof BEHAVIOURS)[number]

export type ToAgent =
  | NodeStart
  | LoadStart
  | { readonly kind: 'observe'; readonly id: number }
  /** Replaces all rules in force. */
  | { readonly kind: 'link-rules'; readonly rules: readonly LinkRule[] }
  | { readonly kind: 'load-settings'; readonly settings: LoadSettings }
  /** PBFT only: lie from now on, or stop lying. */
  | { readonly kind: 'behave'; readonly behaviour: Behaviour }
  /** Where the members are now: addresses only. Who is a member the protocol decides. */
  | { readonly kind: 'members'; readonly members: readonly PeerAddress[] }
  | { readonly kind: 'control'; readonly id: number; readonly control: Control }
  /** Finish what is under way, flush, and end with exit code 0. */
  | { readonly kind: 'stop' }

export type AgentFailureCode = 'port-in-use' | 'no-space' | 'disk-failed' | 'wrong-folder' | 'log-corrupt' | 'invariant-broken' | 'bad-start'

export type FromAgent =
  | { readonly kind: 'ready'; readonly port: number; readonly recoveredEntries: number }
  /** clusterId, nodeId, atMs, rttMs and source are filled in by the console. */
  | { readonly kind: 'observation'; readonly id: number; readonly observation: NodeObservation }
  /** Something worth an observation now: role, term or leader changed. At most 20 a second. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'control-outcome'; readonly id: number; readonly outcome: ControlOutcome }
  | { readonly kind: 'load-sample'; readonly sample: LoadSample }
  /** The process is about to end, and why. */
  | { readonly kind: 'failed'; readonly code: AgentFailureCode; readonly message: string; readonly hint: string }
  | { readonly kind: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly text: string }

export const AGENT_LIMITS = { lineBytesMax: 1024 * 1024, observeTimeoutMs: 1_000, controlTimeoutMs: 15_000, startTimeoutMs: 10_000, stopTimeoutMs: 5_000 } as const

export const DEFAULT_PROTOCOL_OPTIONS: ProtocolOptions = {
  reads: 'index', forwarding: false, snapshot: { afterEntries: 100_000, afterBytes: 64 * 1024 * 1024, trailingEntries: 10_000 },
}

/** Defaults on loopback: an election after 150 to 300 ms of silence. */
export const SANDBOX_TIMING = { tickMs: 15, electionTicks: 10, heartbeatTicks: 3 } as const
