import { ClusterClient, type ClusterClientOptions } from './cluster-client'
import { QuorumClient } from './quorum-client'
import type { OperationClient } from './types'

export interface ConnectOptions extends ClusterClientOptions {
  /** Left out: one whose leader answers for all. A group that tolerates liars refuses a client that does not say so. */
  readonly protocol?: 'raft' | 'paxos' | 'pbft'
  /** Signs each command as the members of a group that tolerates liars ask. Left out: they do not. */
  readonly signCommand?: (command: Uint8Array) => Uint8Array
}

/** A client that decides as the protocol of the cluster asks: on the leader's word, or on equal words of enough members. */
export function connectCluster(options: ConnectOptions): OperationClient {
  return options.protocol === 'pbft' ? new QuorumClient(options) : new ClusterClient(options)
}
