/** The clusters of the fake console and what passes in them. Time is given to it, so that twenty minutes can pass at once. */
import { DEFAULT_PROTOCOL_OPTIONS, SANDBOX_TIMING, type ProtocolOptions } from '../../../../contract/agent'
import type { ClusterInfo } from '../../../../contract/clusters'
import type { LoadState } from '../../../../contract/load'
import { LOAD_DEFAULTS } from '../../../../contract/load'
import { PROTOCOL_NAMES, type FaultInForce, type SandboxState } from '../../../../contract/sandbox'
import type { ProtocolName } from '../../../../core/machine'
import type { ClusterMoment } from '../../../../core/observation'
import { derive, NOTHING_EARLIER, remember, samplesOfLag, type Earlier } from '../../../../core/observe'
import { FakeAlerts } from './alerts'
import { FakeHistory } from './history'
import { observeCluster } from './observe'
import { act, advance, createCluster, type FakeCluster } from './simulation'

export interface FakeMember {
  info: ClusterInfo
  readonly protocol: ProtocolName
  options: ProtocolOptions
  readonly cluster: FakeCluster
  readonly history: FakeHistory
  phase: SandboxState['phase']
  faults: FaultInForce[]
  load: LoadState
  moment: ClusterMoment
  earlier: Earlier
}

export interface FakeClusterPlan {
  readonly id: string
  readonly name: string
  readonly kind: ClusterInfo['kind']
  readonly protocol?: ProtocolName
  readonly nodes: number
  readonly critical?: boolean
  readonly opsPerSecond?: number
  /** What happens to it, in milliseconds before the present. */
  readonly story?: readonly { readonly beforeMs: number; readonly nodeId: string; readonly action: 'kill' | 'start' | 'pause' | 'resume' }[]
  readonly slow?: Readonly<Record<string, number>>
}

export type Change = 'clusters' | 'alerts' | 'system' | { readonly clusterId: string }

const EVENTS_PER_CLUSTER = 1_000_000

export class FakeWorld {
  readonly members: FakeMember[] = []
  readonly alerts = new FakeAlerts()
  readonly listeners = new Set<(what: Change) => void>()
  private created = 0

  add(plan: FakeClusterPlan, nowMs: number, pastMs: number): FakeMember {
    const ids = Array.from({ length: plan.nodes }, (_, at) => `n${at + 1}`)
    const startMs = nowMs - pastMs
    const cluster = createCluster(plan.id, ids, 7 + this.created * 31, startMs)
    cluster.opsPerSecond = plan.opsPerSecond ?? 120
    for (const [nodeId, perSecond] of Object.entries(plan.slow ?? {})) cluster.intake.set(nodeId, perSecond)
    this.created += 1
    const protocol = plan.protocol ?? 'raft'
    const member: FakeMember = {
      cluster, protocol, options: DEFAULT_PROTOCOL_OPTIONS, history: new FakeHistory(this.created * EVENTS_PER_CLUSTER), phase: 'running', faults: [], earlier: NOTHING_EARLIER, moment: observeCluster(cluster, plan.kind, protocol),
      load: { clusterId: plan.id, running: false, settings: LOAD_DEFAULTS, startedAtMs: null, samples: [], totals: { completed: 0, errors: 0, unknownOutcomes: 0, outvoted: 0 } },
      info: {
        id: plan.id, name: plan.name, kind: plan.kind, engine: plan.kind === 'etcd' ? 'etcd 3.5.21' : PROTOCOL_NAMES[protocol], critical: plan.critical ?? false, group: null,
        createdAtMs: startMs, paused: false,
      },
    }
    const story = (plan.story ?? []).toSorted((one, other) => other.beforeMs - one.beforeMs)
    let at = 0
    for (let time = startMs + 1_000; time <= nowMs; time += 1_000) {
      while (at < story.length && time >= nowMs - (story[at]?.beforeMs ?? 0)) {
        const step = story[at++]
        if (step) this.act(member, step.nodeId, step.action, time)
      }
      this.pass(member, time)
    }
    this.members.push(member)
    this.tell('clusters')
    return member
  }

  find(clusterId: string): FakeMember | undefined {
    return this.members.find((member) => member.info.id === clusterId)
  }

  tell(what: Change): void {
    for (const listener of this.listeners) listener(what)
  }

  tick(nowMs: number): void {
    for (const member of this.members) if (this.pass(member, nowMs)) this.tell('alerts')
  }

