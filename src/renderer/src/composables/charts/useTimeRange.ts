/** The stretch of time shown of a cluster, following the time bar. */
import { shallowRef, toValue, watch, type MaybeRefOrGetter, type ShallowRef } from 'vue'
import { useClusters } from '../clusters/clusters'
import { useTime } from '../time/time'
import { rangeAround, type TimeRange } from './range'

export function useTimeRange(spanMs: MaybeRefOrGetter<number>, clusterId: string): Readonly<ShallowRef<TimeRange>> {
  const time = useTime()
  const clusters = useClusters()
  const recordedFromMs = (): number => Math.max(time.recordedFromMs ?? 0, clusters.byId(clusterId)?.createdAtMs ?? 0)
  const range = shallowRef(rangeAround(null, time.viewMs, Date.now(), toValue(spanMs), recordedFromMs()))
  watch([() => time.viewMs, () => time.nowMs, () => toValue(spanMs), recordedFromMs], ([viewMs, nowMs, span, fromMs], [, , spanBefore]) => {
    const next = rangeAround(span === spanBefore ? range.value : null, viewMs, nowMs, span, fromMs)
    if (next.fromMs !== range.value.fromMs || next.toMs !== range.value.toMs) range.value = next
  })
  return range
}
