/** The real state machine, with a count of the commands it has applied: the count goes along in its snapshots. */
import { fail, type Result } from '../core/base'
import { ReplicatedMachine, type StateMachine } from '../core/statemachine'

const COUNT_BYTES = 6

export class CountedMachine implements StateMachine {
  readonly #inner: ReplicatedMachine
  readonly #onApplied: (order: number, command: Uint8Array, reply: Uint8Array) => void
  readonly #onRestored: (order: number) => void
  readonly #onSnapshot: () => void
  order = 0

  constructor(
    sessionsMax: number, onApplied: (order: number, command: Uint8Array, reply: Uint8Array) => void, onRestored: (order: number) => void, onSnapshot: () => void,
  ) {
    this.#onSnapshot = onSnapshot
    this.#inner = new ReplicatedMachine({ sessionsMax })
    this.#onApplied = onApplied
    this.#onRestored = onRestored
  }

  apply(command: Uint8Array): Uint8Array {
    const reply = this.#inner.apply(command)
    this.order++
    this.#onApplied(this.order, command, reply)
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
