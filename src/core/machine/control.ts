/** What an operator may ask of a running group, beside reading and writing. */

/** A voter counts for everything; a learner for nothing; a witness votes and acknowledges, and keeps no data. */
export type MemberKind = 'voter' | 'learner' | 'witness'

export type MemberChange =
  /** Adds a member, or changes what an existing one is. `promote`: a learner that becomes a voter by itself once it has caught up. */
  | { readonly kind: 'set'; readonly id: string; readonly address: string; readonly member: MemberKind; readonly promote: boolean }
  | { readonly kind: 'remove'; readonly id: string }

export type Control =
  /** To the most up-to-date voter where `to` is null. */
  | { readonly kind: 'transfer-leadership'; readonly to: string | null }
  /** `joint` for any set of changes at once; `single` for exactly one; `auto` takes the simpler one that is safe. */
  | { readonly kind: 'change-members'; readonly changes: readonly MemberChange[]; readonly mode: 'auto' | 'joint' | 'single' }

export type ControlOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'not-leader'; readonly leaderId: string | null }
  | {
    readonly kind: 'refused'
    readonly code: 'change-in-flight' | 'not-supported' | 'no-such-member' | 'not-a-voter' | 'would-lose-quorum' | 'nothing-to-do' | 'not-ready'
    /** A sentence for a person. */
    readonly message: string
  }
  /** It was begun, and its fate is not known here. */
  | { readonly kind: 'unknown'; readonly why: 'leadership-lost' | 'stopped' | 'timed-out' }
