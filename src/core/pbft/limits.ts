/** Named bounds of a replica; what a driver may set is in MachineLimits. */

/** Request identities that are remembered after execution, as part of the checkpointed state. */
export const REQUEST_WINDOW = 4096
/** Requests of one source (this node's clients, or one other replica) that wait for execution. */
export const REQUESTS_PER_SOURCE_MAX = 4096
/** Bytes of the same. */
export const REQUEST_BYTES_PER_SOURCE_MAX = 16 * 1024 * 1024
/** Items of one batch. */
export const BATCH_ITEMS_MAX = 4096
/** Frames of views to come that are kept for one sender. */
export const FUTURE_FRAMES_MAX = 64
/** Bytes of the same. */
export const FUTURE_BYTES_MAX = 1024 * 1024
/** Checkpoints of one sender that are kept: the latest ones. */
export const CHECKPOINTS_PER_SENDER_MAX = 3
/** Checkpoints whose snapshots wait for the disk, each with a whole state: with so many a replica takes no more part until one is written. */
export const CHECKPOINTS_UNWRITTEN_MAX = 4
/** Sequence numbers after the last executed one that a status tells of. */
export const STATUS_SLOTS_MAX = 64
/** Batches of one sequence number that are kept, from different views. */
export const BATCHES_PER_SEQUENCE_MAX = 16
/** A new-view frame, estimated at its largest, stays below this, in bytes. */
export const NEW_VIEW_BYTES_MAX = 384 * 1024
/** Sequence numbers between checkpoints at most, unless told otherwise. */
export const CHECKPOINT_INTERVAL_MAX = 64
/** Batches under way at once at the primary. */
export const PIPELINE_MAX = 16
/** The view-change timeout is at most 2 to this power of its base. */
export const DOUBLINGS_MAX = 6
/** The base of the view-change timeout, in election timeouts. */
export const TIMEOUT_ELECTIONS = 2
/** A request that waits this many timeouts while others are executed starves: the primary is replaced. */
export const STARVATION_TIMEOUTS = 4
/** A request is given up, its fate unknown, after this many election timeouts. */
export const REQUEST_ELECTIONS_MAX = 200
/** A statement is sent again when a status shows it missing after this many heartbeats. */
export const RETRANSMIT_HEARTBEATS = 2
/** A state transfer that has not moved for this many heartbeats goes on from another source. */
export const TRANSFER_STALL_HEARTBEATS = 6
/** The whole of one takes so many heartbeats at most, doubled with every one that was given up: a liar may be just not silent. */
export const TRANSFER_HEARTBEATS_MAX = 128
/** The same is doubled so many times at most. */
export const TRANSFER_DOUBLINGS_MAX = 16
/** Chunks of a snapshot asked for at once. */
export const CHUNKS_OUTSTANDING_MAX = 4
/** Chunks that a received snapshot may have. */
export const SNAPSHOT_CHUNKS_MAX = 65_536
/** A signature on the wire, in bytes. */
export const SIGNATURE_BYTES_MAX = 128
/** What invariants of the simulator may look back on, in entries. */
export const TRACE_MAX = 8192
/** Reports of misbehaviour that are not made again. */
export const REPORTS_REMEMBERED = 256
export const DIGEST_BYTES = 32
/** Sequence numbers and views are below this, so that sums stay safe integers. */
export const NUMBER_MAX = 2 ** 48
