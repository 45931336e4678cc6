/** The answers of the fake console to every call of the contract. */
import { fail, ok, toPublicJson, type Result } from '../../../../core/base'
import type { ConsoleContract } from '../../../../contract/console'
import type { CallName, CodeOf, InputOf, OutputOf } from '../../../../contract/define'
import type { ClusterInfo } from '../../../../contract/clusters'
import type { AlertRule } from '../../../../contract/health'
import { OPTION_CHANGES, OPTION_NAMES, type OptionsPlan, type SandboxProtocolOptions } from '../../../../contract/sandbox'
import { SETTINGS_DEFAULTS, type Settings, type SystemStatus } from '../../../../contract/system'
import { FAKE_RULES } from './alerts'
import { observeCluster } from './observe'
import type { FakeMember, FakeWorld } from './world'

type Answer<Name extends CallName<ConsoleContract>> = Result<OutputOf<ConsoleContract[Name]>, CodeOf<ConsoleContract[Name]>>
export type FakeCalls = { readonly [Name in CallName<ConsoleContract>]: (input: InputOf<ConsoleContract[Name]>) => Answer<Name> | Promise<Answer<Name>> }

const missing = fail('not-found', 'There is no such cluster.', 'It may have been removed.')
const noCluster: typeof missing & { readonly error: { readonly code: 'not-found' } } = missing

export interface FakeState {
  settings: Settings
  rules: readonly AlertRule[]
  status: SystemStatus
}

export const createState = (nowMs: number): FakeState => ({
  settings: SETTINGS_DEFAULTS,
  rules: FAKE_RULES,
  status: {
    version: '0.1.0', transport: 'loopback', dataDirectory: '/home/user/.local/share/quorate', databaseBytes: 50_331_648, secretStore: 'memory-only',
    startedAtMs: nowMs - 1_260_000, notices: [],
  },
})

export function createCalls(world: FakeWorld, state: FakeState): FakeCalls {
  const withMember = <Value>(clusterId: string, then: (member: FakeMember) => Value) => {
    const member = world.find(clusterId)
    return member ? ok(then(member)) : noCluster
  }
  return {
    ...clusterCalls(world, withMember), ...sandboxCalls(world, withMember), ...engineCalls(world), ...historyCalls(world), ...healthCalls(world, state),
    'load.start': ({ clusterId, settings }) => withMember(clusterId, (member) => setLoad(world, member, { running: true, settings, startedAtMs: Date.now(), samples: [] })),
    'load.adjust': ({ clusterId, settings }) => withMember(clusterId, (member) => setLoad(world, member, { settings })),
    'load.stop': ({ clusterId }) => withMember(clusterId, (member) => setLoad(world, member, { running: false })),
    'system.status': () => ok(state.status),
    'system.dismiss': ({ noticeId }) => {
      state.status = { ...state.status, notices: state.status.notices.filter((notice) => notice.id !== noticeId) }
      world.tell('system')
      return ok(null)
    },
    'system.settings': () => ok(state.settings),
    'system.setSettings': (part) => ok((state.settings = { ...state.settings, ...part } as Settings)),
  }
}

type WithMember = <Value>(clusterId: string, then: (member: FakeMember) => Value) => { readonly ok: true; readonly value: Value } | typeof noCluster
type Part<Prefix extends string> = Pick<FakeCalls, Extract<CallName<ConsoleContract>, `${Prefix}.${string}`>>

function setLoad(world: FakeWorld, member: FakeMember, part: Partial<FakeMember['load']>): null {
  member.load = { ...member.load, ...part }
  world.tell({ clusterId: member.info.id })
  return null
}

function change(world: FakeWorld, member: FakeMember, part: Partial<ClusterInfo>): null {
  member.info = { ...member.info, ...part }
  world.tell('clusters')
  return null
}

