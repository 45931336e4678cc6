/**
 * New options are brought to the members of a running cluster by restarting them one at a time: a member only while the others keep their quorum
 * without it, the next only once it is back and has caught up. Which members are left is looked at anew before each step, so whatever happens to
 * them meanwhile counts.
 */
import type { Failure, Result } from '../../../core/base'
import { fail, ok } from '../../../core/base'
import type { ClusterMoment } from '../../../core/observation'
import { derive, say, type ClusterDerivation } from '../../../core/observe'
import { AGENT_LIMITS } from '../../../contract/agent'
import type { NodeProcessState, OptionChange, OptionsRollout, RolloutStep } from '../../../contract/sandbox'
import { SANDBOX_LIMITS } from './limits'
import { handToPreferred, type LedCluster } from './preferred-leader'
import { canSpare, committedAmong, hasCaughtUp, leaderLast, leaderOf, preferredLeader } from './rollout-rules'

/** A cluster as far as a rollout needs it. */
export interface RolledCluster extends LedCluster {
  /** Those whose process runs with other options than are remembered. */
  readonly outdated: () => readonly string[]
  readonly stateOf: (nodeId: string) => NodeProcessState | null
  /** Started again only where the cluster still runs. */
  readonly restart: (nodeId: string) => Promise<Result<null>>
}

export type RolloutNews =
  | { readonly kind: 'begun' | 'ended'; readonly rollout: OptionsRollout }
  | { readonly kind: 'member'; readonly nodeId: string }

export interface RolloutOptions {
  readonly cluster: RolledCluster
  readonly changes: readonly OptionChange[]
  /** In the order planned. */
  readonly nodeIds: readonly string[]
  readonly nowMs: () => number
  readonly onStep: () => void
  readonly onNews: (news: RolloutNews) => void
}

const OBSERVE_MS = AGENT_LIMITS.observeTimeoutMs + SANDBOX_LIMITS.ownDelayMs
const GO_ON = 'Then go on with the change, or change the options back.'

export class Rollout {
  private readonly options: RolloutOptions
  private readonly startedAtMs: number
  private readonly steps: Map<string, RolloutStep>
  private phase: OptionsRollout['phase'] = 'running'
  private failure: Failure | null = null
  /** Who was asked to hand leadership on already: an election may bring it back to the same member. */
  private readonly handedOn = new Set<string>()

  constructor(options: RolloutOptions) {
    this.options = options
    this.startedAtMs = options.nowMs()
    this.steps = new Map(options.nodeIds.map((nodeId) => [nodeId, 'waiting']))
  }

  get isUnderWay(): boolean {
    return this.phase === 'running' || this.phase === 'cancelling'
  }

  describe(): OptionsRollout {
    const { startedAtMs, phase, failure } = this
    return { startedAtMs, phase, changes: this.options.changes, steps: [...this.steps].map(([nodeId, step]) => ({ nodeId, step })), failure }
  }

  cancel(): boolean {
    if (this.phase !== 'running') return false
    this.phase = 'cancelling'
    this.options.onStep()
    return true
  }

  async run(): Promise<void> {
    this.options.onNews({ kind: 'begun', rollout: this.describe() })
    const rolled = await this.roll()
    this.phase = rolled.ok ? (this.isCancelled && this.options.cluster.outdated().length > 0 ? 'cancelled' : 'done') : 'failed'
    this.failure = rolled.ok ? null : rolled.error
    for (const [nodeId, step] of this.steps) if (step !== 'done') this.steps.set(nodeId, this.options.cluster.stateOf(nodeId) === 'running' ? 'waiting' : 'later')
    this.options.onStep()
    this.options.onNews({ kind: 'ended', rollout: this.describe() })
  }

  private get isCancelled(): boolean {
    return this.phase === 'cancelling'
  }

  private enter(nodeId: string, step: RolloutStep): void {
    if (this.steps.get(nodeId) === step) return
    // Only one is worked on: an election may make another one the next.
    for (const [other, at] of this.steps) if (other !== nodeId && at !== 'done') this.steps.set(other, 'waiting')
    this.steps.set(nodeId, step)
    this.options.onStep()
  }

