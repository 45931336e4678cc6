import { onScopeDispose, shallowReactive, watch } from 'vue'
import { useClusters, useConsole, useTime } from '../../composables'
import { onGrid } from './model'

export const TREND = { spanMs: 30 * 60_000, buckets: 60, everyMs: 20_000, settleMs: 400 } as const

export interface Trend {
  readonly epoch: readonly (number | null)[]
  readonly lag: readonly (number | null)[]
}

/** Epoch and worst lag of every cluster over the half hour before the moment shown. */
export function useTrends(): ReadonlyMap<string, Trend> {
  const client = useConsole()
  const clusters = useClusters()
  const time = useTime()
  const trends = shallowReactive(new Map<string, Trend>())
  let current = 0
  async function load(clusterId: string, turn: number): Promise<void> {
    const toMs = Math.ceil(time.atMs)
    const fromMs = toMs - TREND.spanMs
    const result = await client.call('history.series', { clusterId, metrics: ['epoch', 'lag-entries'], nodeIds: null, fromMs, toMs, pointsMax: TREND.buckets })
    if (turn !== current || !result.ok) return
    const gridOf = (metric: string): readonly (number | null)[] => onGrid(result.value.series.filter((series) => series.key.metric === metric), fromMs, toMs, TREND.buckets)
    trends.set(clusterId, { epoch: gridOf('epoch'), lag: gridOf('lag-entries') })
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
  const timer = setInterval(() => time.isLive && loadAll(), TREND.everyMs)
  onScopeDispose(() => {
    clearInterval(timer)
    clearTimeout(settle)
  })
  return trends
}
