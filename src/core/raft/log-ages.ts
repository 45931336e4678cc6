/** When the log had which length, so that a follower's lag can be told in seconds. One sample per tick. */
const SAMPLES_MAX = 4096

export class LogAges {
  readonly #ticks = new Float64Array(SAMPLES_MAX)
  readonly #lastIndexes = new Float64Array(SAMPLES_MAX)
  #count = 0

  /** At `tick` the log ended at `lastIndex`. Only growth is kept: an idle leader keeps old samples. */
  sample(tick: number, lastIndex: number): void {
    if (this.#count > 0 && this.#lastIndexes[(this.#count - 1) % SAMPLES_MAX] === lastIndex) return
    this.#ticks[this.#count % SAMPLES_MAX] = tick
    this.#lastIndexes[this.#count % SAMPLES_MAX] = lastIndex
    this.#count++
  }

  clear(): void {
    this.#count = 0
  }

  /**
   * For how long entries after `match` have existed, in seconds, to the precision of a tick; null where the first of them
   * is older than the samples kept.
   */
  secondsBehind(match: number, lastIndex: number, tick: number, tickMs: number): number | null {
    if (match >= lastIndex) return 0
    let low = Math.max(0, this.#count - SAMPLES_MAX)
    if (low > 0 && (this.#lastIndexes[low % SAMPLES_MAX] as number) > match) return null
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#lastIndexes[middle % SAMPLES_MAX] as number) > match) high = middle
      else low = middle + 1
    }
    if (low === this.#count) return 0
    return ((tick - (this.#ticks[low % SAMPLES_MAX] as number)) * tickMs) / 1000
  }
}
