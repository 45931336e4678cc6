/**
 * Every cluster at the moment that the time bar shows: live from the stream, past from recordings. Derivations are shared by all
 * that show the cluster.
 */
import { defineStore } from 'pinia'
import { computed, shallowReactive, type ComputedRef } from 'vue'
import { staleAfterMs } from '../../../../contract/system'
import type { ClusterMoment } from '../../../../core/observation'
import { derive, DEFAULT_THRESHOLDS, NOTHING_EARLIER, remember, type ClusterDerivation } from '../../../../core/observe'
import { useConsole } from '../connection/console'
import { useStream } from '../connection/useStream'
import { useSystem } from '../system/system'
import { useTime } from '../time/time'
import { createRecording, momentAt, type MomentView } from './recording'
import { RECORDING_LIMITS, useRecordings } from './useRecordings'

const LIMITS = { recallMs: 180_000, rememberEveryMs: 250 } as const

export type ViewStatus = 'loading' | 'ready' | 'unavailable'
interface View {
  readonly status: ViewStatus
  readonly view: MomentView | null
}

/** The newest moment of each cluster, with what came before it. */
function useLiveMoments(): ReadonlyMap<string, MomentView> {
  const client = useConsole()
  const live = shallowReactive(new Map<string, MomentView>())
  const rememberedAtMs = new Map<string, number>()

  /** What passed just before this window opened: since when a member is silent, whether writes have stopped. */
  async function recallLately(clusterId: string): Promise<void> {
    const toMs = Date.now()
    const fromMs = toMs - LIMITS.recallMs
    const result = await client.call('history.recording', { clusterId, fromMs, toMs, changesMax: RECORDING_LIMITS.changesMax })
    const now = live.get(clusterId)
    if (!result.ok || !now) return
    const earlier = createRecording(result.value.base, result.value.changes, fromMs, toMs).checkpoints.at(-1)?.earlier
    if (earlier) live.set(clusterId, { ...now, earlier: remember(earlier, now.moment) })
  }
  useStream('clusters.moments', {}, (moment) => {
    if (!live.has(moment.clusterId)) void recallLately(moment.clusterId)
    const before = live.get(moment.clusterId)?.earlier ?? NOTHING_EARLIER
    const due = moment.atMs - (rememberedAtMs.get(moment.clusterId) ?? 0) >= LIMITS.rememberEveryMs
    if (due) rememberedAtMs.set(moment.clusterId, moment.atMs)
    live.set(moment.clusterId, { moment, earlier: due ? remember(before, moment) : before })
  })
  return live
}

/** One of each per cluster, made when it is first asked for. */
function perCluster<Value>(make: (clusterId: string) => ComputedRef<Value>): (clusterId: string) => ComputedRef<Value> {
  const made = new Map<string, ComputedRef<Value>>()
  return (clusterId) => {
    const known = made.get(clusterId) ?? make(clusterId)
    made.set(clusterId, known)
    return known
  }
}

export const useMoments = defineStore('moments', () => {
  const time = useTime()
  const live = useLiveMoments()
  const recordings = useRecordings()
  const system = useSystem()
  /** As the console service has it: members that are asked rarely are not stale for it. */
  const thresholds = computed(() => ({ ...DEFAULT_THRESHOLDS, staleAfterMs: staleAfterMs(system.settings.pollIntervalMs) }))
  /** While a stretch is being fetched the last moment shown stays. */
  const shown = new Map<string, MomentView>()

  const viewOf = perCluster((clusterId) => computed<View>(() => {
    if (time.isLive) {
      const now = live.get(clusterId)
      return { status: now ? 'ready' : 'loading', view: now ?? null }
    }
    const recording = recordings.at(clusterId, time.atMs)
    if (!recording) return { status: recordings.failures.has(clusterId) ? 'unavailable' : 'loading', view: shown.get(clusterId) ?? null }
    const past = momentAt(recording, time.atMs)
    shown.set(clusterId, past)
    return { status: 'ready', view: past }
  }))
  const derivationOf = perCluster((clusterId) => computed<ClusterDerivation | null>(() => {
    const now = viewOf(clusterId).value.view
    if (!now) return null
    return derive(now.moment, time.isLive ? Math.max(time.nowMs, now.moment.atMs) : now.moment.atMs, thresholds.value, now.earlier)
  }))
  const liveMoment = (clusterId: string): ClusterMoment | null => live.get(clusterId)?.moment ?? null
  return { viewOf, derivationOf, liveMoment, failures: recordings.failures }
})
