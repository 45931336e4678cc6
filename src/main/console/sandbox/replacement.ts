/**
 * A member is replaced by a new node: it joins as a learner and catches up, then the group swaps the two in one step, so that at no time fewer failures
 * are tolerated than before. Joint consensus in Raft; in Paxos both are changes of one configuration. The member that goes may be down. Whatever fails
 * before the swap leaves both as they are: the member a member, the new one a learner.
 */
import type { Result } from '../../../core/base'
import { fail, ok } from '../../../core/base'
import type { MemberChange, MemberKind } from '../../../core/machine'
import { derive } from '../../../core/observe'
import { AGENT_LIMITS } from '../../../contract/agent'
import type { MemberReplacement } from '../../../contract/sandbox'
import type { Cluster } from './cluster'
import { mayPass } from './controls'
import { addMember, forgetMember, memberAddress, startJoining, type Changed, type Joining, type MemberCode, type MembershipOptions } from './joining'
import { SANDBOX_LIMITS } from './limits'
import { committedAmong, hasCaughtUp, leaderOf } from './rollout-rules'

const LOOKS_MAX = 20
const OBSERVE_MS = AGENT_LIMITS.observeTimeoutMs + SANDBOX_LIMITS.ownDelayMs

interface Swap {
  readonly cluster: Cluster
  readonly options: MembershipOptions
  readonly kind: MemberKind
  readonly old: string
  readonly by: string
  /** A witness has nothing to catch up with: the group hears of it as the two are swapped. */
  readonly unheard: Joining | null
}

/** Answers once the new node has joined; the cluster tells the rest. */
export async function replaceMember(cluster: Cluster, nodeId: string, options: MembershipOptions): Promise<Changed> {
  const kind = cluster.file.nodes.find((each) => each.nodeId === nodeId)?.member ?? 'voter'
  const begun: MemberReplacement = { startedAtMs: cluster.moment().atMs, nodeId, by: null, phase: 'joining', failure: null }
  cluster.tellReplacement(begun)
  const unheard = kind === 'witness' ? await startJoining(cluster, kind, options) : null
  const joined = unheard ?? await addMember(cluster, 'learner', options)
  if (!joined.ok) {
    cluster.tellReplacement(null)
    return joined
  }
  const by = joined.value.nodeId
  const swap: Swap = { cluster, options, kind, old: nodeId, by, unheard: unheard?.ok === true ? unheard.value : null }
  void finish(swap, { ...begun, by })
  return ok({ nodeId: by })
}

async function finish(swap: Swap, begun: MemberReplacement): Promise<void> {
  const { cluster } = swap
  const tell = (phase: MemberReplacement['phase'], failure: MemberReplacement['failure'] = null): void => cluster.tellReplacement({ ...begun, phase, failure })
  tell(swap.unheard === null ? 'catching-up' : 'changing')
  const isReady = swap.unheard === null ? await caughtUp(swap) : ok(null)
  if (!isReady.ok) return tell('failed', isReady.error)
  tell('changing')
  const swapped = await exchange(swap)
  if (swapped.ok) return tell('done')
  tell('failed', swapped.error)
}

const stays = ({ old, by }: Pick<Swap, 'old' | 'by'>): string => `${by} stays a learner and ${old} a member.`
const thenByHand = ({ old, by }: Pick<Swap, 'old' | 'by'>): string => `promote ${by} and then remove ${old}; or remove ${by} and begin again.`

/** It has applied what was committed when the cluster was looked at the last time: it is no further behind than one look. */
async function caughtUp(swap: Swap): Promise<Result<null>> {
  const { cluster, by } = swap
  const endMs = performance.now() + SANDBOX_LIMITS.replaceCatchUpTimeoutMs
  let target: bigint | null = null
  for (;;) {
    const moment = await cluster.observeAnew(OBSERVE_MS)
    if (cluster.phase !== 'running') return fail('wrong-state', `The cluster was stopped meanwhile. ${stays(swap)}`, `Start the cluster. Then ${thenByHand(swap)}`)
    const { observations } = moment
    if (target !== null && hasCaughtUp(observations.find(({ nodeId }) => nodeId === by), leaderOf(derive(moment, moment.atMs)), target)) return ok(null)
    target = committedAmong(observations)
    if (performance.now() >= endMs) {
      return fail('not-caught-up', `${by} has not caught up within ${SANDBOX_LIMITS.replaceCatchUpTimeoutMs / 1000} s. ${stays(swap)}`, `Look at what it says, and at its links. Once it has caught up, ${thenByHand(swap)}`)
    }
    await pause(SANDBOX_LIMITS.rolloutLookEveryMs)
  }
}

/** Asked again where its end is not known: the two are swapped together, so where the group does not know the old one any more it is done. */
async function exchange(swap: Swap): Promise<Result<null>> {
  const { cluster, options, kind, old, by, unheard } = swap
  const changes: readonly MemberChange[] = [
    // A learner stays one.
    ...(kind === 'learner' ? [] : [{ kind: 'set' as const, id: by, address: memberAddress(cluster, by), member: kind, promote: false }]),
    { kind: 'remove', id: old },
  ]
  const endMs = performance.now() + SANDBOX_LIMITS.replaceChangeTimeoutMs
  let mayBeDone = false
  for (;;) {
    const changed = await cluster.control({ kind: 'change-members', mode: kind === 'learner' ? 'auto' : 'joint', changes })
    if (changed.ok || (mayBeDone && changed.error.code === 'no-such-member')) {
      const gone = await forgetMember(cluster, old, options)
      await told(swap)
      return gone.ok ? ok(null) : gone
    }
    mayBeDone ||= changed.error.code === 'unknown-outcome'
    if (cluster.phase === 'running' && mayPass(changed.error) && performance.now() < endMs) {
      await pause(SANDBOX_LIMITS.leaderSearchEveryMs)
      continue
    }
    // Whether it is a member is not known: its process stays, for the group may count on it.
    if (mayBeDone) return fail('unknown-outcome', `Whether ${by} has taken the place of ${old} is not known. ${changed.error.message}`, `Look at who the members are. Where ${old} is none any more, remove it: only its process and folder go. Else ${thenByHand(swap)}`)
    await unheard?.takeBack()
    return refused(swap, changed.error)
  }
}

/** Whoever leads now says what the new one is, so that it is shown as such. Not waited for for long: it is done. */
async function told({ cluster, by, kind }: Swap): Promise<void> {
  for (let looks = 0; looks < LOOKS_MAX && cluster.file.nodes.find(({ nodeId }) => nodeId === by)?.member !== kind; looks++) {
    await cluster.observeAnew(OBSERVE_MS)
    await pause(SANDBOX_LIMITS.changedObserveEveryMs)
  }
}

function refused({ old, by, unheard }: Swap, { code, message, hint }: { readonly code: MemberCode; readonly message: string; readonly hint?: string }): Result<null> {
  if (unheard !== null) return fail(code, `${by} did not take the place of ${old}: ${message} ${by} was taken back.`, hint)
  return fail(code, `${by} has caught up and did not take the place of ${old}: ${message} ${stays({ old, by })}`, `When that has changed, ${thenByHand({ old, by })}`)
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
