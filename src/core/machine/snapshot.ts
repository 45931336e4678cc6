/** The state of the state machine as of an index, and what the protocol must know to go on from there. */

export interface SnapshotHead {
  /** Everything up to here is in it. */
  readonly index: number
  /** The machine's own: last term and members, a checkpoint certificate. */
  readonly meta: Uint8Array
  readonly stateBytes: number
  /** The state hash of the state machine at `index`; equal on every replica. */
  readonly stateHash: string
  readonly chunks: number
}

/** The newest durable snapshot of this node, for those who lack what the log no longer holds. Synchronous. */
export interface SnapshotSource {
  latest(): SnapshotHead | null
  /** A part of the state of the newest snapshot; `chunk` is 0 to `head.chunks - 1`. Null where a newer one has replaced it. */
  read(head: SnapshotHead, chunk: number): Uint8Array | null
}

/** A whole snapshot that came from another member. The driver makes it durable, restores the state from it and says `installed`. */
export interface ReceivedSnapshot {
  readonly head: SnapshotHead
  readonly chunks: readonly Uint8Array[]
}
