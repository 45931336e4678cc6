/** Leadership goes to the member that is preferred. Elections alone do not see to that: whoever was up first may have won the first one. */
import type { Control } from '../../../core/machine'
import type { Result } from '../../../core/base'
import type { ClusterMoment } from '../../../core/observation'
import { derive } from '../../../core/observe'
import { AGENT_LIMITS } from '../../../contract/agent'
import { SANDBOX_LIMITS } from './limits'
import { electable, leaderOf, preferredLeader } from './rollout-rules'

/** A cluster as far as handing its lead on needs it. */
export interface LedCluster {
  readonly isRunning: () => boolean
  /** Who is to lead rather than others, by what is remembered: whoever leads may still run with something else. */
  readonly preferred: () => readonly string[]
  readonly observeAnew: (withinMs: number) => Promise<ClusterMoment>
  readonly control: (control: Control) => Promise<Result<null>>
}

/**
 * Once somebody leads and the first choice answers, and again where that came to nothing, as it may on a busy machine; after `withinMs` once more, to
 * the first that answers then.
 */
export async function handToPreferred(cluster: LedCluster, withinMs: number): Promise<void> {
  const endMs = performance.now() + withinMs
  while (cluster.preferred().length > 0) {
    const moment = await cluster.observeAnew(AGENT_LIMITS.observeTimeoutMs + SANDBOX_LIMITS.ownDelayMs)
    if (!cluster.isRunning()) return
    const isLast = performance.now() >= endMs
    if (await isHanded(cluster, moment, isLast) || isLast) return
    await new Promise((resolve) => setTimeout(resolve, SANDBOX_LIMITS.rolloutLookEveryMs))
  }
}

async function isHanded(cluster: LedCluster, moment: ClusterMoment, isLast: boolean): Promise<boolean> {
  const derivation = derive(moment, moment.atMs)
  const leader = leaderOf(derivation)
  const [first] = electable(derivation, cluster.preferred())
  const to = preferredLeader(derivation, cluster.preferred())
  if (!isLast && (leader === null || to === null || to !== first)) return false
  return to === null || to === leader || (await cluster.control({ kind: 'transfer-leadership', to })).ok
}
