/** Whether something that ended may be started again: so many times within so long. */
export class RestartLimit {
  readonly #timesMax: number
  readonly #withinMs: number
  #recentMs: number[] = []

  constructor(timesMax: number, withinMs: number) {
    this.#timesMax = timesMax
    this.#withinMs = withinMs
  }

  /** Counts one more. */
  allows(nowMs: number): boolean {
    this.#recentMs = [...this.#recentMs.filter((at) => nowMs - at < this.#withinMs), nowMs]
    return this.#recentMs.length <= this.#timesMax
  }
}
