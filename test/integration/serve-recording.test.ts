import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { AlertState } from '../../src/contract/health'
import type { RecordedEvent } from '../../src/contract/history'
import { LOAD_DEFAULTS } from '../../src/contract/load'
import type { Badge } from '../../src/main/console/service'
import type { ConsoleClient } from '../../src/renderer/src/bridge/client'
import { bundle, type Bundle } from './support/bundle'
import { clientOf, createCluster, leaderOf, startConsole, untilState, value } from './support/console'
import { etcdInstalled, EtcdTestCluster } from './support/etcd-cluster'
import { temporaryFolder } from './support/folders'
import { startServe } from './support/serve-process'
import { until } from './support/until'

let built: Bundle
beforeAll(async () => {
  built = await bundle()
  return () => built.remove()
})
const start = (folder = temporaryFolder(), change = {}) => startConsole(built.agentEntry, folder, change)
const ALL = { clusterId: null, nodeIds: [], kinds: [], severities: [], text: '', fromMs: null, toMs: null }
const eventsOf = async (client: ConsoleClient): Promise<readonly RecordedEvent[]> => value(await client.call('history.events', { filter: ALL, beforeId: null, limit: 1000 })).events

describe('what the console records', () => {
  it('tells a kill of the leader as events, alert, notification and badge, and all of it after a restart', async () => {
    const folder = temporaryFolder()
    const badges: Badge[] = []
    const first = await start(folder, { onBadge: (badge: Badge) => void badges.push(badge) })
    const { client } = first
    const { id: clusterId } = await createCluster(client, 3, 'Observed')
    const leader = leaderOf(await untilState(client, clusterId, 'quorate'))
    let alerts: readonly AlertState[] = []
    client.open('health.watch', {}, (each) => void (alerts = each))
    value(await client.call('sandbox.node', { clusterId, nodeId: leader, action: 'kill' }))
    const fired = await until('an alert about the dead node', 15_000, () => alerts.find((each) => each.code === 'node-failed' && each.phase === 'firing'))
    expect(fired).toMatchObject({ clusterId, nodeId: leader })
    expect(first.notified.some((each) => each.clusterId === clusterId && each.title === 'Observed')).toBe(true)
    expect(badges.at(-1)).toMatchObject({ worst: 'at-risk' })
    expect(badges.at(-1)?.firing).toBeGreaterThan(0)
    const kinds = (await eventsOf(client)).map((event) => event.kind)
    for (const kind of ['console-started', 'operation-cluster-created', 'operation-cluster-started', 'fault-injected', 'node-down', 'leader-elected', 'alert-fired']) expect(kinds).toContain(kind)
    const killedAtMs = Date.now()
    await first.service.stop()

    const { client: again } = await start(folder)
    expect((await eventsOf(again)).map((event) => event.kind)).toContain('console-stopped')
    const then = value(await again.call('history.moment', { clusterId, atMs: killedAtMs }))
    expect(then.observations).toHaveLength(3)
    expect(then.observations.find((each) => each.nodeId === leader)?.reachability).toBe('ended')
    await untilState(again, clusterId, 'quorate')
    await until('the alert to be resolved', 15_000, async () => {
      const list = value(await again.call('health.list', { clusterId, resolvedSinceMs: 0, limit: 100 }))
      return list.some((each) => each.id === fired.id && each.phase === 'resolved')
    })
    value(await again.call('sandbox.delete', { clusterId, name: 'Observed' }))
    expect(value(await again.call('history.extent', { clusterId }))).toEqual({ fromMs: null, toMs: null })
  })

  it('holds samples of nodes, links and load', async () => {
    const { client } = await start()
    const { id: clusterId } = await createCluster(client, 3)
    await untilState(client, clusterId, 'quorate')
    value(await client.call('load.start', { clusterId, settings: LOAD_DEFAULTS }))
    await until('samples', 20_000, async () => {
      const { series } = value(await client.call('history.series', {
        clusterId, metrics: ['up', 'committed-index', 'lag-entries', 'link-rtt-ms', 'load-operations-per-second', 'load-p99-ms'], nodeIds: null, fromMs: 0, toMs: Date.now() + 1_000, pointsMax: 100,
      }))
      const named = new Set(series.map(({ key }) => `${key.nodeId} ${key.metric}`))
      return ['n1 up', 'n2 committed-index', 'load load-operations-per-second', 'load load-p99-ms'].every((each) => named.has(each))
        && [...named].some((each) => each.endsWith('lag-entries')) && [...named].some((each) => each.endsWith('link-rtt-ms'))
    })
  })

  it('raises no alert for a cluster that was stopped on purpose', async () => {
    const { client, notified } = await start()
    const { id: clusterId } = await createCluster(client, 3)
    await untilState(client, clusterId, 'quorate')
    value(await client.call('sandbox.stop', { clusterId }))
    const { paused } = value(await client.call('clusters.list', {}))[0] ?? { paused: false }
    expect(paused).toBe(true)
    const stoppedAtMs = Date.now()
    await until('the time in which it would have fired', 10_000, () => Date.now() - stoppedAtMs > 5_000)
    expect(value(await client.call('health.list', { clusterId, resolvedSinceMs: null, limit: 10 }))).toEqual([])
    expect(notified).toEqual([])
    const kinds = (await eventsOf(client)).map((event) => event.kind)
    expect(kinds).toContain('operation-cluster-stopped')
    for (const kind of ['node-down', 'quorum-lost', 'leader-lost', 'fault-node-ended']) expect(kinds).not.toContain(kind)
    await untilState(client, clusterId, 'stopped')
  })
})

