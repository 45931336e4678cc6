import type { PeerAddress } from '../../src/contract/agent'

/** What one client process is to do, given to it as JSON. */
export interface ClientTask {
  readonly target: { readonly kind: 'quorate'; readonly members: readonly PeerAddress[] } | { readonly kind: 'etcd'; readonly endpoint: string }
  readonly clients: number
  /** Connections the clients are spread over. */
  readonly connections: number
  readonly valueBytes: number
  readonly warmUpMs: number
  readonly measureMs: number
}

export interface Measured {
  readonly opsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly errors: number
}
