/** What the world does to the console's own data and to its ways out: the database, the folder, the endpoints it is given. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import * as v from 'valibot'
import { beforeAll, describe, expect, it } from 'vitest'
import type { EtcdTarget } from '../../src/contract/engines'
import { openDocument } from '../../src/main/console/data-directory'
import type { ConsoleClient } from '../../src/renderer/src/bridge/client'
import { bundle, type Bundle } from './support/bundle'
import { createCluster, startConsole, stateOf, untilState, value } from './support/console'
import { fillDisk, mayMount, mountSmallDisk } from './support/disk'
import { EtcdTestCluster, etcdInstalled, makeCertificates } from './support/etcd-cluster'
import { temporaryFolder } from './support/folders'
import { freePorts } from './support/ports'
import { spawnServe } from './support/serve-process'
import { until } from './support/until'

const HISTORY_TROUBLE = 'notice.history.not-writable'

let built: Bundle
beforeAll(async () => {
  built = await bundle()
  return () => built.remove()
})
const start = (folder = temporaryFolder()) => startConsole(built.agentEntry, folder)
const noticeKeys = async (client: ConsoleClient): Promise<string[]> => value(await client.call('system.status', {})).notices.map((each) => each.sentence.key)
const filter = { clusterId: null, nodeIds: [], kinds: [], severities: [], text: '', fromMs: null, toMs: null }
const eventKeys = async (client: ConsoleClient): Promise<string[]> =>
  value(await client.call('history.events', { filter, beforeId: null, limit: 200 })).events.map((event) => event.sentence.key)

describe('the database', () => {
  it('of a newer version is set aside untouched, and a new one is written', async () => {
    const folder = temporaryFolder()
    const file = path.join(folder, 'history.db')
    const first = await start(folder)
    await first.service.stop()
    const db = new Database(file)
    db.pragma('user_version = 99')
    db.close()
    const bytes = readFileSync(file)
    const { client } = await start(folder)
    expect(value(await client.call('system.status', {})).notices).toMatchObject([{ sentence: { key: 'notice.history.set-aside-newer', parameters: { version: 99 } } }])
    const kept = readdirSync(folder).find((name) => name.startsWith('history.db.newer-')) ?? ''
    expect(readFileSync(path.join(folder, kept)).equals(bytes)).toBe(true)
    expect(await eventKeys(client)).toEqual(['event.console-started'])
  })

  it('a folder of its name: everything else works, and recording begins by itself once the way is free', async () => {
    const folder = temporaryFolder()
    const file = path.join(folder, 'history.db')
    mkdirSync(file)
    const { client } = await start(folder)
    expect(value(await client.call('system.status', {}))).toMatchObject({ databaseBytes: null, notices: [{ severity: 'critical', dismissible: false, sentence: { key: HISTORY_TROUBLE, parameters: { file } } }] })
    expect(await client.call('history.events', { filter, beforeId: null, limit: 10 })).toMatchObject({ error: { code: 'unavailable' } })
    const { id: clusterId } = await createCluster(client, 1)
    await untilState(client, clusterId, 'at-risk')
    rmSync(file, { recursive: true })
    await until('the notice to go', 15_000, async () => (await noticeKeys(client)).length === 0)
    expect(await eventKeys(client)).toEqual(expect.arrayContaining(['event.console-started', 'event.cluster-created']))
  })

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')('that may not be read is told, and is there again with its content when it may', async () => {
    const folder = temporaryFolder()
    const file = path.join(folder, 'history.db')
    const link = `${file}.real`
    const first = await start(folder)
    await first.service.stop()
    // Its own file the console makes readable again, so the way to it is closed instead.
    mkdirSync(link)
    renameSync(file, path.join(link, 'history.db'))
    symlinkSync(path.join(link, 'history.db'), file)
    chmodSync(link, 0)
    const { client } = await start(folder)
    expect(await noticeKeys(client)).toEqual([HISTORY_TROUBLE])
    expect(value(await client.call('clusters.list', {}))).toEqual([])
    chmodSync(link, 0o700)
    await until('the notice to go', 15_000, async () => (await noticeKeys(client)).length === 0)
    expect((await eventKeys(client)).filter((key) => key === 'event.console-started')).toHaveLength(2)
  })

  it('deleted while it is written: it is begun anew and nothing recorded from then on is lost', async () => {
    const folder = temporaryFolder()
    const file = path.join(folder, 'history.db')
    const first = await start(folder)
    const { id: clusterId } = await createCluster(first.client, 3)
    await untilState(first.client, clusterId, 'quorate')
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
    await until('a new file', 10_000, () => existsSync(file) && statSync(file).size > 0)
    await until('the notice', 5_000, async () => (await noticeKeys(first.client)).includes('notice.history.removed'))
    value(await first.client.call('sandbox.node', { clusterId, nodeId: 'n1', action: 'kill' }))
    await untilState(first.client, clusterId, 'at-risk')
    expect(await eventKeys(first.client)).toContain('event.node-kill')
    await first.service.stop()
    const { client } = await start(folder)
    expect(await noticeKeys(client)).toEqual([])
    expect(await eventKeys(client)).toContain('event.node-kill')
    await untilState(client, clusterId, 'quorate')
  })
})

describe.skipIf(!mayMount())('a data folder on a full disk', () => {
  it('refuses what it cannot keep, shows what it has, and goes on by itself when there is space', async () => {
    const folder = temporaryFolder()
    mountSmallDisk(folder, '40m')
    const { client, service } = await start(folder)
    const { id: clusterId } = await createCluster(client, 1, 'Before')
    await untilState(client, clusterId, 'at-risk')
    value(await client.call('sandbox.stop', { clusterId }))
    const free = fillDisk(folder, 0)
    const renamed = await client.call('clusters.rename', { clusterId, name: 'After' })
    expect(renamed).toMatchObject({ ok: false, error: { hint: 'Free some space and try again.' } })
    if (!renamed.ok) expect(renamed.error.message).toContain('is full')
    expect(value(await client.call('clusters.list', {}))).toMatchObject([{ name: 'Before' }])
    expect(await client.call('sandbox.create', { name: 'No room', nodes: 3 })).toMatchObject({ error: { code: 'no-space' } })
    expect(await client.call('system.setSettings', { theme: 'dark' })).toMatchObject({ ok: false })
    await until('the notice', 15_000, async () => (await noticeKeys(client)).includes('notice.history.disk-full'))
    expect((await stateOf(client, clusterId)).phase).toBe('stopped')
    const [rule] = value(await client.call('health.rules', {}))
    if (!rule) throw new Error('there are no rules')
    const change = { ...rule, enabled: false, limit: rule.limit?.value ?? null }
    expect(await client.call('health.setRule', change)).toMatchObject({ ok: false, error: { hint: 'Free some space and try again.' } })
    expect(value(await client.call('health.rules', {}))[0]).toEqual(rule)
    free()
    await until('the notice to go', 20_000, async () => (await noticeKeys(client)).length === 0)
    value(await client.call('clusters.rename', { clusterId, name: 'After' }))
    await service.stop()
    const again = await start(folder)
    expect(await noticeKeys(again.client)).toEqual([])
    expect(value(await again.client.call('clusters.list', {}))).toMatchObject([{ id: clusterId, name: 'After' }])
    await again.service.stop()
  })
})

describe.skipIf(!mayMount())('a file of the console on a disk that takes only a part of it', () => {
  it('stays the old one, whole', () => {
    const folder = temporaryFolder()
    mountSmallDisk(folder, '1m')
    const file = path.join(folder, 'document.json')
    const open = () => openDocument(file, v.string(), '', Date.now)
    const document = open()
    expect(document.set('old')).toEqual({ ok: true, value: null })
    const free = fillDisk(folder, 4096)
    expect(document.set('x'.repeat(20_000))).toMatchObject({ ok: false, error: { code: 'no-space' } })
    expect([document.get(), open().get(), open().setAsideAs]).toEqual(['old', 'old', null])
    free()
    expect(document.set('new')).toMatchObject({ ok: true })
    expect(open().get()).toBe('new')
  })
})

describe.skipIf(!mayMount() || !etcdInstalled())('attaching on a full disk', () => {
  it('attaches nothing that would be forgotten, and detaches nothing that would come back', async () => {
    const folder = temporaryFolder()
    mountSmallDisk(folder, '8m')
    const { client, service } = await start(folder)
    const etcd = await EtcdTestCluster.start({ members: 1 })
    try {
      const target: EtcdTarget = { endpoints: etcd.endpoints, tls: null, auth: null }
      const freeFirst = fillDisk(folder, 0)
      expect(await client.call('engines.attach', { name: 'Orders', target })).toMatchObject({ ok: false, error: { code: 'internal', hint: 'Free some space and try again.' } })
      expect(value(await client.call('clusters.list', {}))).toEqual([])
      freeFirst()
      const { id: clusterId } = value(await client.call('engines.attach', { name: 'Orders', target }))
      const freeSecond = fillDisk(folder, 0)
      expect(await client.call('engines.detach', { clusterId })).toMatchObject({ ok: false, error: { hint: 'Free some space and try again.' } })
      expect(value(await client.call('clusters.list', {}))).toMatchObject([{ id: clusterId }])
      freeSecond()
      value(await client.call('engines.detach', { clusterId }))
      expect(value(await client.call('clusters.list', {}))).toEqual([])
      await service.stop()
    } finally {
      await etcd.close()
    }
  })
})

describe('the rules of alerts', () => {
  it('damaged, are set aside and told, and the usual ones are in force', async () => {
    const folder = temporaryFolder()
    const rules = value(await (await start()).client.call('health.rules', {}))
    writeFileSync(path.join(folder, 'alert-rules.json'), '[{"code":')
    const { client } = await start(folder)
    expect(await noticeKeys(client)).toEqual(['notice.alert-rules-set-aside'])
    expect(value(await client.call('health.rules', {}))).toEqual(rules)
    const kept = readdirSync(folder).find((name) => name.startsWith('alert-rules.json.bad-')) ?? ''
    expect(readFileSync(path.join(folder, kept), 'utf8')).toBe('[{"code":')
  })
})

describe('a data folder in use', () => {
  it('by a console of this very process is refused with who and what to do, and the first goes on', async () => {
    const folder = temporaryFolder()
    const { client } = await start(folder)
    await expect(start(folder)).rejects.toThrow(`is in use by quorate serve (process ${process.pid})`)
    const second = spawnServe(built, ['--data', folder])
    expect(await second.exit).toMatchObject({ code: 1 })
    expect(second.output()).toContain('choose another folder with --data')
    expect(value(await client.call('clusters.list', {}))).toEqual([])
  })
})

describe('where nobody listens to what the console writes', () => {
  it('it goes on: a closed terminal ends nothing', async () => {
    const folder = temporaryFolder()
    // What it says at its start goes nowhere.
    mkdirSync(path.join(folder, 'history.db'))
    const { child, output, exit } = spawnServe(built, ['--data', folder, '--no-sandbox-cluster'])
    child.stderr?.destroy()
    await until('the address', 10_000, () => output().includes('Quorate is at'))
    child.kill('SIGTERM')
    expect(await exit).toEqual({ code: 0, signal: null })
  })
})

describe.skipIf(!etcdInstalled())('an endpoint that is wrong', () => {
  it('attaches nothing and leaves no trace, whatever is wrong with it; put right, it attaches', async () => {
    const folder = temporaryFolder()
    const { client, logged } = await start(folder)
    const files = makeCertificates(path.join(folder, 'tls'))
    const other = makeCertificates(path.join(folder, 'other'))
    const etcd = await EtcdTestCluster.start({ members: 1, tls: files, clientCertificates: true })
    try {
      const read = (file: string): string => readFileSync(file, 'utf8')
      const right: EtcdTarget = { endpoints: etcd.endpoints, tls: { ca: read(files.ca), certificate: read(files.clientCertificate), key: read(files.clientKey), serverName: null }, auth: null }
      const [nowhere = 0] = await freePorts(1)
      const cases: readonly (readonly [string, EtcdTarget])[] = [
        ['unreachable', { ...right, endpoints: [`127.0.0.1:${nowhere}`] }],
        ['certificate-rejected', { ...right, tls: right.tls && { ...right.tls, ca: read(other.ca) } }],
        ['certificate-rejected', { ...right, tls: right.tls && { ...right.tls, certificate: read(other.clientCertificate), key: read(other.clientKey) } }],
        ['bad-certificate', { ...right, tls: right.tls && { ...right.tls, key: read(other.clientKey) } }],
      ]
      for (const [code, target] of cases) {
        const refused = await client.call('engines.attach', { name: 'Orders', target })
        expect(refused).toMatchObject({ ok: false, error: { code } })
        if (!refused.ok) expect(`${refused.error.message} ${refused.error.hint ?? ''}`.length).toBeGreaterThan(40)
      }
      expect(value(await client.call('clusters.list', {}))).toEqual([])
      expect(existsSync(path.join(folder, 'engines.json')) ? readFileSync(path.join(folder, 'engines.json'), 'utf8') : '').not.toContain('Orders')
      const { id: clusterId } = value(await client.call('engines.attach', { name: 'Orders', target: right }))
      await untilState(client, clusterId, 'at-risk')
      const secret = read(files.clientKey).split('\n')[1] ?? ''
      for (const name of readdirSync(folder)) if (statSync(path.join(folder, name)).isFile()) expect(readFileSync(path.join(folder, name)).includes(secret), name).toBe(false)
      expect(logged.join('\n')).not.toContain(secret)
      const renewing = client.call('engines.authenticate', { clusterId, target: right })
      value(await client.call('engines.detach', { clusterId }))
      expect(await renewing).toMatchObject({ ok: false, error: { code: 'not-found' } })
      expect(value(await client.call('clusters.list', {}))).toEqual([])
      expect(readFileSync(path.join(folder, 'engines.json'), 'utf8')).not.toContain('Orders')
    } finally {
      await etcd.close()
    }
  })
})
