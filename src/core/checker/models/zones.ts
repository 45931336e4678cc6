/**
 * Registers where each value is written at most once: the test of Gibbons and Korach, "Testing Shared Memories", SIAM Journal on
 * Computing 26 (4), 1997, in O(n log n). A write and the reads that saw it are a cluster; its zone lies between the earliest end and
 * the latest beginning in it. A zone whose end comes first is one in which the register must hold that value.
 */
import type { Operation } from '../history'
import { canonical } from '../values'
import type { Access } from './access'

interface Cluster {
  /** Null until the write is found. */
  written: { invoked: number } | null
  unknown: boolean
  reads: number
  earliestEnd: number
  latestBeginning: number
  earliestReadEnd: number
}

const INITIAL_KEY = 'initial'

/** Null where a value is written twice, written by a cas or appended: the test does not apply. */
export function uniqueWriteShape(accesses: readonly Access[], operations: readonly Operation[], strings: boolean): boolean | null {
  const clusters = new Map<string, Cluster>()
  const isInitial = (value: Access['seen']): boolean => value === null || (strings && value === '')
  const clusterOf = (value: Access['seen']): Cluster => {
    const key = isInitial(value) ? INITIAL_KEY : canonical(value)
    let cluster = clusters.get(key)
    if (cluster === undefined) {
      cluster = { written: null, unknown: false, reads: 0, earliestEnd: Infinity, latestBeginning: -Infinity, earliestReadEnd: Infinity }
      clusters.set(key, cluster)
    }
    return cluster
  }
  Object.assign(clusterOf(null), { written: { invoked: -2 }, earliestEnd: -1, latestBeginning: -2 })
  for (const [i, { effect, seen, written }] of accesses.entries()) {
    const { invoked, completed, outcome } = operations[i] as Operation
    if (effect === 'read' && outcome === 'unknown') continue
    if (effect !== 'read' && effect !== 'write') return null
    const cluster = clusterOf(effect === 'read' ? seen : written)
    if (effect === 'read') {
      cluster.reads++
      cluster.earliestReadEnd = Math.min(cluster.earliestReadEnd, completed)
    } else {
      if (cluster.written !== null) return null
      cluster.written = { invoked }
      cluster.unknown = outcome === 'unknown'
    }
    cluster.earliestEnd = Math.min(cluster.earliestEnd, completed)
    cluster.latestBeginning = Math.max(cluster.latestBeginning, invoked)
  }
  return zonesAgree([...clusters.values()].filter(({ unknown, reads }) => !unknown || reads > 0))
}

function zonesAgree(clusters: readonly Cluster[]): boolean {
  if (clusters.some(({ written, earliestReadEnd }) => written === null || earliestReadEnd < written.invoked)) return false
  const held = clusters.filter(({ earliestEnd, latestBeginning }) => earliestEnd < latestBeginning).sort((a, b) => a.earliestEnd - b.earliestEnd)
  if (held.some(({ earliestEnd }, i) => i > 0 && earliestEnd < (held[i - 1] as Cluster).latestBeginning)) return false
  /** A cluster whose operations all overlap in [latestBeginning, earliestEnd] must find a moment there at which nothing else is held. */
  return clusters.every(({ earliestEnd, latestBeginning }) => {
    if (earliestEnd < latestBeginning) return true
    const around = lastBefore(held, latestBeginning)
    return around === undefined || earliestEnd > around.latestBeginning
  })
}

/** The last zone that begins before `position`. */
function lastBefore(held: readonly Cluster[], position: number): Cluster | undefined {
  let low = 0
  let high = held.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((held[middle] as Cluster).earliestEnd < position) low = middle + 1
    else high = middle
  }
  return held[low - 1]
}
