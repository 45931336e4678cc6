/** The stretch of time that a page shows around the time bar. Pure. */

export interface TimeRange {
  readonly fromMs: number
  readonly toMs: number
}

/** Where a past moment stands in the stretch when it is laid anew: most of what is shown came before it. */
const MOMENT_AT_SHARE = 0.7
/** A moment this close to an edge lays the stretch anew; until then it stands still while one scrubs. */
const EDGE_SHARE = 0.04

/** `atMs` is null while live. The stretch before is kept where it still holds the moment, so that charts do not slide while scrubbed. */
export function rangeAround(before: TimeRange | null, atMs: number | null, nowMs: number, spanMs: number): TimeRange {
  if (atMs === null) return { fromMs: nowMs - spanMs, toMs: nowMs }
  const same = before && before.toMs - before.fromMs === spanMs
  const edge = spanMs * EDGE_SHARE
  if (same && atMs >= before.fromMs + edge && atMs <= before.toMs - edge) return before
  if (same && atMs > before.toMs - edge && atMs <= before.toMs && before.toMs >= nowMs - edge) return before
  const toMs = Math.round(Math.min(nowMs, atMs + spanMs * (1 - MOMENT_AT_SHARE)))
  return { fromMs: toMs - spanMs, toMs }
}
