/** The epoch timeline over a stretch of time: the recorded part fetched page by page, the live part as it comes. */
import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { Failure } from '../../../../core/base'
import type { ClusterMoment } from '../../../../core/observation'
import { startTimeline, type EpochTimeline, type TimelineBuilder } from '../../../../core/observe'
import { useConsole } from '../../composables'
import type { TimeRange } from '../../composables/consensus/lanes'

const LIMITS = {
  changesMax: 5_000,
  /** More pages than this and the rest of the stretch is left to the live tail. */
  pagesMax: 24,
  /** A range is fetched with so much before it, so that scrubbing back does not fetch at every step. */
  leadShare: 0.25,
} as const

export interface Timeline {
  readonly timeline: ShallowRef<EpochTimeline | null>
  readonly failure: Ref<Failure | null>
  readonly pending: Ref<boolean>
  retry(): void
}

export function useTimeline(clusterId: string, range: Readonly<Ref<TimeRange>>, live: Readonly<Ref<ClusterMoment | null>>, isLive: Readonly<Ref<boolean>>): Timeline {
  const client = useConsole()
  const timeline = shallowRef<EpochTimeline | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const pending = shallowRef(false)
  let builder: TimelineBuilder | null = null
  let covered: { fromMs: number; untilMs: number } | null = null
  let run: AbortController | null = null
  /** Live words that came while the record was being read; they belong behind it. */
  let arrived: ClusterMoment[] = []

  function show(): void {
    if (builder && covered) timeline.value = builder.until(isLive.value ? Math.max(range.value.toMs, covered.untilMs) : range.value.toMs)
  }
  async function fetchRange(): Promise<void> {
    run?.abort()
    const mine = (run = new AbortController())
    const { fromMs, toMs } = range.value
    const spanMs = toMs - fromMs
    let from = Math.max(0, Math.round(fromMs - spanMs * LIMITS.leadShare))
    const start = from
    const until = Math.round(toMs)
    pending.value = true
    arrived = []
    let building: TimelineBuilder | null = null
    for (let page = 0; page < LIMITS.pagesMax && from < until; page += 1) {
      const result = await client.call('history.recording', { clusterId, fromMs: from, toMs: until, changesMax: LIMITS.changesMax }, { signal: mine.signal })
      if (run !== mine) return
      if (!result.ok) {
        pending.value = false
        failure.value = result.error
        return
      }
      building ??= startTimeline(result.value.base, start)
      for (const change of result.value.changes) building.add(change)
      if (result.value.completeUntilMs <= from) break
      from = result.value.completeUntilMs
    }
    pending.value = false
    failure.value = null
    if (building) [builder, covered] = [building, { fromMs: start, untilMs: until }]
    for (const moment of arrived) take(moment)
    show()
  }
  function take(moment: ClusterMoment): void {
    if (pending.value) return void arrived.push(moment)
    if (!builder || !covered) return
    for (const observation of moment.observations) builder.add(observation)
    covered.untilMs = Math.max(covered.untilMs, moment.atMs)
  }
  watch(live, (moment) => { if (moment && isLive.value) take(moment) })
  watch([range, isLive], ([next, nowLive], before) => {
    const [, wasLive] = before
    const inside = covered !== null && next.fromMs >= covered.fromMs && (nowLive ? wasLive : next.toMs <= covered.untilMs)
    if (inside) show()
    else if (!pending.value || !nowLive || !wasLive) void fetchRange()
  })
  void fetchRange()
  onScopeDispose(() => run?.abort())
  return { timeline, failure, pending, retry: () => void fetchRange() }
}