describe.skipIf(!etcdInstalled())('a real etcd beside the local clusters', () => {
  it('is attached, seen, remembered over a restart without its secrets on disk, and detached', async () => {
    const etcd = await EtcdTestCluster.start()
    onTestFinished(() => etcd.close())
    const folder = temporaryFolder()
    const first = await start(folder)
    const target = { endpoints: [...etcd.endpoints], tls: null, auth: null }
    expect(value(await first.client.call('engines.probe', { target }))).toMatchObject({ reachable: true })
    const info = value(await first.client.call('engines.attach', { name: 'Real', target }))
    expect(await first.client.call('engines.attach', { name: 'real', target })).toMatchObject({ error: { code: 'name-taken' } })
    expect(await first.client.call('sandbox.start', { clusterId: info.id })).toMatchObject({ error: { code: 'not-a-sandbox' } })
    const leader = leaderOf(await untilState(first.client, info.id, 'quorate'))
    value(await first.client.call('clusters.rename', { clusterId: info.id, name: 'Renamed' }))
    value(await first.client.call('clusters.mark', { clusterId: info.id, critical: true }))
    await first.service.stop()

    const { client } = await start(folder)
    expect(value(await client.call('clusters.list', {}))).toMatchObject([{ id: info.id, name: 'Renamed', kind: 'etcd', critical: true }])
    expect(leaderOf(await untilState(client, info.id, 'quorate'))).toBe(leader)
    value(await client.call('engines.detach', { clusterId: info.id }))
    expect(value(await client.call('clusters.list', {}))).toEqual([])
    expect(value(await client.call('history.extent', { clusterId: info.id }))).toEqual({ fromMs: null, toMs: null })
  })
})

describe('secrets', () => {
  it('are in no file, no log and no answer', async () => {
    const folder = temporaryFolder()
    const { client, logged } = await start(folder)
    const canary = 'canary-b7d1f3'
    const pem = `-----BEGIN PRIVATE KEY-----\n${canary}\n-----END PRIVATE KEY-----`
    const target = { endpoints: ['127.0.0.1:1'], tls: { ca: null, certificate: pem, key: pem, serverName: null }, auth: { user: 'root', password: canary } }
    const answers = [
      await client.call('engines.probe', { target }), await client.call('engines.attach', { name: 'Secret', target }),
      await client.call('engines.attach', { name: '', target }), await client.call('engines.attach', { name: 'x', target: { ...target, endpoints: [canary] } }),
    ]
    expect(answers.slice(1).map((each) => each.ok)).toEqual([false, false, false])
    expect(JSON.stringify(answers) + logged.join()).not.toContain(canary)
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const file = path.join(folder, name)
      if (statSync(file).isFile()) expect(readFileSync(file).includes(canary), name).toBe(false)
    }
  })
})

