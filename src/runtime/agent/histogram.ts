/**
 * Latencies in buckets of bounded relative error, after HdrHistogram: 64 buckets to each doubling, so a percentile is off
 * by less than 1.6 %. From 1 microsecond to over 19 hours; the maximum is exact.
 */
const SUB_BITS = 6
const SUB = 1 << SUB_BITS
const DOUBLINGS = 31

export class Histogram {
  private readonly counts = new Float64Array(SUB * (DOUBLINGS + 1))
  private total = 0
  private maxUs = 0

  addMs(ms: number): void {
    const us = Math.min(Math.max(0, Math.round(ms * 1000)), 2 ** 36)
    const at = bucketOf(us)
    this.counts[at] = (this.counts[at] as number) + 1
    this.total += 1
    if (us > this.maxUs) this.maxUs = us
  }

  get count(): number {
    return this.total
  }

  maxMs(): number | null {
    return this.total === 0 ? null : this.maxUs / 1000
  }

  /** The latency that `share` of all do not exceed; null where there are none. */
  percentileMs(share: number): number | null {
    if (this.total === 0) return null
    let left = Math.max(1, Math.ceil(share * this.total))
    for (let at = 0; at < this.counts.length; at += 1) {
      left -= this.counts[at] as number
      if (left <= 0) return Math.min(this.maxUs, upperUs(at)) / 1000
    }
    return this.maxUs / 1000
  }

  clear(): void {
    this.counts.fill(0)
    this.total = 0
    this.maxUs = 0
  }
}

function bucketOf(us: number): number {
  if (us < SUB) return us
  const doubling = Math.floor(Math.log2(us)) - SUB_BITS
  return SUB * (doubling + 1) + Math.floor(us / 2 ** doubling) - SUB
}

/** The largest value that falls into the bucket. */
function upperUs(at: number): number {
  if (at < SUB) return at
  const doubling = Math.floor(at / SUB) - 1
  return ((at % SUB) + SUB + 1) * 2 ** doubling - 1
}
