/** The stretch of time that a page shows around the time bar. Pure. */

export interface TimeRange {
  readonly fromMs: number
  readonly toMs: number
}

/** Where a past moment stands in the stretch when it is laid anew: most of what is shown came before it. */
const MOMENT_AT_SHARE = 0.7
/** A moment this close to an edge lays the stretch anew; until then it stands still while one scrubs. */
const EDGE_SHARE = 0.04
/** However little is recorded, a stretch is not shorter. */
const SPAN_MS_MIN = 60_000

/** The last `spanMs`; only what is recorded of it where that is less, so that a young cluster is not a sliver at the edge. `recordedFromMs` null: not known. */
export function liveRange(nowMs: number, spanMs: number, recordedFromMs: number | null): TimeRange {
  return { fromMs: Math.min(Math.max(nowMs - spanMs, recordedFromMs ?? 0), nowMs - Math.min(spanMs, SPAN_MS_MIN)), toMs: nowMs }
}

/**
 * `atMs` is null while live. The stretch before (null: none, or of another span) is kept where it still holds the moment, so that
 * charts do not slide while scrubbed.
 */
export function rangeAround(before: TimeRange | null, atMs: number | null, nowMs: number, spanMs: number, recordedFromMs: number | null): TimeRange {
  const live = liveRange(nowMs, spanMs, recordedFromMs)
  if (atMs === null) return live
  if (before && atMs >= before.fromMs && atMs <= before.toMs) {
    const edge = (before.toMs - before.fromMs) * EDGE_SHARE
    const isNearStart = atMs < before.fromMs + edge && before.fromMs > (recordedFromMs ?? 0)
    const isNearEnd = atMs > before.toMs - edge && before.toMs < nowMs - edge
    if (!isNearStart && !isNearEnd) return before
  }
  const length = live.toMs - live.fromMs
  const toMs = Math.round(Math.min(nowMs, Math.max(atMs + length * (1 - MOMENT_AT_SHARE), Math.min(recordedFromMs ?? 0, atMs) + length)))
  return { fromMs: toMs - length, toMs }
}
