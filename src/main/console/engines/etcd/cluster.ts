/** An attached etcd cluster: every member is asked on its own, and what each says is passed on as it arrives. */
import type { EtcdTarget } from '../../../../contract/engines'
import { silentObservation, type ClusterMoment, type ExpectedMember, type NodeObservation } from '../../../../core/observation'
import { Member, type AskOutcome } from './ask'
import { trouble, type Trouble } from './failure'
import { OBSERVE_TIMEOUT_MS } from './limits'
import { afterAnswer, expectedOf, newMembership, targetsOf, type Membership, type Target } from './membership'
import { observationOf, type About } from './observation'
import type { TlsMaterial } from './pem'

export interface EtcdClusterOptions {
  readonly clusterId: string
  readonly target: EtcdTarget
  readonly tls: TlsMaterial | null
  /** Set: nothing is asked, and this is why. */
  readonly withheld: Trouble | null
  readonly membership?: Membership
  readonly nowMs: () => number
  readonly timeoutMs?: number
  readonly onObservation?: (observation: NodeObservation) => void
  readonly onMembership?: (membership: Membership) => void
}

export class EtcdCluster {
  readonly #options: EtcdClusterOptions
  readonly #members = new Map<string, Member>()
  readonly #asking = new Map<string, Promise<NodeObservation>>()
  readonly #latest = new Map<string, NodeObservation>()
  #membership: Membership
  #closed = false

  constructor(options: EtcdClusterOptions) {
    this.#options = options
    this.#membership = options.membership ?? newMembership(options.target.endpoints)
  }

  get tls(): TlsMaterial | null {
    return this.#options.tls
  }

  get membership(): Membership {
    return this.#membership
  }

  get expected(): readonly ExpectedMember[] {
    return expectedOf(this.#membership)
  }

  get engine(): string {
    for (const { version } of this.#latest.values()) if (typeof version === 'string') return `etcd ${version}`
    return 'etcd'
  }

  moment(): ClusterMoment {
    const expected = this.expected
    const observations = expected.map((member) => this.#latest.get(member.id)).filter((each) => each !== undefined)
    return { clusterId: this.#options.clusterId, atMs: this.#options.nowMs(), expected, observations }
  }

  /** One round. A member that is still being asked is waited for, not asked again. */
  async observeAll(): Promise<readonly NodeObservation[]> {
    const targets = targetsOf(this.#membership)
    this.#forgetUnused(targets)
    const told = await Promise.all(targets.map((target) => this.#observe(target)))
    const byNode = new Map(told.map((observation) => [observation.nodeId, observation]))
    return this.expected.map((member) => byNode.get(member.id)).filter((each) => each !== undefined)
  }

  close(): void {
    this.#closed = true
    for (const member of this.#members.values()) member.close()
    this.#members.clear()
  }

  #observe(target: Target): Promise<NodeObservation> {
    const running = this.#asking.get(target.nodeId)
    if (running !== undefined) return running
    const asked = this.#ask(target).finally(() => this.#asking.delete(target.nodeId))
    this.#asking.set(target.nodeId, asked)
    return asked
  }

  async #ask(target: Target): Promise<NodeObservation> {
    const { withheld, timeoutMs = OBSERVE_TIMEOUT_MS } = this.#options
    const outcome: AskOutcome = withheld === null ? await this.#askAt(target, timeoutMs) : { ok: false, trouble: withheld }
    const observation = this.#observationOf(outcome.ok ? target : this.#whose(target), outcome)
    // A stranger that does not answer stands for a member only as long as no member is known.
    const counts = this.expected.some((member) => member.id === observation.nodeId)
    if (!this.#closed && counts) {
      this.#latest.set(observation.nodeId, observation)
      this.#options.onObservation?.(observation)
    }
    return observation
  }

  /** While a stranger was asked in vain, another member may have told whose endpoint it is. */
  #whose(target: Target): Target {
    if (target.memberId !== null) return target
    return targetsOf(this.#membership).find((each) => each.endpoint === target.endpoint) ?? target
  }

  async #askAt(target: Target, timeoutMs: number): Promise<AskOutcome> {
    if (target.endpoint === '') {
      return { ok: false, trouble: trouble('unreachable', 'unknown', 'dns', `${target.name} advertises no address.`,
        'The member has not joined yet, or listens on a UNIX socket only.') }
    }
    return this.#memberAt(target.endpoint).ask(timeoutMs)
  }

  #observationOf(target: Target, outcome: AskOutcome): NodeObservation {
    const about: About = {
      clusterId: this.#options.clusterId, nodeId: target.nodeId, name: target.name, atMs: this.#options.nowMs(),
      source: { endpoint: target.endpoint, path: 'direct' },
    }
    if (!outcome.ok) return silentObservation(about, outcome.trouble.reachability, `${outcome.trouble.message} ${outcome.trouble.hint}`)
    const { cluster_id: etcdClusterId, member_id: memberId } = outcome.answer.status.header
    const own = this.#membership.etcdClusterId
    if (own !== null && own !== etcdClusterId) {
      return silentObservation(about, 'unknown',
        `${target.endpoint} belongs to another cluster (${etcdClusterId}, not ${own}). Detach and attach anew if that is meant.`)
    }
    if (this.#membership.removed.includes(memberId)) {
      return silentObservation(about, 'unknown', `${target.endpoint} answers as ${memberId}, which was removed from the cluster.`)
    }
    this.#learn({ endpoint: target.endpoint, etcdClusterId, memberId, members: outcome.answer.members })
    if (target.memberId !== null && target.memberId !== memberId) {
      return silentObservation(about, 'unknown',
        `${target.endpoint} answers as another member (${memberId}). Its advertised address may be wrong, or a proxy stands before it.`)
    }
    const name = this.#membership.members.find((member) => member.id === memberId)?.name ?? ''
    return observationOf({ ...about, nodeId: memberId, name: name === '' ? memberId : name }, outcome.answer)
  }

  #learn(answer: Parameters<typeof afterAnswer>[1]): void {
    const next = afterAnswer(this.#membership, answer)
    if (next === this.#membership) return
    this.#membership = next
    const ids = new Set(this.expected.map((member) => member.id))
    for (const id of this.#latest.keys()) if (!ids.has(id)) this.#latest.delete(id)
    if (!this.#closed) this.#options.onMembership?.(next)
  }

  #memberAt(endpoint: string): Member {
    const known = this.#members.get(endpoint)
    if (known !== undefined) return known
    const member = new Member(endpoint, this.#options.tls, this.#options.target.auth)
    this.#members.set(endpoint, member)
    return member
  }

  #forgetUnused(targets: readonly Target[]): void {
    const used = new Set(targets.map((target) => target.endpoint))
    for (const [endpoint, member] of this.#members) {
      if (used.has(endpoint)) continue
      member.close()
      this.#members.delete(endpoint)
    }
  }
}
