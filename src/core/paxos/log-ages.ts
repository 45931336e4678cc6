/** When the log had which length, so that a member's lag can be told in seconds. One sample a tick, of a leader's reign. */
const SAMPLES_MAX = 2048

interface Sample {
  readonly tick: number
  readonly last: number
}

export class LogAges {
  #samples: Sample[] = []

  sample(tick: number, last: number): void {
    if (this.#samples.at(-1)?.last === last) return
    this.#samples.push({ tick, last })
    if (this.#samples.length > 2 * SAMPLES_MAX) this.#samples = this.#samples.slice(-SAMPLES_MAX)
  }

  clear(): void {
    this.#samples = []
  }

  /** For how many ticks slots after `match` have existed; null where the first of them is older than the samples. */
  ticksBehind(match: number, tick: number): number | null {
    const at = this.#samples.findIndex(({ last }) => last > match)
    if (at < 0) return 0
    return at === 0 ? null : tick - (this.#samples[at] as Sample).tick
  }
}
