/** Series folded into buckets of equal length: rollups for storage, points for charts. */

/** Parallel columns, one entry per bucket that holds anything. An empty bucket is a gap, not a zero. */
export interface Rollup {
  /** The beginning of each bucket. */
  readonly atMs: readonly number[]
  readonly minimum: readonly number[]
  readonly maximum: readonly number[]
  readonly last: readonly number[]
  readonly count: readonly number[]
  readonly sum: readonly number[]
}

interface Bucket {
  readonly index: number
  minimum: number
  maximum: number
  last: number
  lastAtMs: number
  count: number
  sum: number
}

/** What is known of a stretch of samples without reading them one by one. */
export interface Aggregate {
  readonly fromMs: number
  readonly toMs: number
  readonly minimum: number
  readonly maximum: number
  readonly last: number
  readonly count: number
  readonly sum: number
}

/** null: nothing was measured. Times in order. */
export function aggregateOf(times: Float64Array, values: Float64Array): Aggregate | null {
  let [minimum, maximum, last, count, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0]
  for (const value of values) {
    if (Number.isNaN(value)) continue
    if (value < minimum) minimum = value
    if (value > maximum) maximum = value
    last = value
    count += 1
    sum += value
  }
  return count === 0 ? null : { fromMs: times[0] ?? 0, toMs: times[times.length - 1] ?? 0, minimum, maximum, last, count, sum }
}

/** Collects samples in any order, fastest in time order; NaN is no measurement and is left out. */
export class Buckets {
  private readonly originMs: number
  readonly stepMs: number
  /** In order of their index. */
  private readonly found: Bucket[] = []
  private current: Bucket | null = null

  constructor(originMs: number, stepMs: number) {
    this.originMs = originMs
    this.stepMs = stepMs
  }

  add(atMs: number, value: number): void {
    if (Number.isNaN(value)) return
    this.merge(this.indexOf(atMs), atMs, value, value, value, 1, value)
  }

  /** True if the whole stretch lies in one bucket, and has been taken as one. */
  addAggregate({ fromMs, toMs, minimum, maximum, last, count, sum }: Aggregate): boolean {
    const index = this.indexOf(fromMs)
    if (index !== this.indexOf(toMs)) return false
    this.merge(index, toMs, minimum, maximum, last, count, sum)
    return true
  }

  finish(): Rollup {
    const column = (pick: (bucket: Bucket) => number): number[] => this.found.map(pick)
    return {
      atMs: column((bucket) => this.originMs + bucket.index * this.stepMs),
      minimum: column((bucket) => bucket.minimum), maximum: column((bucket) => bucket.maximum), last: column((bucket) => bucket.last),
      count: column((bucket) => bucket.count), sum: column((bucket) => bucket.sum),
    }
  }

  private indexOf(atMs: number): number {
    return Math.floor((atMs - this.originMs) / this.stepMs)
  }

  private merge(index: number, lastAtMs: number, minimum: number, maximum: number, last: number, count: number, sum: number): void {
    const bucket = this.current?.index === index ? this.current : this.bucketAt(index)
    this.current = bucket
    if (minimum < bucket.minimum) bucket.minimum = minimum
    if (maximum > bucket.maximum) bucket.maximum = maximum
    if (lastAtMs >= bucket.lastAtMs) {
      bucket.last = last
      bucket.lastAtMs = lastAtMs
    }
    bucket.count += count
    bucket.sum += sum
  }

  private bucketAt(index: number): Bucket {
    let at = this.found.length
    if (at > 0 && (this.found[at - 1]?.index ?? 0) >= index) {
      let low = 0
      while (low < at) {
        const middle = (low + at) >>> 1
        if ((this.found[middle]?.index ?? 0) < index) low = middle + 1
        else at = middle
      }
      const known = this.found[at]
      if (known?.index === index) return known
    }
    const fresh: Bucket = {
      index, minimum: Number.POSITIVE_INFINITY, maximum: Number.NEGATIVE_INFINITY, last: 0, lastAtMs: Number.NEGATIVE_INFINITY, count: 0, sum: 0,
    }
    this.found.splice(at, 0, fresh)
    return fresh
  }
}

export function rollup(times: Float64Array, values: Float64Array, stepMs: number): Rollup {
  const buckets = new Buckets(0, stepMs)
  for (let i = 0; i < times.length; i += 1) buckets.add(times[i] ?? 0, values[i] ?? Number.NaN)
  return buckets.finish()
}

/** The least whole step at which a range makes at most `pointsMax` buckets aligned to multiples of the step. */
export function stepFor(fromMs: number, toMs: number, pointsMax: number): number {
  return Math.max(1, Math.ceil((toMs - fromMs) / Math.max(1, pointsMax - 1)))
}

/** At most `pointsMax` points of the range, each with the least, the greatest and the last value of its bucket. */
export function downsample(times: Float64Array, values: Float64Array, fromMs: number, toMs: number, pointsMax: number): Rollup & { readonly stepMs: number } {
  const stepMs = stepFor(fromMs, toMs, pointsMax)
  const buckets = new Buckets(Math.floor(fromMs / stepMs) * stepMs, stepMs)
  for (let i = 0; i < times.length; i += 1) {
    const atMs = times[i] ?? 0
    if (atMs >= fromMs && atMs <= toMs) buckets.add(atMs, values[i] ?? Number.NaN)
  }
  return { ...buckets.finish(), stepMs }
}
