import type { Result } from '../base'

/** A deterministic state machine as a replicated log drives it. */
export interface StateMachine {
  /**
   * Applies one committed command and returns its reply. Equal sequences of commands give equal states and replies on
   * every node. Total: bytes that are no command get a reply that says so. Keeps no view of `command`.
   */
  apply(command: Uint8Array): Uint8Array
  /** Answers a question without changing anything. Total. */
  query(query: Uint8Array): Uint8Array
  /** The whole state in bytes, sessions included: equal states give equal bytes. */
  snapshot(): Uint8Array
  /** Replaces the whole state. Fails, and leaves the state as it was, where the bytes are no snapshot. */
  restore(snapshot: Uint8Array): Result<undefined, 'corrupt'>
  /** Equal on two nodes that applied the same commands; 16 hexadecimal digits. What is applied tentatively is not in it. */
  hash(): string
  /** For protocols that execute before a decision. Null or absent: it cannot take commands back. */
  readonly tentative?: TentativeExecution | null
}

/** While commands are applied tentatively the owner applies no others, asks nothing and takes no snapshot. */
export interface TentativeExecution {
  /** Like `apply`, until `confirm` or `undo`. */
  apply(command: Uint8Array): Uint8Array
  /** They are decided, and stay. */
  confirm(): void
  /** They are taken back: the state is what it was before the first of them, sessions included. */
  undo(): void
}
