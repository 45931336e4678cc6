export interface MemberAddress {
  readonly nodeId: string
  readonly host: string
  readonly port: number
}

/** Sends operations to a cluster and says how each ended. */
export interface OperationClient {
  readonly nowMs: () => number
  /** `done` of the operation is called exactly once, never before `run` returns. */
  run(operation: Operation): void
  /** The member taken for the leader now; null where none is known, or none answers for the others. */
  leader(): string | null
  /** Whom to ask from now on. */
  setMembers(members: readonly MemberAddress[]): void
  /** How many answers of each member contradicted what enough others said. A leader's word is not checked. */
  outvoted(): ReadonlyMap<string, number>
  /** Ends every operation, and closes the connections. */
  close(): void
}

/** How an operation ended. */
export type Outcome =
  /** `repeated`: an earlier attempt went unanswered and may have taken effect before this one. */
  | { readonly kind: 'ok'; readonly reply: Uint8Array; readonly repeated: boolean }
  /** It certainly had no effect. */
  | { readonly kind: 'failed'; readonly code: 'no-leader' | 'too-large' | 'busy' | 'closed' | 'refused'; readonly message: string }
  /** It was sent, and no answer came: it may or may not have taken effect, or still may. */
  | { readonly kind: 'unknown'; readonly message: string }

export interface Operation {
  readonly kind: 'propose' | 'read'
  readonly payload: Uint8Array
  /**
   * Sending it twice does no harm: a read, or a command that carries a session's sequence number, which the state machine
   * applies once. Anything else is sent again only while it certainly had no effect.
   */
  readonly repeatable: boolean
  readonly deadlineMs: number
  readonly done: (outcome: Outcome) => void
}