function clusterCalls(world: FakeWorld, withMember: WithMember): Part<'clusters'> {
  return {
    'clusters.list': () => ok(world.members.map((member) => member.info)),
    'clusters.rename': ({ clusterId, name }) =>
      world.members.some((member) => member.info.name === name && member.info.id !== clusterId)
        ? fail('name-taken', `There is already a cluster called ${name}.`, 'Choose another name.')
        : withMember(clusterId, (member) => change(world, member, { name })),
    'clusters.mark': ({ clusterId, critical }) => withMember(clusterId, (member) => change(world, member, { critical })),
    'clusters.order': ({ clusterIds }) => {
      const place = (member: FakeMember): number => (clusterIds.includes(member.info.id) ? clusterIds.indexOf(member.info.id) : clusterIds.length)
      world.members.sort((one, other) => place(one) - place(other))
      world.tell('clusters')
      return ok(null)
    },
    'clusters.moment': ({ clusterId }) => withMember(clusterId, (member) => member.moment),
  }
}

function remove(world: FakeWorld, clusterId: string): null {
  const at = world.members.findIndex((member) => member.info.id === clusterId)
  if (at >= 0) world.members.splice(at, 1)
  world.alerts.update(clusterId, [], Date.now() + 60_000)
  world.tell('clusters')
  world.tell('alerts')
  return null
}

function sandboxCalls(world: FakeWorld, withMember: WithMember): Part<'sandbox'> {
  const phase = (member: FakeMember, next: FakeMember['phase']): null => {
    member.phase = next
    for (const node of member.cluster.nodes) world.act(member, node.id, next === 'running' ? 'start' : 'stop', Date.now())
    member.faults = []
    member.moment = observeCluster(member.cluster, member.info.kind, member.protocol)
    return change(world, member, { paused: next === 'stopped' })
  }
  const undo = (member: FakeMember, faultId: string): void => {
    const found = member.faults.find((each) => each.id === faultId)
    if (!found) return
    if ('nodeId' in found.fault && found.fault.kind !== 'lying') world.act(member, found.fault.nodeId, found.fault.kind === 'paused' ? 'resume' : 'start', Date.now())
    member.faults = member.faults.filter((each) => each.id !== faultId)
    world.cut(member)
    world.tell({ clusterId: member.info.id })
  }
  return {
    'sandbox.create': ({ name, nodes, protocol = 'raft' }) => {
      if (world.members.some((member) => member.info.name === name)) return fail('name-taken', `There is already a cluster called ${name}.`, 'Choose another name.')
      return ok(world.add({ id: `c${Date.now().toString(36)}`, name, kind: 'sandbox', protocol, nodes }, Date.now(), 0).info)
    },
    'sandbox.start': ({ clusterId }) => withMember(clusterId, (member) => phase(member, 'running')),
    'sandbox.stop': ({ clusterId }) => withMember(clusterId, (member) => phase(member, 'stopped')),
    'sandbox.delete': ({ clusterId, name }) =>
      world.find(clusterId)?.info.name === name ? ok(remove(world, clusterId)) : fail('name-mismatch', 'That is not the name of the cluster.', 'Type it exactly as shown.'),
    'sandbox.state': ({ clusterId }) => withMember(clusterId, (member) => world.sandboxState(member)),
    'sandbox.node': ({ clusterId, nodeId, action }) => withMember(clusterId, (member) => (world.act(member, nodeId, action, Date.now()), null)),
    'sandbox.lie': ({ clusterId, nodeId, behaviour }) =>
      withMember(clusterId, (member) => {
        member.faults = member.faults.filter(({ id }) => id !== `lie:${nodeId}`)
        if (behaviour !== 'honest') member.faults = [...member.faults, { id: `lie:${nodeId}`, fault: { kind: 'lying', nodeId, lie: behaviour }, sinceMs: Date.now() }]
        world.tell({ clusterId })
        return null
      }),
    'sandbox.member': () => fail('protocol-unsupported', 'Clusters that are made up keep their members.'),
    'sandbox.transfer': () => fail('protocol-unsupported', 'Leadership of clusters that are made up is not handed over.'),
    'sandbox.recover': () => fail('protocol-unsupported', 'Clusters that are made up are not recovered.'),
    ...optionCalls(world, withMember),
    'sandbox.addFault': ({ clusterId, fault }) =>
      withMember(clusterId, (member) => {
        const faultId = `fault-${Date.now().toString(36)}-${member.faults.length}`
        member.faults = [...member.faults, { id: faultId, fault, sinceMs: Date.now() }]
        world.cut(member)
        world.tell({ clusterId })
        return { faultId }
      }),
    'sandbox.removeFault': ({ clusterId, faultId }) => withMember(clusterId, (member) => (undo(member, faultId), null)),
    'sandbox.healAll': ({ clusterId }) => withMember(clusterId, (member) => (member.faults.map((each) => each.id).forEach((id) => undo(member, id)), null)),
  }
}

