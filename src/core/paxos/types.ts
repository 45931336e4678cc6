/**
 * The words of the Paxos machine. Slots are safe integers that start at 1; 0 is the place before the log. "Chosen up to i" always means
 * that every slot up to i is chosen and its value known.
 */
import type { Ballot } from './ballot'

/** A `forwarded` command carries the name that another member gave to it, so that this member can settle it. */
export type ValueKind = 'command' | 'no-op' | 'members' | 'forwarded'

/** What an acceptor holds in a slot. */
export interface Accepted {
  readonly slot: number
  /** The ballot in which it was accepted. */
  readonly ballot: Ballot
  /** The ballot in which this value was first proposed in this slot: with the slot, the value's identity. */
  readonly origin: Ballot
  readonly kind: ValueKind
  readonly data: Uint8Array
}

/** Phase 1a: for all slots from `from` on. */
export interface Prepare {
  readonly kind: 'prepare'
  readonly ballot: Ballot
  readonly from: number
  /** The ballot whose leader handed over to the sender, and whose lease ends with that; 0 for none. */
  readonly released: Ballot
}

/** Phase 1b: one page of what is accepted from `from` on. */
export interface Promise {
  readonly kind: 'promise'
  readonly ballot: Ballot
  readonly from: number
  /** Where the next page starts; 0 where this is the last. */
  readonly next: number
  /** Chosen up to here: slots up to it are not reported, but can be learned from the sender. */
  readonly chosen: number
  readonly entries: readonly Accepted[]
}

/** Phase 2a: consecutive slots. */
export interface Accept {
  readonly kind: 'accept'
  readonly ballot: Ballot
  /** Chosen up to here, at the leader. */
  readonly chosen: number
  readonly entries: readonly Accepted[]
}

/** Phase 2b: `from` to `to` are accepted in this ballot, and durable. */
export interface AcceptedAnswer {
  readonly kind: 'accepted'
  readonly ballot: Ballot
  readonly from: number
  readonly to: number
  /** Chosen up to here, at the sender. */
  readonly chosen: number
}

/** A later ballot is promised. */
export interface Refusal {
  readonly kind: 'refusal'
  /** Of the message that is refused. */
  readonly ballot: Ballot
  readonly promised: Ballot
}

/** From every member to every other: the material of the ballot leader election. */
export interface Heartbeat {
  readonly kind: 'heartbeat'
  /** The ballot that the sender leads, or takes over after a quorum promised; 0 where it does neither. */
  readonly leads: Ballot
  readonly isQuorumConnected: boolean
  /** The sender has lately heard of a leader that is connected to a quorum. */
  readonly isTrusting: boolean
  /** The sender has lately heard of the receiver. */
  readonly hearsYou: boolean
  /** The latest leader that the sender knows; 0 for none. */
  readonly leader: Ballot
  readonly chosen: number
  readonly last: number
}

/** From the leader, where no accept carries the news. */
export interface Chosen {
  readonly kind: 'chosen'
  readonly ballot: Ballot
  readonly chosen: number
}

/** Asks whether the ballot still stands; with leases, also for a lease. */
export interface Confirm {
  readonly kind: 'confirm'
  readonly ballot: Ballot
  readonly round: number
}

export interface Confirmed {
  readonly kind: 'confirmed'
  readonly ballot: Ballot
  readonly round: number
}

/** Asks for chosen values from `from` on. */
export interface Learn {
  readonly kind: 'learn'
  readonly from: number
}

/** Chosen values, each with the ballot in which the sender accepted it. */
export interface Decided {
  readonly kind: 'decided'
  readonly entries: readonly Accepted[]
  readonly chosen: number
}

/** The slots asked for are trimmed: this snapshot has them. */
export interface SnapshotOffer {
  readonly kind: 'snapshot-offer'
  readonly index: number
  readonly stateBytes: number
  readonly chunks: number
  readonly stateHash: string
  readonly meta: Uint8Array
}

export interface SnapshotRequest {
  readonly kind: 'snapshot-request'
  readonly index: number
  readonly chunk: number
}

export interface SnapshotChunk {
  readonly kind: 'snapshot-chunk'
  readonly index: number
  readonly chunk: number
  readonly data: Uint8Array
}

