import { onScopeDispose, shallowReactive, watch } from 'vue'
import { useClusters, useConsole, useTime } from '../../composables'
import { liveRange } from '../../composables/charts/range'
import { onGrid } from './model'

const TREND = { spanMs: 30 * 60_000, bucketsMax: 60, bucketMsMin: 5_000, everyMs: 20_000, everyMsYoung: 5_000, settleMs: 400 } as const

export interface Trend {
  readonly epoch: readonly (number | null)[]
  readonly lag: readonly (number | null)[]
  readonly spanMs: number
}

/** Epoch and worst lag of every cluster over the half hour before the moment shown, or since it is known. */
export function useTrends(): ReadonlyMap<string, Trend> {
  const client = useConsole()
  const clusters = useClusters()
  const time = useTime()
  const trends = shallowReactive(new Map<string, Trend>())
  let current = 0
  async function load(clusterId: string, turn: number): Promise<void> {
    const { fromMs, toMs } = liveRange(Math.ceil(time.atMs), TREND.spanMs, clusters.byId(clusterId)?.createdAtMs ?? null)
    const spanMs = toMs - fromMs
    const buckets = Math.min(TREND.bucketsMax, Math.ceil(spanMs / TREND.bucketMsMin))
    const result = await client.call('history.series', { clusterId, metrics: ['epoch', 'lag-entries'], nodeIds: null, fromMs, toMs, pointsMax: buckets })
    if (turn !== current || !result.ok) return
    const gridOf = (metric: string): readonly (number | null)[] => onGrid(result.value.series.filter((series) => series.key.metric === metric), fromMs, toMs, buckets)
    trends.set(clusterId, { epoch: gridOf('epoch'), lag: gridOf('lag-entries'), spanMs })
  }
  function loadAll(): void {
    current += 1
    for (const cluster of clusters.list ?? []) void load(cluster.id, current)
  }
  let settle: ReturnType<typeof setTimeout> | undefined
  watch([() => (clusters.list ?? []).map((cluster) => cluster.id).join(), () => time.viewMs], () => {
    clearTimeout(settle)
    settle = setTimeout(loadAll, TREND.settleMs)
  }, { immediate: true })
  let loadedAtMs = 0
  const isYoung = (): boolean => (clusters.list ?? []).some((cluster) => time.nowMs - cluster.createdAtMs < TREND.bucketMsMin * TREND.bucketsMax)
  const timer = setInterval(() => {
    if (!time.isLive || (!isYoung() && time.nowMs - loadedAtMs < TREND.everyMs)) return
    loadedAtMs = time.nowMs
    loadAll()
  }, TREND.everyMsYoung)
  onScopeDispose(() => {
    clearInterval(timer)
    clearTimeout(settle)
  })
  return trends
}
