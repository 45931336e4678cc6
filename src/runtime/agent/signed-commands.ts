/** The state machine of a group whose clients sign: it hears the commands without what they are signed with. */
import type { StateMachine, TentativeExecution } from '../../core/statemachine'
import { decodeCommand } from '../../core/statemachine'
import { commandIn } from '../signer'

/** A replica ends the sessions of clients that are gone; no client has a use for that. */
export const mayComeUnsigned = (command: Uint8Array): boolean => decodeCommand(command)?.kind === 'expire-session'

export class SignedCommands implements StateMachine {
  readonly tentative: TentativeExecution | null
  readonly #inner: StateMachine

  constructor(inner: StateMachine) {
    const { tentative = null } = inner
    this.#inner = inner
    this.tentative = tentative && { apply: (bytes) => tentative.apply(commandIn(bytes)), confirm: () => { tentative.confirm() }, undo: () => { tentative.undo() } }
  }

  apply(bytes: Uint8Array): Uint8Array {
    return this.#inner.apply(commandIn(bytes))
  }

  query(query: Uint8Array): Uint8Array {
    return this.#inner.query(query)
  }

  snapshot(): Uint8Array {
    return this.#inner.snapshot()
  }

  restore(snapshot: Uint8Array): ReturnType<StateMachine['restore']> {
    return this.#inner.restore(snapshot)
  }

  hash(): string {
    return this.#inner.hash()
  }
}