/** The leader of `ballot` has stopped proposing and asks the receiver to run phase 1. */
export interface TakeOver {
  readonly kind: 'take-over'
  readonly ballot: Ballot
}

/** Commands for the leader of `ballot`, named by the sender's incarnation and consecutive numbers. */
export interface Forward {
  readonly kind: 'forward'
  readonly ballot: Ballot
  readonly incarnation: number
  readonly sequence: number
  readonly commands: readonly Uint8Array[]
}

/** The leader did not take the commands `sequence` to `sequence + count - 1`, and never will. */
export interface ForwardRefused {
  readonly kind: 'forward-refused'
  readonly incarnation: number
  readonly sequence: number
  readonly count: number
  readonly isBusy: boolean
}

/** Asks the leader up to where a linearizable read must have applied. */
export interface ReadRequest {
  readonly kind: 'read-request'
  readonly ballot: Ballot
  readonly incarnation: number
  readonly sequence: number
}

export interface ReadIndex {
  readonly kind: 'read-index'
  readonly incarnation: number
  readonly sequence: number
  /** False: this leader cannot say. */
  readonly isSafe: boolean
  readonly index: number
}

export type Message =
  | Prepare | Promise | Accept | AcceptedAnswer | Refusal | Heartbeat | Chosen | Confirm | Confirmed | Learn | Decided
  | SnapshotOffer | SnapshotRequest | SnapshotChunk | TakeOver | Forward | ForwardRefused | ReadRequest | ReadIndex
export type MessageKind = Message['kind']

export interface HardState {
  readonly promised: Ballot
  /** A lower bound: the values up to here are chosen and durable here. */
  readonly chosen: number
}

export interface PaxosOptions {
  /**
   * The window (Paxos Made Moderately Complex, section 4.1): a slot is proposed only when all slots that lie `alpha` or more before it are
   * chosen, and a change of members chosen in slot i is in force from slot i + alpha on. In slots; equal on all members.
   */
  readonly alpha: number
  /** `lease` answers reads without a round while clocks keep to the bound below; otherwise as `quorum`. */
  readonly reads: 'quorum' | 'lease'
  /** An acceptor that granted a lease refuses other ballots for so many of its ticks. */
  readonly leaseTicks: number
  /**
   * The leader stops trusting a lease so many of its ticks earlier. Safe while (leaseTicks - leaseDriftTicks) ticks of any member last
   * less than (leaseTicks - 1) ticks of any other, pauses included.
   */
  readonly leaseDriftTicks: number
  /** Proposals and reads at a member that does not lead go to the leader; otherwise they are refused with its name. */
  readonly forwarding: boolean
  /** Someone checks the protocol as it runs: what happened in each turn is kept for it. */
  readonly isWatched: boolean
}

export type PaxosRole = 'follower' | 'candidate' | 'leader' | 'learner'

/** What happened in a turn, for whoever checks the protocol. Kept only where `isWatched`. */
export type PaxosFact =
  /** Durable, so that the answer may leave. */
  | { readonly kind: 'promised'; readonly ballot: Ballot }
  /** An accept is taken, with what was promised before it. */
  | { readonly kind: 'granted'; readonly asked: Ballot; readonly promised: Ballot }
  /** Durable. `asked` is the ballot of the accept that it answers. */
  | { readonly kind: 'accepted'; readonly asked: Ballot; readonly entry: Accepted }
  /** A prepare leaves. */
  | { readonly kind: 'asked'; readonly ballot: Ballot }
  /** Phase 1 is done: a quorum promised. */
  | { readonly kind: 'prepared'; readonly ballot: Ballot }
  | { readonly kind: 'proposed'; readonly ballot: Ballot; readonly entry: Accepted }
  /** Known to be chosen, in the order of slots. */
  | { readonly kind: 'chosen'; readonly entry: Accepted }
  /** A round of reads begins; round 0 is one that a lease answers at once. */
  | { readonly kind: 'read-begun'; readonly ballot: Ballot; readonly round: number }
  | { readonly kind: 'read-safe'; readonly ballot: Ballot; readonly round: number; readonly index: number }
