/** What a machine lets the driver execute before it is decided: at most the commands of one index, which are then decided or undone. */
import { assert } from '../../core/base'
import type { Committed, Tentative } from '../../core/machine'
import type { StateMachine } from '../../core/statemachine'

interface Standing extends Tentative {
  readonly replies: readonly Uint8Array[]
}

const NONE: readonly Uint8Array[] = []

export class Ahead {
  readonly #stateMachine: StateMachine
  #standing: Standing | null = null
  confirmed = 0
  undone = 0

  constructor(stateMachine: StateMachine) {
    this.#stateMachine = stateMachine
  }

  /** The state machine can take commands back. */
  get isPossible(): boolean {
    return (this.#stateMachine.tentative ?? null) !== null
  }

  /** The state is one that may be taken back. */
  get stands(): boolean {
    return this.#standing !== null
  }

  /** The replies, in order; null where the state machine cannot take them back, so that nothing was done. */
  execute(tentative: Tentative): readonly Uint8Array[] | null {
    assert(this.#standing === null, 'one tentative execution stands at a time')
    const { tentative: execution } = this.#stateMachine
    if (!execution) return null
    const replies = tentative.commands.map(({ command }) => execution.apply(command))
    this.#standing = { ...tentative, replies }
    return replies
  }

  /** The replies to the first commands of `committed`, which need not be applied again; empty where nothing stands. */
  confirm(committed: readonly Committed[]): readonly Uint8Array[] {
    const standing = this.#standing
    if (standing === null) return NONE
    const decided = committed.filter(({ index, command }) => command !== null && index === standing.index)
    assert(committed[0]?.index === standing.index && decided.length === standing.commands.length, 'what is decided is what was executed before')
    this.#standing = null
    this.confirmed++
    this.#stateMachine.tentative?.confirm()
    return standing.replies
  }

  undo(): void {
    if (this.#standing === null) return
    this.#standing = null
    this.undone++
    this.#stateMachine.tentative?.undo()
  }
}
