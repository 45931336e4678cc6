/**
 * The real state machine, with a count of the commands it has applied: the count goes along in its snapshots. What is applied tentatively
 * counts, and is told, when it is decided.
 */
import { fail, type Result } from '../core/base'
import { ReplicatedMachine, Revocable, type StateMachine, type TentativeExecution } from '../core/statemachine'

const COUNT_BYTES = 6

/** `hash` is of the state behind this command. */
type OnApplied = (order: number, command: Uint8Array, reply: Uint8Array, hash: () => string) => void

interface CountedOptions {
  readonly sessionsMax: number
  /** Null: it cannot take commands back. */
  readonly onUndone: (() => void) | null
}

interface Ahead {
  readonly command: Uint8Array
  readonly reply: Uint8Array
  readonly hash: string
}

export class CountedMachine implements StateMachine {
  readonly tentative: TentativeExecution | null
  readonly #machine: ReplicatedMachine
  /** The same, or around it. */
  readonly #inner: StateMachine
  readonly #onApplied: OnApplied
  readonly #onRestored: (order: number) => void
  readonly #onSnapshot: () => void
  order = 0

  constructor(options: CountedOptions, onApplied: OnApplied, onRestored: (order: number) => void, onSnapshot: () => void) {
    this.#onSnapshot = onSnapshot
    this.#machine = new ReplicatedMachine({ sessionsMax: options.sessionsMax })
    const { onUndone } = options
    const revocable = onUndone === null ? null : new Revocable(this.#machine)
    this.#inner = revocable ?? this.#machine
    this.tentative = revocable === null || onUndone === null ? null : this.#counted(revocable.tentative, onUndone)
    this.#onApplied = onApplied
    this.#onRestored = onRestored
  }

  #counted(execution: TentativeExecution, onUndone: () => void): TentativeExecution {
    let ahead: Ahead[] = []
    return {
      apply: (command) => {
        const reply = execution.apply(command)
        ahead.push({ command, reply, hash: this.#machine.hash() })
        return reply
      },
      confirm: () => {
        const decided = ahead
        ahead = []
        execution.confirm()
        for (const { command, reply, hash } of decided) this.#onApplied(++this.order, command, reply, () => hash)
      },
      undo: () => {
        ahead = []
        execution.undo()
        onUndone()
      },
    }
  }

  apply(command: Uint8Array): Uint8Array {
    const reply = this.#inner.apply(command)
    this.order++
    this.#onApplied(this.order, command, reply, () => this.hash())
    return reply
  }

  query(query: Uint8Array): Uint8Array {
    return this.#inner.query(query)
  }

  snapshot(): Uint8Array {
    this.#onSnapshot()
    const state = this.#inner.snapshot()
    const bytes = new Uint8Array(COUNT_BYTES + state.length)
    for (let i = 0, rest = this.order; i < COUNT_BYTES; i++, rest = Math.floor(rest / 256)) bytes[i] = rest % 256
    bytes.set(state, COUNT_BYTES)
    return bytes
  }

  restore(snapshot: Uint8Array): Result<undefined, 'corrupt'> {
    if (snapshot.length < COUNT_BYTES) return fail('corrupt', 'The snapshot is too short.')
    const restored = this.#inner.restore(snapshot.subarray(COUNT_BYTES))
    if (!restored.ok) return restored
    this.order = 0
    for (let i = COUNT_BYTES - 1; i >= 0; i--) this.order = this.order * 256 + (snapshot[i] as number)
    this.#onRestored(this.order)
    return restored
  }

  hash(): string {
    return this.#inner.hash()
  }
}
