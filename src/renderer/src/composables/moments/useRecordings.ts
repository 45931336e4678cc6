/** Stretches of recorded history, fetched as the time bar needs them and kept. */
import { shallowReactive, watch } from 'vue'
import type { Failure } from '../../../../core/base'
import { useClusters } from '../clusters/clusters'
import { useConsole } from '../connection/console'
import { useTime } from '../time/time'
import { createRecording, type Recording } from './recording'

export const RECORDING_LIMITS = { stretchMs: 120_000, changesMax: 5_000, recordingsPerClusterMax: 24, fetchesInARowMax: 8 } as const

export interface Recordings {
  /** The recording that holds this moment, if it was fetched. */
  at(clusterId: string, atMs: number): Recording | undefined
  /** Why the last fetch for a cluster failed. */
  readonly failures: ReadonlyMap<string, Failure>
}

export function useRecordings(): Recordings {
  const client = useConsole()
  const time = useTime()
  const clusters = useClusters()
  const recordings = shallowReactive(new Map<string, readonly Recording[]>())
  const failures = shallowReactive(new Map<string, Failure>())
  const fetching = new Set<string>()
  const at = (clusterId: string, atMs: number): Recording | undefined =>
    recordings.get(clusterId)?.find((recording) => recording.fromMs <= atMs && atMs <= recording.untilMs)

  /** Returns whether it brought anything new. */
  async function fetchStretch(clusterId: string, atMs: number): Promise<boolean> {
    const stretchFromMs = Math.floor(atMs / RECORDING_LIMITS.stretchMs) * RECORDING_LIMITS.stretchMs
    const known = recordings.get(clusterId) ?? []
    const before = known.findLast((each) => each.fromMs >= stretchFromMs && each.untilMs < atMs) ?? known.find((each) => each.untilMs === stretchFromMs)
    const fromMs = before && before.fromMs >= stretchFromMs ? before.untilMs : stretchFromMs
    const toMs = Math.min(stretchFromMs + RECORDING_LIMITS.stretchMs, Date.now())
    const result = await client.call('history.recording', { clusterId, fromMs, toMs, changesMax: RECORDING_LIMITS.changesMax })
    if (!result.ok) {
      failures.set(clusterId, result.error)
      return false
    }
    failures.delete(clusterId)
    const untilMs = Math.min(result.value.completeUntilMs, toMs)
    const recording = createRecording(result.value.base, result.value.changes, fromMs, untilMs, before?.checkpoints.at(-1)?.earlier)
    recordings.set(clusterId, [...known, recording].slice(-RECORDING_LIMITS.recordingsPerClusterMax))
    return untilMs > fromMs
  }

  async function ensure(clusterId: string): Promise<void> {
    if (fetching.has(clusterId)) return
    fetching.add(clusterId)
    for (let round = 0; round < RECORDING_LIMITS.fetchesInARowMax && !time.isLive && !at(clusterId, time.atMs); round += 1) {
      if (!(await fetchStretch(clusterId, time.atMs))) break
    }
    // What comes next while playing is fetched before it is needed.
    const nextMs = time.atMs + RECORDING_LIMITS.stretchMs / 4
    if (time.playing && nextMs < Date.now() && !at(clusterId, nextMs)) await fetchStretch(clusterId, nextMs)
    fetching.delete(clusterId)
  }
  watch([() => time.viewMs, () => clusters.list], ([viewMs, list]) => {
    if (viewMs !== null) for (const cluster of list ?? []) void ensure(cluster.id)
  })
  return { at, failures }
}
