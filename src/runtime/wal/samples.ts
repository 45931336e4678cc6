/** The last so many numbers, for percentiles of what happened lately. */
export class RecentSamples {
  private readonly values: Float64Array
  private count = 0

  constructor(kept: number) {
    this.values = new Float64Array(kept)
  }

  add(value: number): void {
    this.values[this.count % this.values.length] = value
    this.count += 1
  }

  /** Percentiles of what is kept, or null where nothing was added yet. `shares` are in [0, 1]. */
  percentiles(shares: readonly number[]): readonly (number | null)[] {
    const sorted = this.values.slice(0, Math.min(this.count, this.values.length)).sort()
    return shares.map((share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null)
  }

  mean(): number | null {
    const kept = Math.min(this.count, this.values.length)
    if (kept === 0) return null
    let sum = 0
    for (let i = 0; i < kept; i += 1) sum += this.values[i] ?? 0
    return sum / kept
  }
}
