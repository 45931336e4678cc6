/** What operators asked of the group through this node, until its outcome is known. */
import type { ControlOutcome } from '../../core/machine'

type Done = (outcome: ControlOutcome) => void

export class Controls {
  readonly #waiting = new Map<number, Done>()

  get waiting(): number {
    return this.#waiting.size
  }

  add(token: number, done: Done): void {
    this.#waiting.set(token, done)
  }

  settle(token: number, outcome: ControlOutcome): void {
    const done = this.#waiting.get(token)
    this.#waiting.delete(token)
    done?.(outcome)
  }

  stop(): void {
    for (const token of [...this.#waiting.keys()]) this.settle(token, { kind: 'unknown', why: 'stopped' })
  }
}
