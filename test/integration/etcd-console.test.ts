/** A real etcd attached to a real console: what a window sees when its leader is killed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EtcdTarget } from '../../src/contract/engines'
import { derivationOf, leaderOf, startConsole, untilState, value } from './support/console'
import { EtcdTestCluster, etcdInstalled } from './support/etcd-cluster'
import { temporaryFolder } from './support/folders'
import { until } from './support/until'

const NO_AGENT = '/no/agent/is/needed'

describe.skipIf(!etcdInstalled())('an attached etcd', () => {
  let etcd: EtcdTestCluster
  beforeAll(async () => { etcd = await EtcdTestCluster.start() })
  afterAll(async () => { await etcd.close() })
  const target = (): EtcdTarget => ({ endpoints: etcd.endpoints, tls: null, auth: null })

  test('probing tells each step, and attaches nothing', async () => {
    const { client } = await startConsole(NO_AGENT, temporaryFolder())
    const report = value(await client.call('engines.probe', { target: target() }))
    expect(report).toMatchObject({ reachable: true, engine: 'etcd 3.4.23' })
    expect(report.membersFound.map((member) => member.name).sort()).toEqual(['n1', 'n2', 'n3'])
    expect(report.observations).toHaveLength(3)
    expect(report.steps.filter((step) => step.endpoint === etcd.endpoints[0]).map((step) => [step.step, step.ok])).toEqual(
      [['dns', true], ['tcp', true], ['status', true], ['members', true]])
    expect(value(await client.call('clusters.list', {}))).toEqual([])
  })

  test('a killed leader is seen in the observations, in the events, and as an alert until the member is back', async () => {
    const { client, notified } = await startConsole(NO_AGENT, temporaryFolder())
    const { id: clusterId } = value(await client.call('engines.attach', { name: 'Orders', target: target() }))
    const before = await untilState(client, clusterId, 'quorate')
    const leader = leaderOf(before)
    const name = before.topology.nodes.find((node) => node.id === leader)?.name ?? ''
    await etcd.kill(name)
    const after = await until('another member leads', 20_000, async () => {
      const derivation = await derivationOf(client, clusterId)
      const now = 'value' in derivation.leader ? derivation.leader.value : null
      return derivation.state === 'at-risk' && now !== null && now !== leader && derivation
    })
    expect(after.topology.nodes.find((node) => node.id === leader)).toMatchObject({ name, reachability: 'refused', expected: true })
    const alert = await until('the alert fires', 20_000, async () =>
      value(await client.call('health.list',
        { clusterId, resolvedSinceMs: null, limit: 100 })).find((each) => each.code === 'node-failed' && each.phase === 'firing'))
    expect(alert).toMatchObject({ nodeId: leader, clusterId })
    expect(notified.some((each) => each.clusterId === clusterId)).toBe(true)
    const everything = { clusterId, nodeIds: [], kinds: [], severities: [], text: '', fromMs: null, toMs: null }
    const kinds = value(await client.call('history.events', { filter: everything, beforeId: null, limit: 100 })).events.map((event) => event.kind)
    for (const kind of ['node-down', 'leader-elected', 'epoch-changed']) expect(kinds).toContain(kind)
    etcd.restart(name)
    await until('the alert resolves', 30_000, async () =>
      value(await client.call('health.list',
        { clusterId, resolvedSinceMs: 0, limit: 100 })).some((each) => each.id === alert.id && each.phase === 'resolved'))
  })

  test('attached once, it is there again after a restart, with its members known even where they are all dead', async () => {
    const folder = temporaryFolder()
    const first = await startConsole(NO_AGENT, folder)
    const { id: clusterId } = value(await first.client.call('engines.attach', { name: 'Orders', target: target() }))
    await untilState(first.client, clusterId, 'quorate')
    expect(await first.client.call('engines.attach', { name: 'Other', target: target() })).toMatchObject({ ok: false,
      error: { code: 'already-attached' } })
    expect(await first.client.call('engines.attach', { name: 'Orders', target: target() })).toMatchObject({ ok: false,
      error: { code: 'name-taken' } })
    await first.service.stop()
    for (const member of etcd.members) await etcd.kill(member.name)
    const second = await startConsole(NO_AGENT, folder)
    const dead = await until('every member is known to be down', 20_000, async () => {
      const { topology } = await derivationOf(second.client, clusterId)
      return topology.nodes.length === 3 && topology.nodes.every((node) => node.reachability === 'refused') && topology
    })
    expect(dead.nodes.map((node) => node.name).sort()).toEqual(['n1', 'n2', 'n3'])
    for (const member of etcd.members) etcd.restart(member.name)
    await untilState(second.client, clusterId, 'quorate', 30_000)
    expect(value(await second.client.call('engines.detach', { clusterId }))).toBeNull()
    expect(value(await second.client.call('clusters.list', {}))).toEqual([])
  })
})
