/** The messages of PBFT (Castro and Liskov, OSDI 1999, section 4; TOCS 2002, section 5) and the certificates made of them. */
import type { Signer } from '../machine'

/** One place in a batch: a client's command, a mark that reads wait for, or a command that is asked for again after it was executed. */
export type ItemKind = 'command' | 'marker' | 'repeat'

export interface Item {
  readonly kind: ItemKind
  readonly data: Uint8Array
  /** The identity of the request: a digest of kind and data, as 32 hexadecimal digits. */
  readonly id: string
}

/** A signature by the replica at `replica` in the order of ids. */
export interface SignatureOf {
  readonly replica: number
  readonly signature: Uint8Array
}

/** What replicas sign in the three phases and for checkpoints; `view` is 0 for a checkpoint. */
export type StatementKind = 'pre-prepare' | 'prepare' | 'commit' | 'checkpoint'

export interface Statement {
  readonly kind: StatementKind
  readonly view: number
  readonly sequence: number
  readonly digest: Uint8Array
}

/** Proof that the state after `sequence` has `digest`: a quorum of signed checkpoints, or f + 1 for a state transfer. */
export interface CheckpointCertificate {
  readonly sequence: number
  readonly digest: Uint8Array
  readonly signatures: readonly SignatureOf[]
}

/** Proof that a batch was prepared: the primary's pre-prepare and prepares of a quorum less one of backups (2f). */
export interface PreparedCertificate {
  readonly view: number
  readonly sequence: number
  readonly digest: Uint8Array
  readonly proposal: Uint8Array
  readonly prepares: readonly SignatureOf[]
}

/** Proof that a batch is committed: a quorum of commits. */
export interface CommitCertificate {
  readonly view: number
  readonly sequence: number
  readonly digest: Uint8Array
  readonly commits: readonly SignatureOf[]
}

export interface CommittedEntry extends CommitCertificate {
  readonly batch: Uint8Array
}

/** A pre-prepare without its batch. */
export interface Proposal {
  readonly view: number
  readonly sequence: number
  readonly digest: Uint8Array
  readonly signature: Uint8Array
}

export interface PrePrepare extends Proposal {
  readonly kind: 'pre-prepare'
  readonly batch: Uint8Array
}

export interface Prepare extends Proposal {
  readonly kind: 'prepare'
  /** The primary's signature on the pre-prepare, so that receivers of another one can prove that there were two. */
  readonly proposal: Uint8Array
}

export interface Commit extends Proposal {
  readonly kind: 'commit'
}

export interface Checkpoint {
  readonly kind: 'checkpoint'
  readonly sequence: number
  readonly digest: Uint8Array
  readonly signature: Uint8Array
}

/** Requests passed on to the primary, or to all when the primary does not order them. `items` is encoded like a batch. */
export interface Request {
  readonly kind: 'request'
  readonly items: Uint8Array
}

export interface ViewChange {
  readonly kind: 'view-change'
  readonly view: number
  /** Null for the initial state. */
  readonly stable: CheckpointCertificate | null
  /** In rising order of sequence, at most one each. */
  readonly prepared: readonly PreparedCertificate[]
}

export interface NewView {
  readonly kind: 'new-view'
  readonly view: number
  /** Whole view-change frames of a quorum. */
  readonly viewChanges: readonly Uint8Array[]
  /** The pre-prepares of the new view, in rising order without gaps. */
  readonly proposals: readonly Proposal[]
}

/** What a replica has, so that others send what it lacks (TOCS 2002, section 5.2); also its sign of life. */
export interface Status {
  readonly kind: 'status'
  readonly view: number
  readonly isChanging: boolean
  readonly stable: number
  readonly executed: number
  /** For `executed + 1` and on: flags of SLOT_HAS. */
  readonly slots: readonly number[]
  /** While changing: a flag for each replica whose view-change for `view` is here. */
  readonly viewChanges: readonly boolean[]
}

export const SLOT_HAS = { proposal: 1, prepared: 2, committed: 4, batch: 8 } as const

export interface Fetch {
  readonly kind: 'fetch'
  /** The first sequence number that is wanted. */
  readonly from: number
}

export interface Entries {
  readonly kind: 'entries'
  readonly entries: readonly CommittedEntry[]
}

/** A checkpoint certificate that the receiver seems to lack. */
export interface Stable {
  readonly kind: 'stable'
  readonly certificate: CheckpointCertificate
}

export interface Offer {
  readonly kind: 'offer'
  readonly index: number
  readonly meta: Uint8Array
  readonly stateBytes: number
  readonly stateHash: string
  readonly chunks: number
}

export interface FetchChunk {
  readonly kind: 'fetch-chunk'
  readonly index: number
  readonly chunk: number
}

export interface Chunk {
  readonly kind: 'chunk'
  readonly index: number
  readonly chunk: number
  readonly data: Uint8Array
}

export interface FetchBatch {
  readonly kind: 'fetch-batch'
  readonly sequence: number
  readonly digest: Uint8Array
}

export interface Batch {
  readonly kind: 'batch'
  readonly sequence: number
  readonly batch: Uint8Array
}

/** Two pre-prepares of one primary for one view and sequence number. */
export interface Evidence {
  readonly kind: 'evidence'
  readonly one: Proposal
  readonly other: Proposal
}

export type Message = PrePrepare | Prepare | Commit | Checkpoint | Request | ViewChange | NewView | Status | Fetch | Entries | Stable | Offer
  | FetchChunk | Chunk | FetchBatch | Batch | Evidence
export type MessageKind = Message['kind']

/** A frame that decoded. Nothing is known of its truth before `signature` was verified over `signed`. */
export interface SignedMessage {
  readonly sender: number
  readonly message: Message
  readonly signed: Uint8Array
  readonly signature: Uint8Array
}

export interface PbftOptions {
  readonly signer: Signer
  /** Sequence numbers between checkpoints (K). Default: the largest power of two up to 64 that keeps a new-view within NEW_VIEW_BYTES_MAX. */
  readonly checkpointInterval?: number
  /** Sequence numbers from the low to the high watermark (L). Default: twice the checkpoint interval. */
  readonly windowSize?: number
  /** Batches under way at once at the primary; more requests wait and share the next batch. */
  readonly pipelineMax?: number
  /**
   * Execute a batch that is prepared and not yet committed, and say so to its clients, who then need a quorum of equal answers of one view
   * (section 5.1.2). Every replica may choose for itself. Default: no.
   */
  readonly tentative?: boolean
  /**
   * True if a client made this command: where client signatures are checked. Must give the same answer on every replica at every time.
   * Default: every command is taken on the word of the replica that passes it on.
   */
  readonly authenticate?: (command: Uint8Array) => boolean
  /** Someone checks the protocol as it runs: what this replica did is kept for it. Default: where bugs can be planted. */
  readonly isWatched?: boolean
}