/** Nothing is restarted in a cluster that is made up: new options are in force at once. */
function optionCalls(world: FakeWorld, withMember: WithMember): Pick<FakeCalls, 'sandbox.planOptions' | 'sandbox.setOptions' | 'sandbox.cancelOptions'> {
  const planOf = ({ options, phase }: FakeMember, wanted: SandboxProtocolOptions): OptionsPlan => {
    const before: Required<SandboxProtocolOptions> = { reads: options.reads, forwarding: options.forwarding, snapshotAfterEntries: options.snapshot.afterEntries, prefer: options.prefer ?? [], tentative: options.tentative === true }
    const changes = OPTION_NAMES.flatMap((option) => (wanted[option] === undefined || String(wanted[option]) === String(before[option]) ? [] : [{ option, from: before[option], to: wanted[option] }]))
    const needsStop = phase !== 'stopped' && changes.some(({ option }) => OPTION_CHANGES[option] === 'stopped')
    return { changes, restarts: [], later: [], canLose: null, refused: needsStop ? { code: 'needs-stop', message: 'This changes while no member runs.', hint: 'Stop the cluster first.' } : null }
  }
  return {
    'sandbox.planOptions': ({ clusterId, options }) => withMember(clusterId, (member) => planOf(member, options)),
    'sandbox.setOptions': ({ clusterId, options: wanted }) => {
      const member = world.find(clusterId)
      if (!member) return noCluster
      const plan = planOf(member, wanted)
      if (plan.refused) return { ok: false, error: plan.refused }
      const { reads, forwarding, prefer = [], tentative = false, snapshot } = member.options
      member.options = { reads: wanted.reads ?? reads, forwarding: wanted.forwarding ?? forwarding, prefer: wanted.prefer ?? prefer, tentative: wanted.tentative ?? tentative, snapshot: { ...snapshot, afterEntries: wanted.snapshotAfterEntries ?? snapshot.afterEntries } }
      world.tell({ clusterId })
      return ok(plan)
    },
    'sandbox.cancelOptions': () => fail('wrong-state', 'No change of the options is under way.'),
  }
}

const STEPS = ['dns', 'tcp', 'tls', 'auth', 'status', 'members'] as const

function engineCalls(world: FakeWorld): Part<'engines'> {
  return {
    'engines.probe': ({ target }) => {
      const [endpoint = ''] = target.endpoints
      const refused = endpoint.endsWith(':1')
      const steps = STEPS.filter((step) => (step !== 'tls' || target.tls) && (step !== 'auth' || target.auth)).slice(0, refused ? 2 : undefined)
      return ok({
        reachable: !refused, engine: refused ? null : 'etcd 3.5.21', clusterId: refused ? null : 'cdf818194e3a8c32', observations: [],
        membersFound: refused ? [] : target.endpoints.map((each, at) => ({ id: `${at + 1}`, name: `etcd-${at + 1}`, endpoint: each })),
        steps: target.endpoints.flatMap((each) => steps.map((step) => ({
          endpoint: each, step, ok: !(refused && step === 'tcp'), text: refused && step === 'tcp' ? `connect ECONNREFUSED ${each}` : 'Done.',
          ...(refused && step === 'tcp' ? { hint: 'Nothing listens there. Check the port, and that etcd runs.' } : {}),
        }))),
      })
    },
    'engines.attach': ({ name, target }) => ok(world.add({ id: `c${Date.now().toString(36)}`, name, kind: 'etcd', nodes: Math.max(3, target.endpoints.length) }, Date.now(), 0).info),
    'engines.authenticate': () => ok(null),
    'engines.detach': ({ clusterId }) => ok(remove(world, clusterId)),
    'engines.target': () => ok({ target: { endpoints: ['127.0.0.1:2379'], tls: null, auth: null }, secretsHeld: 'none' }),
  }
}

