import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { ClusterInfo } from '../../../../contract/clusters'
import { useConsole } from '../connection/console'
import { useStream } from '../connection/useStream'

/** The clusters that the console knows, in the user's order. `list` is null until the console has told. */
export const useClusters = defineStore('clusters', () => {
  const client = useConsole()
  const list = shallowRef<readonly ClusterInfo[] | null>(null)
  useStream('clusters.watch', {}, (clusters) => (list.value = clusters))

  const byId = (clusterId: string): ClusterInfo | null => list.value?.find((cluster) => cluster.id === clusterId) ?? null
  /** Moves a cluster before another (or to the end), shown at once. */
  async function move(clusterId: string, beforeId: string | null): Promise<void> {
    const moved = byId(clusterId)
    if (!list.value || !moved || clusterId === beforeId) return
    const others = list.value.filter((cluster) => cluster.id !== clusterId)
    const at = beforeId === null ? others.length : others.findIndex((cluster) => cluster.id === beforeId)
    list.value = others.toSpliced(at < 0 ? others.length : at, 0, moved)
    await client.call('clusters.order', { clusterIds: list.value.map((cluster) => cluster.id) })
  }
  return { list, byId, move }
})
