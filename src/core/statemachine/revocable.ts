/**
 * A state machine that can take its latest commands back: it keeps the last snapshot and the commands since, and makes the state anew
 * from both. So taking back costs a whole state, which is for whoever seldom does; not taking back costs a copy of each command and,
 * beside the state, a snapshot of it in memory.
 */
import { assert, isPlanted, type Result } from '../base'
import type { StateMachine, TentativeExecution } from './types'

/** The snapshot is made anew where the commands since are as large as it is, and this large at least, in bytes. */
const COMMAND_BYTES_MIN = 1024 * 1024

export class Revocable implements StateMachine {
  readonly tentative: TentativeExecution
  readonly #inner: StateMachine
  #base: Uint8Array
  /** Applied for good since then. */
  #commands: Uint8Array[] = []
  #commandBytes = 0
  #ahead: Uint8Array[] = []
  /** Of the state without them; null where there are none. */
  #hash: string | null = null

  constructor(inner: StateMachine) {
    this.#inner = inner
    this.#base = inner.snapshot()
    this.tentative = {
      apply: (command) => this.#applyAhead(command),
      confirm: () => { this.#confirm() },
      undo: () => { this.#undo() },
    }
  }

  apply(command: Uint8Array): Uint8Array {
    assert(this.#hash === null, 'nothing is decided behind what may be taken back')
    if (this.#commandBytes >= Math.max(COMMAND_BYTES_MIN, this.#base.length)) this.snapshot()
    this.#keep(command.slice())
    return this.#inner.apply(command)
  }

  #keep(command: Uint8Array): void {
    this.#commands.push(command)
    this.#commandBytes += command.length
  }

  #applyAhead(command: Uint8Array): Uint8Array {
    this.#hash ??= this.#inner.hash()
    this.#ahead.push(command.slice())
    return this.#inner.apply(command)
  }

  #confirm(): void {
    for (const command of this.#ahead) this.#keep(command)
    this.#ahead = []
    this.#hash = null
  }

  #undo(): void {
    const hash = this.#hash
    if (hash === null) return
    this.#ahead = []
    this.#hash = null
    if (__PLANTED__ && isPlanted('pbft/tentative-not-rolled-back')) return
    assert(this.#inner.restore(this.#base).ok, 'a state machine restores its own snapshot')
    for (const command of this.#commands) this.#inner.apply(command)
    assert(this.#inner.hash() === hash, 'equal commands make an equal state')
  }

  query(query: Uint8Array): Uint8Array {
    return this.#inner.query(query)
  }

  snapshot(): Uint8Array {
    const isUnsafe = __PLANTED__ && isPlanted('pbft/checkpoint-of-tentative-state')
    assert(this.#hash === null || isUnsafe, 'a snapshot holds nothing that may be taken back')
    const snapshot = this.#inner.snapshot()
    this.#begin(snapshot)
    return snapshot
  }

  restore(snapshot: Uint8Array): Result<undefined, 'corrupt'> {
    const restored = this.#inner.restore(snapshot)
    if (!restored.ok) return restored
    this.#ahead = []
    this.#hash = null
    this.#begin(snapshot)
    return restored
  }

  #begin(snapshot: Uint8Array): void {
    this.#base = snapshot
    this.#commands = []
    this.#commandBytes = 0
  }

  hash(): string {
    return this.#hash ?? this.#inner.hash()
  }
}
