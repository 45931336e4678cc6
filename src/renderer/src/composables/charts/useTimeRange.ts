/** The stretch of time shown, following the time bar. */
import { shallowRef, toValue, watch, type MaybeRefOrGetter, type ShallowRef } from 'vue'
import { useTime } from '../time/time'
import { rangeAround, type TimeRange } from './range'

export function useTimeRange(spanMs: MaybeRefOrGetter<number>): Readonly<ShallowRef<TimeRange>> {
  const time = useTime()
  const range = shallowRef(rangeAround(null, time.viewMs, Date.now(), toValue(spanMs)))
  watch([() => time.viewMs, () => time.nowMs, () => toValue(spanMs)], ([viewMs, nowMs, span]) => {
    const next = rangeAround(range.value, viewMs, nowMs, span)
    if (next.fromMs !== range.value.fromMs || next.toMs !== range.value.toMs) range.value = next
  })
  return range
}
