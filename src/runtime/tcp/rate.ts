const BUCKETS = 8
const BUCKET_MS = 125

/** A quantity per second, over about the last second. */
export class RateMeter {
  private readonly sums = new Float64Array(BUCKETS)
  private readonly slots = new Float64Array(BUCKETS).fill(-1)
  private readonly nowMs: () => number

  constructor(nowMs: () => number) {
    this.nowMs = nowMs
  }

  add(amount: number): void {
    const slot = Math.floor(this.nowMs() / BUCKET_MS)
    const at = slot % BUCKETS
    if (this.slots[at] !== slot) {
      this.slots[at] = slot
      this.sums[at] = 0
    }
    this.sums[at] = (this.sums[at] as number) + amount
  }

  perSecond(): number {
    const oldest = Math.floor(this.nowMs() / BUCKET_MS) - BUCKETS
    let sum = 0
    for (let at = 0; at < BUCKETS; at += 1) if ((this.slots[at] as number) > oldest) sum += this.sums[at] as number
    return (sum * 1000) / (BUCKETS * BUCKET_MS)
  }
}