describe('a console that did not run for a while', () => {
  it('takes nobody for dead', async () => {
    const serve = await startServe(built, ['--data', temporaryFolder(), '--no-sandbox-cluster'])
    const client = clientOf(serve.url)
    const { id: clusterId } = await createCluster(client, 3)
    await untilState(client, clusterId, 'quorate')
    await until('the events of the start to be over', 10_000, async () => Date.now() - ((await eventsOf(client))[0]?.atMs ?? 0) > 1_000)
    process.kill(serve.pid, 'SIGSTOP')
    const stoppedAtMs = Date.now()
    await until('eight seconds of sleep', 20_000, () => Date.now() - stoppedAtMs > 8_000)
    process.kill(serve.pid, 'SIGCONT')
    await untilState(client, clusterId, 'quorate')
    const awakeAtMs = Date.now()
    await until('the time in which alerts would have fired', 20_000, () => Date.now() - awakeAtMs > 4_000)
    expect(value(await client.call('health.list', { clusterId, resolvedSinceMs: 0, limit: 10 })).filter((each) => each.phase !== 'pending')).toEqual([])
    expect((await eventsOf(client)).filter((event) => event.atMs >= stoppedAtMs)).toEqual([])
  })
})

describe('files that cannot be used', () => {
  const rubbish = 'this is no database and no JSON either, but long enough to be looked at. '.repeat(100)

  it('are set aside and told; clusters outlive their history', async () => {
    const folder = temporaryFolder()
    const first = await start(folder)
    const { id: clusterId } = await createCluster(first.client, 1, 'Survivor')
    await untilState(first.client, clusterId, 'at-risk')
    await first.service.stop()
    writeFileSync(path.join(folder, 'history.db'), rubbish)
    writeFileSync(path.join(folder, 'settings.json'), rubbish)
    const { client } = await start(folder)
    const status = value(await client.call('system.status', {}))
    expect(status.notices.map((each) => each.sentence.key).sort()).toEqual(['notice.history.set-aside-corrupt', 'notice.settings-set-aside'])
    expect(status.databaseBytes).toBeGreaterThan(0)
    expect(value(await client.call('clusters.list', {}))).toMatchObject([{ id: clusterId, name: 'Survivor' }])
    await untilState(client, clusterId, 'at-risk')
    const aside = readdirSync(folder).filter((name) => /^(history\.db|settings\.json)\../.test(name) && !/-(wal|shm)$/.test(name))
    expect(aside.some((name) => readFileSync(path.join(folder, name), 'utf8') === rubbish)).toBe(true)
    for (const notice of status.notices) value(await client.call('system.dismiss', { noticeId: notice.id }))
    expect(value(await client.call('system.status', {})).notices).toEqual([])
  })

  it('a list of clusters that is damaged gives way to what the folders tell', async () => {
    const folder = temporaryFolder()
    const first = await start(folder)
    const { id: clusterId } = await createCluster(first.client, 1, 'Found again')
    await first.service.stop()
    writeFileSync(path.join(folder, 'clusters.json'), rubbish)
    const { client } = await start(folder)
    expect(value(await client.call('clusters.list', {}))).toMatchObject([{ id: clusterId, name: 'Found again' }])
    expect(value(await client.call('system.status', {})).notices.map((each) => each.sentence.key)).toContain('notice.clusters-set-aside')
  })

  it('a file that belongs to somebody else is a clear failure that leaves no lock behind', async () => {
    const folder = temporaryFolder()
    mkdirSync(path.join(folder, 'clusters.json'))
    await expect(start(folder)).rejects.toThrow(/not-usable: .*clusters\.json cannot be read/)
    rmSync(path.join(folder, 'clusters.json'), { recursive: true })
    await start(folder)
  })

  it('a database module that cannot be loaded costs the history, nothing else', async () => {
    const { client } = await start(temporaryFolder(), { nativeBinding: '/nowhere/better_sqlite3.node' })
    const { id: clusterId } = await createCluster(client, 1)
    await untilState(client, clusterId, 'at-risk')
    expect(value(await client.call('system.status', {}))).toMatchObject({ databaseBytes: null, notices: [{ sentence: { key: 'notice.history.no-database' }, dismissible: false }] })
    expect(await client.call('history.extent', { clusterId })).toMatchObject({ error: { code: 'unavailable' } })
  })
})