  private async roll(): Promise<Result<null>> {
    const { cluster } = this.options
    while (cluster.outdated().length > 0) {
      const cleared = await this.nextCleared()
      if (!cleared.ok) return cleared
      if (cleared.value === null) return ok(null)
      const nodeId = cleared.value
      this.enter(nodeId, 'restarting')
      const restarted = await cluster.restart(nodeId)
      if (!cluster.isRunning()) return stopped()
      if (!restarted.ok) return fail('start-failed', `${nodeId} did not start with the new options: ${restarted.error.message}`, `${restarted.error.hint ?? 'Start it from the list of processes.'} ${GO_ON}`)
      const back = await this.caughtUp(nodeId)
      if (!back.ok) return back
      this.enter(nodeId, 'done')
      this.options.onNews({ kind: 'member', nodeId })
    }
    // All members are as they are to be. The change is done even where the preferred one cannot lead.
    if (!this.isCancelled) await handToPreferred(cluster, SANDBOX_LIMITS.preferredLeadTimeoutMs)
    return ok(null)
  }

  /** The next member, once the cluster can spare it; null where it was cancelled, or where none is left. */
  private async nextCleared(): Promise<Result<string | null>> {
    const { cluster } = this.options
    const endMs = performance.now() + SANDBOX_LIMITS.rolloutSpareTimeoutMs
    for (;;) {
      const { derivation } = await this.look()
      const leader = leaderOf(derivation)
      const [nodeId] = leaderLast(cluster.outdated(), leader)
      if (this.isCancelled || nodeId === undefined) return ok(null)
      if (!cluster.isRunning()) return stopped()
      const isSpared = cluster.stateOf(nodeId) === 'running' && canSpare(derivation, nodeId)
      if (isSpared && (nodeId !== leader || this.handedOn.has(nodeId))) return ok(nodeId)
      if (isSpared) await this.handOn(nodeId, derivation)
      else {
        this.enter(nodeId, cluster.stateOf(nodeId) === 'running' ? 'awaiting-quorum' : 'awaiting-member')
        if (performance.now() >= endMs) return unspared(nodeId, cluster.stateOf(nodeId), derivation)
        await pause()
      }
    }
  }

  /** So that writes need not wait for an election. Whatever comes of it, the member can be restarted. */
  private async handOn(nodeId: string, derivation: ClusterDerivation): Promise<void> {
    const { control, preferred } = this.options.cluster
    this.handedOn.add(nodeId)
    this.enter(nodeId, 'handing-over')
    const to = preferredLeader(derivation, preferred().filter((each) => each !== nodeId))
    const handed = await control({ kind: 'transfer-leadership', to })
    if (to !== null && !handed.ok && handed.error.code === 'group-refused') await control({ kind: 'transfer-leadership', to: null })
  }

  private async caughtUp(nodeId: string): Promise<Result<null>> {
    this.enter(nodeId, 'catching-up')
    const endMs = performance.now() + SANDBOX_LIMITS.rolloutCatchUpTimeoutMs
    let target: bigint | null = null
    for (;;) {
      const { moment, derivation } = await this.look()
      if (!this.options.cluster.isRunning()) return stopped()
      target ??= committedAmong(moment.observations)
      if (target !== null && hasCaughtUp(moment.observations.find((each) => each.nodeId === nodeId), leaderOf(derivation), target)) return ok(null)
      if (performance.now() >= endMs) {
        return fail('unknown-outcome', `${nodeId} was restarted and has not caught up within ${SANDBOX_LIMITS.rolloutCatchUpTimeoutMs / 1000} s. ${say(derivation.sentence)}`, `Look at what it says, and at its links. ${GO_ON}`)
      }
      await pause()
    }
  }

  private async look(): Promise<{ readonly moment: ClusterMoment; readonly derivation: ClusterDerivation }> {
    const moment = await this.options.cluster.observeAnew(OBSERVE_MS)
    return { moment, derivation: derive(moment, moment.atMs) }
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, SANDBOX_LIMITS.rolloutLookEveryMs))

const stopped = () => fail('wrong-state', 'The cluster was stopped meanwhile.', 'All members begin with the new options when it is started.')

function unspared(nodeId: string, state: NodeProcessState | null, derivation: ClusterDerivation) {
  const why = state === 'running' ? `the cluster could not spare it for ${SANDBOX_LIMITS.rolloutSpareTimeoutMs / 1000} s. ${say(derivation.sentence)}` : `it is ${state ?? 'gone'}.`
  return fail('would-lose-quorum', `${nodeId} was not restarted: ${why}`, `Bring back the members that do not answer. ${GO_ON}`)
}
