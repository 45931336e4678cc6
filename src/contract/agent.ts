/**
 * What the console says to a node process and hears from it, over standard input and output (one core/base JSON line a
 * message), a utility process's parent port, or an SSH channel. A process whose control channel closes stops by itself.
 * The first message decides what the process is.
 */
import type { NodeObservation } from '../core/observation'
import type { LoadSample, LoadSettings } from './load'

export interface PeerAddress {
  readonly nodeId: string
  readonly host: string
  readonly port: number
}

export interface NodeStart {
  readonly kind: 'start-node'
  readonly clusterId: string
  readonly nodeId: string
  /** Its own folder. Holds the log and an identity file; a folder of another cluster or node is refused. */
  readonly directory: string
  readonly listen: { readonly host: string; readonly port: number }
  /** All members, itself included. */
  readonly members: readonly PeerAddress[]
  readonly protocol: 'raft'
  readonly timing: { readonly tickMs: number; readonly electionTicks: number; readonly heartbeatTicks: number }
}

export interface LoadStart {
  readonly kind: 'start-load'
  readonly members: readonly PeerAddress[]
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

export type ToAgent =
  | NodeStart
  | LoadStart
  | { readonly kind: 'observe'; readonly id: number }
  /** Replaces all rules in force. */
  | { readonly kind: 'link-rules'; readonly rules: readonly LinkRule[] }
  | { readonly kind: 'load-settings'; readonly settings: LoadSettings }
  /** Finish what is under way, flush, and end with exit code 0. */
  | { readonly kind: 'stop' }

export type AgentFailureCode = 'port-in-use' | 'no-space' | 'disk-failed' | 'wrong-folder' | 'log-corrupt' | 'invariant-broken' | 'bad-start'

export type FromAgent =
  | { readonly kind: 'ready'; readonly port: number; readonly recoveredEntries: number }
  /** clusterId, nodeId, atMs, rttMs and source are filled in by the console. */
  | { readonly kind: 'observation'; readonly id: number; readonly observation: NodeObservation }
  /** Something worth an observation now: role, term or leader changed. At most 20 a second. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'load-sample'; readonly sample: LoadSample }
  /** The process is about to end, and why. */
  | { readonly kind: 'failed'; readonly code: AgentFailureCode; readonly message: string; readonly hint: string }
  | { readonly kind: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly text: string }

export const AGENT_LIMITS = { lineBytesMax: 1024 * 1024, observeTimeoutMs: 1_000, startTimeoutMs: 10_000, stopTimeoutMs: 5_000 } as const

/** Defaults on loopback: an election after 150 to 300 ms of silence. */
export const SANDBOX_TIMING = { tickMs: 15, electionTicks: 10, heartbeatTicks: 3 } as const
