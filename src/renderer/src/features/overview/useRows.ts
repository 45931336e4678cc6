import { computed, shallowRef, watch, type ComputedRef } from 'vue'
import type { AlertState } from '../../../../contract/health'
import { useAlerts, useClusters, useConsole, useMoments, useTime } from '../../composables'
import { rowOf, type OverviewRow } from './model'

const SETTLE_MS = 250

/** A row for every cluster at the moment of the time bar. */
export function useRows(): ComputedRef<readonly OverviewRow[]> {
  const clusters = useClusters()
  const alerts = useAlerts()
  const moments = useMoments()
  const time = useTime()
  const client = useConsole()
  const pastAlerts = shallowRef<readonly AlertState[]>([])
  watch(() => time.viewMs, (viewMs, _before, onCleanup) => {
    if (viewMs === null) return
    const timer = setTimeout(() => {
      void client.call('health.at', { clusterId: null, atMs: viewMs }).then((result) => {
        if (result.ok && time.viewMs !== null) pastAlerts.value = result.value.filter((alert) => alert.phase === 'firing')
      })
    }, SETTLE_MS)
    onCleanup(() => clearTimeout(timer))
  }, { immediate: true })
  const shownAlerts = computed(() => (time.isLive ? alerts.firing : pastAlerts.value))
  return computed(() =>
    (clusters.list ?? []).map((cluster) => {
      const view = moments.viewOf(cluster.id).value.view
      const heard = view?.moment.observations.filter((observation) => observation.reachability === 'ok').map((observation) => observation.atMs) ?? []
      return rowOf(cluster, moments.derivationOf(cluster.id).value, shownAlerts.value.filter((alert) => alert.clusterId === cluster.id), heard.length > 0 ? Math.max(...heard) : null)
    }))
}