  act(member: FakeMember, nodeId: string, action: 'kill' | 'stop' | 'start' | 'restart' | 'pause' | 'resume', nowMs: number): void {
    act(member.cluster, nodeId, action)
    member.faults = member.faults.filter((each) => !('nodeId' in each.fault) || each.fault.nodeId !== nodeId)
    const kind = ({ kill: 'killed', stop: 'stopped', pause: 'paused' } as const)[action as 'kill' | 'stop' | 'pause']
    if (kind) member.faults.push({ id: `${kind}-${nodeId}`, fault: { kind, nodeId }, sinceMs: nowMs })
    this.tell({ clusterId: member.info.id })
  }

  cut(member: FakeMember): void {
    member.cluster.cuts.clear()
    for (const { fault } of member.faults) {
      if (fault.kind === 'link' && fault.cut) {
        member.cluster.cuts.add(`${fault.from}>${fault.to}`)
        if (fault.bothWays) member.cluster.cuts.add(`${fault.to}>${fault.from}`)
      } else if (fault.kind === 'partition') {
        const groupOf = (nodeId: string): number => fault.groups.findIndex((group) => group.includes(nodeId))
        for (const from of member.cluster.nodes) for (const to of member.cluster.nodes) {
          if (from !== to && (groupOf(from.id) !== groupOf(to.id) || groupOf(from.id) < 0)) member.cluster.cuts.add(`${from.id}>${to.id}`)
        }
      }
    }
  }

  sandboxState(member: FakeMember): SandboxState {
    const { options } = member
    return {
      clusterId: member.info.id, protocol: member.protocol, phase: member.phase, faults: member.faults, options, timing: SANDBOX_TIMING, rollout: null, replacement: null,
      nodes: member.cluster.nodes.map((node, at) => ({
        nodeId: node.id, member: 'voter', state: member.phase === 'stopped' ? 'stopped' : node.state, pid: node.state === 'running' || node.state === 'paused' ? 40_210 + at : null,
        port: 4_700 + at, directory: `/home/user/.local/share/quorate/sandbox/${member.info.id}/${node.id}`, restarts: node.restarts,
        runsWith: member.phase === 'running' && (node.state === 'running' || node.state === 'paused') ? options : null,
      })),
    }
  }

  /** Returns whether an alert changed. */
  private pass(member: FakeMember, nowMs: number): boolean {
    if (member.phase === 'stopped') return false
    advance(member.cluster, nowMs)
    this.measureLoad(member, nowMs)
    member.moment = observeCluster(member.cluster, member.info.kind, member.protocol)
    member.history.add(member.moment)
    member.earlier = remember(member.earlier, member.moment)
    this.tell({ clusterId: member.info.id })
    const derivation = derive(member.moment, member.moment.atMs, undefined, member.earlier)
    const { issues } = derivation
    if (member.info.kind === 'etcd') for (const sample of samplesOfLag(derivation)) member.history.addSample(sample.nodeId, sample.metric, sample.peerId, sample.atMs, sample.value)
    return this.alerts.update(member.info.id, issues, nowMs)
  }

  private measureLoad(member: FakeMember, nowMs: number): void {
    const { load, cluster } = member
    if (!load.running || nowMs - (load.samples.at(-1)?.atMs ?? 0) < 1_000) return
    const leads = cluster.nodes.some((node) => node.state === 'running' && node.role === 'leader')
    const rate = Math.min(load.settings.ratePerSecond ?? 9_000, 9_000)
    const completed = leads ? Math.round(rate * (0.96 + cluster.random.next() * 0.04)) : 0
    const p50Ms = leads ? 0.9 + cluster.random.next() * 0.5 : null
    const reads = Math.round(completed * load.settings.readShare)
    const unknownOutcomes = leads ? 0 : load.settings.clients
    const sample = {
      atMs: nowMs, intervalMs: 1_000, completed, reads, writes: completed - reads, errors: 0, unknownOutcomes, outvoted: 0, p50Ms,
      p90Ms: p50Ms === null ? null : p50Ms * 1.8, p99Ms: p50Ms === null ? null : p50Ms * 3.4, maxMs: p50Ms === null ? null : p50Ms * 6,
    }
    cluster.opsPerSecond = completed - reads
    member.load = {
      ...load, samples: [...load.samples, sample].slice(-600),
      totals: { completed: load.totals.completed + completed, errors: load.totals.errors, unknownOutcomes: load.totals.unknownOutcomes + unknownOutcomes, outvoted: load.totals.outvoted },
    }
  }
}
