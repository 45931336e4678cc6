import type { ClusterMoment, ExpectedMember, NodeObservation } from '../../../core/observation'
import {
  applyChange, derive, eventsBetween, NOTHING_EARLIER, remember,
  type ClusterDerivation, type ClusterEvent, type Earlier, type Thresholds,
} from '../../../core/observe'

/** Observations that arrive within this time are told as one moment. */
const GATHER_MS = 40

export interface Settled {
  readonly moment: ClusterMoment
  /** What was said since the last time, in order. Empty where only time has passed. */
  readonly observations: readonly NodeObservation[]
  readonly events: readonly ClusterEvent[]
  /** Something was said, or other members are expected; not merely that time passed. */
  readonly changed: boolean
  readonly derivation: ClusterDerivation
}

export interface LiveOptions {
  readonly nowMs: () => number
  readonly thresholds: () => Thresholds
  readonly onSettled: (settled: Settled) => void
}

export interface Live {
  observed(observation: NodeObservation): void
  expected(clusterId: string, expected: readonly ExpectedMember[]): void
  moment(clusterId: string): ClusterMoment | null
  derivation(clusterId: string): ClusterDerivation | null
  moments(): readonly ClusterMoment[]
  /** Time passed: what nobody renewed gets older. */
  tick(): void
  /** The next moment of each cluster is compared with nothing: what lies between was not seen. */
  forgetBefore(): void
  remove(clusterId: string): void
  close(): void
}

interface Entry {
  moment: ClusterMoment
  /** The moment told last. */
  told: ClusterMoment | null
  pending: NodeObservation[]
  changed: boolean
  earlier: Earlier
  derivation: ClusterDerivation | null
  timer: NodeJS.Timeout | null
}

export function createLive(options: LiveOptions): Live {
  const entries = new Map<string, Entry>()
  let closed = false

  const entryOf = (clusterId: string): Entry => {
    const known = entries.get(clusterId)
    if (known) return known
    const moment: ClusterMoment = { clusterId, atMs: options.nowMs(), expected: [], observations: [] }
    const entry: Entry = { moment, told: null, pending: [], changed: false, earlier: NOTHING_EARLIER, derivation: null, timer: null }
    entries.set(clusterId, entry)
    return entry
  }

  const settle = (entry: Entry): void => {
    if (entry.timer) clearTimeout(entry.timer)
    entry.timer = null
    const nowMs = options.nowMs()
    const thresholds = options.thresholds()
    const moment = { ...entry.moment, atMs: nowMs }
    const observations = entry.pending
    const { changed } = entry
    entry.pending = []
    entry.changed = false
    const events = observations.length > 0 ? eventsBetween(entry.told, moment, thresholds, entry.earlier) : []
    const derivation = derive(moment, nowMs, thresholds, entry.earlier)
    entry.earlier = remember(entry.earlier, moment, thresholds)
    entry.derivation = derivation
    if (observations.length > 0) entry.told = moment
    options.onSettled({ moment, observations, events, changed, derivation })
  }

  const soon = (entry: Entry): void => {
    entry.changed = true
    if (!closed) entry.timer ??= setTimeout(() => settle(entry), GATHER_MS)
  }

  return {
    observed: (observation) => {
      if (closed) return
      const entry = entryOf(observation.clusterId)
      entry.moment = applyChange(entry.moment, observation)
      entry.pending.push(observation)
      soon(entry)
    },
    expected: (clusterId, expected) => {
      if (closed) return
      const entry = entryOf(clusterId)
      const ids = new Set(expected.map((member) => member.id))
      // A member that is not expected and has not spoken as itself lately would be shown forever.
      entry.moment = { ...entry.moment, expected, observations: entry.moment.observations.filter((each) => each.reachability === 'ok' || ids.has(each.nodeId)) }
      soon(entry)
    },
    moment: (clusterId) => entries.get(clusterId)?.moment ?? null,
    derivation: (clusterId) => entries.get(clusterId)?.derivation ?? null,
    moments: () => [...entries.values()].map((entry) => entry.moment),
    tick: () => {
      for (const entry of entries.values()) if (!entry.timer) settle(entry)
    },
    forgetBefore: () => {
      for (const entry of entries.values()) {
        entry.told = null
        entry.pending = []
      }
    },
    remove: (clusterId) => {
      const timer = entries.get(clusterId)?.timer
      if (timer) clearTimeout(timer)
      entries.delete(clusterId)
    },
    close: () => {
      closed = true
      for (const entry of entries.values()) if (entry.timer) clearTimeout(entry.timer)
    },
  }
}