function historyCalls(world: FakeWorld): Part<'history'> {
  const histories = (clusterId: string | null) => world.members.filter((member) => clusterId === null || member.info.id === clusterId).map((member) => member.history)
  const found = (filter: InputOf<ConsoleContract['history.events']>['filter'], beforeId: number | null) =>
    histories(filter.clusterId).flatMap((history) => history.find(filter, beforeId)).toSorted((one, other) => other.atMs - one.atMs)
  return {
    'history.extent': ({ clusterId }) => {
      const starts = histories(clusterId).map((history) => history.fromMs).filter((each) => each !== null)
      return ok({ fromMs: starts.length > 0 ? Math.min(...starts) : null, toMs: starts.length > 0 ? Date.now() : null })
    },
    'history.series': ({ clusterId, metrics, nodeIds, fromMs, toMs, pointsMax }) =>
      ok({ series: world.find(clusterId)?.history.points(metrics, nodeIds, fromMs, toMs, pointsMax) ?? [] }),
    'history.moment': ({ clusterId, atMs }) => {
      const moment = world.find(clusterId)?.history.momentAt(atMs)
      return moment ? ok(moment) : fail('not-found', 'Nothing was recorded then.')
    },
    'history.recording': ({ clusterId, fromMs, toMs, changesMax }) => {
      const history = world.find(clusterId)?.history
      const base = history?.momentAt(fromMs)
      if (!history || !base) return fail('not-found', 'Nothing was recorded then.')
      const all = history.changesBetween(fromMs, toMs)
      const changes = all.slice(0, changesMax)
      return ok({ base, changes, completeUntilMs: all.length > changesMax ? (changes.at(-1)?.atMs ?? toMs) : toMs })
    },
    'history.events': ({ filter, beforeId, limit }) => {
      const events = found(filter, beforeId)
      return ok({ events: events.slice(0, limit), more: events.length > limit })
    },
    'history.exportEvents': ({ filter }) => {
      const events = found(filter, null)
      return ok({ text: events.map((event) => toPublicJson(event)).join('\n'), rows: events.length, truncated: false })
    },
  }
}

function healthCalls(world: FakeWorld, state: FakeState): Part<'health'> {
  const changed = (alertId: string, part: Parameters<FakeWorld['alerts']['change']>[1]) => {
    if (!world.alerts.change(alertId, part)) return noCluster
    world.tell('alerts')
    return ok(null)
  }
  return {
    'health.list': ({ clusterId, resolvedSinceMs, limit }) => ok(world.alerts.list(clusterId, resolvedSinceMs, limit)),
    'health.at': ({ clusterId, atMs }) => ok(world.alerts.at(clusterId, atMs)),
    'health.acknowledge': ({ alertId, note }) => changed(alertId, { acknowledged: { atMs: Date.now(), note } }),
    'health.silence': ({ alertId, forMs }) => changed(alertId, { silencedUntilMs: Date.now() + forMs }),
    'health.unsilence': ({ alertId }) => changed(alertId, { silencedUntilMs: null }),
    'health.rules': () => ok(state.rules),
    'health.setRule': (rule) => {
      state.rules = state.rules.map((each) => (each.code === rule.code ? { ...each, ...rule, limit: each.limit && rule.limit !== null ? { ...each.limit, value: rule.limit } : each.limit } : each))
      return ok(null)
    },
  }
}
