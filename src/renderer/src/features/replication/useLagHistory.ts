/** Recorded points of one metric over a stretch of time, read again as time goes on. */
import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { Failure } from '../../../../core/base'
import type { Metric, SeriesPoints } from '../../../../contract/history'
import { useConsole } from '../../composables'
import type { TimeRange } from '../../composables/charts/range'

const LIMITS = {
  /** About one point for each pixel of a broad chart. */
  pointsMax: 900,
  /** While live a chart is read again this often; a long stretch moves less, so it is read less often. */
  readEveryMsMin: 2_000,
  readEveryShare: 1 / 400,
  /** A stretch that grows with a young cluster counts as the same one up to so much. */
  spanShare: 0.1,
} as const

export function useLagHistory(clusterId: string, metric: Readonly<Ref<Metric>>, range: Readonly<Ref<TimeRange>>): {
  readonly series: ShallowRef<readonly SeriesPoints[] | null>
  readonly failure: ShallowRef<Failure | null>
} {
  const client = useConsole()
  const series = shallowRef<readonly SeriesPoints[] | null>(null)
  const failure = shallowRef<Failure | null>(null)
  let run: AbortController | null = null
  let read: { readonly metric: Metric; readonly spanMs: number; readonly toMs: number } | null = null

  async function fetchNow(): Promise<void> {
    run?.abort()
    const mine = (run = new AbortController())
    const { fromMs, toMs } = range.value
    const wanted = metric.value
    read = { metric: wanted, spanMs: toMs - fromMs, toMs }
    const result = await client.call(
      'history.series',
      { clusterId, metrics: [wanted], nodeIds: null, fromMs: Math.max(0, Math.round(fromMs)), toMs: Math.round(toMs), pointsMax: LIMITS.pointsMax },
      { signal: mine.signal },
    )
    if (run !== mine) return
    failure.value = result.ok ? null : result.error
    if (result.ok) series.value = result.value.series
  }
  watch([metric, range], ([wanted, { fromMs, toMs }]) => {
    const spanMs = toMs - fromMs
    const fresh = read !== null && read.metric === wanted && Math.abs(read.spanMs - spanMs) <= spanMs * LIMITS.spanShare
    if (!fresh && read?.metric !== wanted) series.value = null
    const moved = Math.abs(toMs - (read?.toMs ?? 0))
    if (!fresh || moved >= Math.max(LIMITS.readEveryMsMin, spanMs * LIMITS.readEveryShare)) void fetchNow()
  })
  void fetchNow()
  onScopeDispose(() => run?.abort())
  return { series, failure }
}
