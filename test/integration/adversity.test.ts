/** What the world does to local clusters: full disks, taken ports, folders of others. Seen through a running console. */
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import path from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { utf8Decode, utf8Encode } from '../../src/core/base'
import type { SandboxState } from '../../src/contract/sandbox'
import type { ConsoleClient } from '../../src/renderer/src/bridge/client'
import { createClient, write, type Client } from '../../src/runtime/client'
import { bundle, type Bundle } from './support/bundle'
import { clientOf, createCluster, isAlive, startConsole, stateOf, untilState, value } from './support/console'
import { mayMount, mountSmallDisk } from './support/disk'
import { temporaryFolder } from './support/folders'
import { startServe } from './support/serve-process'
import { until } from './support/until'

const TIMEOUT_MS = 20_000

let built: Bundle
beforeAll(async () => {
  built = await bundle()
  return () => built.remove()
})
const start = (folder = temporaryFolder()) => startConsole(built.agentEntry, folder)
const everything = { nodeIds: [], kinds: [], severities: [], text: '', fromMs: null, toMs: null }
const statesOf = (state: SandboxState): string[] => state.nodes.map((node) => node.state)
const noticesOf = async (client: ConsoleClient) => value(await client.call('system.status', {})).notices

async function storeOf(client: ConsoleClient, clusterId: string): Promise<Client> {
  const { nodes } = await stateOf(client, clusterId)
  const store = createClient({ members: nodes.map(({ nodeId, port }) => ({ nodeId, host: '127.0.0.1', port })), clusterId })
  onTestFinished(() => store.close())
  return store
}

async function put(store: Client, key: string, text: string): Promise<void> {
  const session = value(await store.openSession(TIMEOUT_MS))
  expect(await write(session, { kind: 'put', key, value: utf8Encode(text) }, performance.now() + TIMEOUT_MS)).toEqual({ kind: 'done' })
}

async function get(store: Client, key: string): Promise<string | null> {
  const held = value(await store.get(key, TIMEOUT_MS))
  return held === null ? null : utf8Decode(held)
}

async function listenOn(port: number): Promise<Server> {
  const server = createServer((socket) => { socket.destroy() })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  onTestFinished(() => { server.close() })
  return server
}

/** None where the system does not tell. */
function childrenOf(pid: number): number[] {
  if (process.platform !== 'linux') return []
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
}

const closed = (server: Server): Promise<void> => new Promise((resolve) => { server.close(() => { resolve() }) })

describe.skipIf(!mayMount())('a node whose disk is full', () => {
  it('stops and says so; an alert fires, the others go on, nothing acknowledged is lost, and with space it comes back', async () => {
    const folder = temporaryFolder()
    const { client } = await start(folder)
    const { id: clusterId } = await createCluster(client, 3)
    await untilState(client, clusterId, 'quorate')
    value(await client.call('sandbox.stop', { clusterId }))
    const directory = path.join(folder, 'sandboxes', clusterId, 'n2')
    renameSync(directory, `${directory}.moved`)
    mkdirSync(directory)
    const disk = mountSmallDisk(directory, '17m')
    onTestFinished(async () => { await client.call('sandbox.stop', { clusterId }) })
    cpSync(`${directory}.moved`, directory, { recursive: true })
    rmSync(`${directory}.moved`, { recursive: true })
    value(await client.call('sandbox.start', { clusterId }))
    await untilState(client, clusterId, 'quorate')
    const store = await storeOf(client, clusterId)
    const session = value(await store.openSession(TIMEOUT_MS))
    const acknowledged = new Map<string, string>()
    const padding = 'x'.repeat(100_000)
    const nodeTwo = async () => (await stateOf(client, clusterId)).nodes[1]
    for (let i = 0; i < 400 && (await nodeTwo())?.state === 'running'; i += 1) {
      const [key, text] = [`big${i % 7}`, `${i} ${padding}`]
      const outcome = await write(session, { kind: 'put', key, value: utf8Encode(text) }, performance.now() + TIMEOUT_MS)
      if (outcome.kind === 'done') acknowledged.set(key, text)
      else acknowledged.delete(key)
    }
    const full = await until('the node to have stopped', 5_000, async () => {
      const node = await nodeTwo()
      return node?.state === 'failed' && node.pid === null && node
    })
    expect(full.reason).toContain('There is no space left on the disk')
    await untilState(client, clusterId, 'at-risk')
    expect(statesOf(await stateOf(client, clusterId))).toEqual(['running', 'failed', 'running'])
    const alert = await until('the alert to fire', 15_000, async () =>
      value(await client.call('health.list', { clusterId, resolvedSinceMs: null, limit: 100 })).find((each) => each.code === 'node-failed' && each.phase === 'firing'))
    expect(alert).toMatchObject({ nodeId: 'n2' })
    const { events } = value(await client.call('history.events', { filter: { ...everything, clusterId }, beforeId: null, limit: 100 }))
    expect(events.some((event) => event.nodeId === 'n2' && JSON.stringify(event.sentence.parameters).includes('no space left'))).toBe(true)
    expect(acknowledged.size).toBeGreaterThan(0)
    for (const [key, text] of acknowledged) expect(await get(store, key) === text, key).toBe(true)
    // Still no space: it says so again rather than run.
    expect(await client.call('sandbox.node', { clusterId, nodeId: 'n2', action: 'start' })).toSatisfy((result: { ok: boolean; error?: { code: string } }) => result.ok || result.error?.code === 'no-space')
    disk.resize('200m')
    await until('the node to run again', 20_000, async () => (await client.call('sandbox.node', { clusterId, nodeId: 'n2', action: 'start' })).ok && (await nodeTwo())?.state === 'running')
    await untilState(client, clusterId, 'quorate')
    await put(store, 'after', 'there is space')
    for (const [key, text] of acknowledged) expect(await get(store, key) === text, key).toBe(true)
  })
})

describe.skipIf(!mayMount())('a folder that cannot be removed', () => {
  it('fails the deletion with why; the cluster stays listed and is deleted once it can be', async () => {
    const folder = temporaryFolder()
    const { client } = await start(folder)
    const { id: clusterId } = await createCluster(client, 1, 'Stuck')
    await untilState(client, clusterId, 'at-risk')
    value(await client.call('sandbox.stop', { clusterId }))
    const directory = path.join(folder, 'sandboxes', clusterId)
    mkdirSync(path.join(directory, 'busy'))
    const disk = mountSmallDisk(path.join(directory, 'busy'), '1m')
    const refused = await client.call('sandbox.delete', { clusterId, name: 'Stuck' })
    expect(refused).toMatchObject({ ok: false, error: { code: 'start-failed' } })
    if (!refused.ok) expect(refused.error.message).toContain(`${directory} could not be removed (EBUSY)`)
    expect(value(await client.call('clusters.list', {}))).toMatchObject([{ id: clusterId }])
    expect((await stateOf(client, clusterId)).phase).toBe('stopped')
    disk.remove()
    value(await client.call('sandbox.delete', { clusterId, name: 'Stuck' }))
    expect(value(await client.call('clusters.list', {}))).toEqual([])
    expect(existsSync(directory)).toBe(false)
  })
})

describe('a port that somebody else has by now', () => {
  it('keeps one node down when the console starts again, names who has it, and the node starts once it is free', async () => {
    const folder = temporaryFolder()
    const first = await start(folder)
    const { id: clusterId } = await createCluster(first.client, 3, 'Ports')
    await untilState(first.client, clusterId, 'quorate')
    await put(await storeOf(first.client, clusterId), 'kept', 'yes')
    const port = (await stateOf(first.client, clusterId)).nodes[0]?.port ?? 0
    await first.service.stop()
    const thief = await listenOn(port)
    const { client } = await start(folder)
    await untilState(client, clusterId, 'at-risk')
    const state = await until('every start to be over', 10_000, async () => {
      const now = await stateOf(client, clusterId)
      return now.phase === 'running' && now
    })
    expect(statesOf(state)).toEqual(['failed', 'running', 'running'])
    expect(state.nodes[0]?.reason).toContain(`Port ${port} on 127.0.0.1 is in use by process ${process.pid}`)
    const notice = (await noticesOf(client)).find((each) => each.sentence.key === 'notice.sandbox-not-started')
    expect(notice?.sentence.parameters).toMatchObject({ cluster: 'Ports', reason: state.nodes[0]?.reason })
    await closed(thief)
    value(await client.call('sandbox.node', { clusterId, nodeId: 'n1', action: 'start' }))
    await untilState(client, clusterId, 'quorate')
    expect(await get(await storeOf(client, clusterId), 'kept')).toBe('yes')
  })
})

describe('the folder of another cluster', () => {
  it('is refused by name on both sides and left as it is; put right, both clusters have all they had', async () => {
    const folder = temporaryFolder()
    const { client } = await start(folder)
    const clusters = [await createCluster(client, 1, 'Left'), await createCluster(client, 1, 'Right')]
    const directoryOf = (id: string): string => path.join(folder, 'sandboxes', id, 'n1')
    for (const { id, name } of clusters) {
      await untilState(client, id, 'at-risk')
      await put(await storeOf(client, id), 'name', name)
      value(await client.call('sandbox.stop', { clusterId: id }))
    }
    const [left, right] = clusters.map(({ id }) => id) as [string, string]
    const swap = (): void => {
      renameSync(directoryOf(left), `${directoryOf(left)}.swap`)
      renameSync(directoryOf(right), directoryOf(left))
      renameSync(`${directoryOf(left)}.swap`, directoryOf(right))
    }
    swap()
    for (const [id, other] of [[left, right], [right, left]] as const) {
      const refused = await client.call('sandbox.start', { clusterId: id })
      expect(refused).toMatchObject({ ok: false, error: { code: 'wrong-folder' } })
      if (refused.ok) throw new Error('it started')
      expect(refused.error.message).toContain(`belongs to node n1 of cluster ${other}`)
      expect(refused.error.hint).toContain('Nothing was changed')
      expect((await stateOf(client, id)).phase).toBe('stopped')
    }
    swap()
    for (const { id, name } of clusters) {
      value(await client.call('sandbox.start', { clusterId: id }))
      await untilState(client, id, 'at-risk')
      expect(await get(await storeOf(client, id), 'name')).toBe(name)
    }
  })
})

describe('what is remembered of a cluster', () => {
  it('damaged: the cluster is told and left alone, others go on, and repaired it has its name and marks again', async () => {
    const folder = temporaryFolder()
    const first = await start(folder)
    const { id: clusterId } = await createCluster(first.client, 1, 'As created')
    const { id: other } = await createCluster(first.client, 1, 'Other')
    await untilState(first.client, clusterId, 'at-risk')
    await put(await storeOf(first.client, clusterId), 'kept', 'yes')
    value(await first.client.call('clusters.rename', { clusterId, name: 'Renamed' }))
    value(await first.client.call('clusters.mark', { clusterId, critical: true }))
    await first.service.stop()
    const file = path.join(folder, 'sandboxes', clusterId, 'cluster.json')
    const sound = readFileSync(file)
    writeFileSync(file, sound.subarray(0, 40))
    const second = await start(folder)
    const notice = (await noticesOf(second.client)).find((each) => each.sentence.key === 'notice.sandbox-unreadable')
    expect(notice?.sentence.parameters).toMatchObject({ directory: path.dirname(file), reason: expect.stringContaining('it is not JSON') as string })
    await untilState(second.client, other, 'at-risk')
    // A window that shows it gets answers, not silence.
    expect(await second.client.call('clusters.moment', { clusterId })).toMatchObject({ ok: true })
    expect(await second.client.call('sandbox.state', { clusterId })).toMatchObject({ error: { code: 'not-a-sandbox' } })
    expect(await second.client.call('sandbox.start', { clusterId })).toMatchObject({ error: { code: 'not-a-sandbox' } })
    expect(readFileSync(file)).toEqual(sound.subarray(0, 40))
    await second.service.stop()
    writeFileSync(file, sound)
    const { client } = await start(folder)
    expect(value(await client.call('clusters.list', {})).find((each) => each.id === clusterId)).toMatchObject({ name: 'Renamed', critical: true })
    await untilState(client, clusterId, 'at-risk')
    expect(await get(await storeOf(client, clusterId), 'kept')).toBe('yes')
  })

  it('out of reach altogether: nothing is taken for deleted', async () => {
    const folder = temporaryFolder()
    const first = await start(folder)
    const { id: clusterId } = await createCluster(first.client, 1, 'As created')
    await untilState(first.client, clusterId, 'at-risk')
    value(await first.client.call('clusters.rename', { clusterId, name: 'Renamed' }))
    await first.service.stop()
    const sandboxes = path.join(folder, 'sandboxes')
    renameSync(sandboxes, `${sandboxes}.away`)
    writeFileSync(sandboxes, 'not a folder')
    const second = await start(folder)
    const notice = (await noticesOf(second.client)).find((each) => each.sentence.key === 'notice.sandbox-unreadable')
    expect(notice?.sentence.parameters).toMatchObject({ directory: sandboxes })
    await second.service.stop()
    rmSync(sandboxes)
    renameSync(`${sandboxes}.away`, sandboxes)
    const { client } = await start(folder)
    expect(value(await client.call('clusters.list', {}))).toMatchObject([{ id: clusterId, name: 'Renamed' }])
  })
})

describe('a console that was killed', () => {
  it('even while its nodes were starting: the next one has the folder, the clusters and every acknowledged write', async () => {
    const folder = temporaryFolder()
    let serve = await startServe(built, ['--data', folder, '--no-sandbox-cluster'])
    const { id: clusterId } = await createCluster(clientOf(serve.url), 3, 'Survivor')
    await untilState(clientOf(serve.url), clusterId, 'quorate')
    await put(await storeOf(clientOf(serve.url), clusterId), 'kept', 'yes')
    for (let round = 0; round < 4; round += 1) {
      const children = childrenOf(serve.pid)
      serve.process.kill('SIGKILL')
      await serve.exit
      await until('no process to be left over', 5_000, () => children.every((pid) => !isAlive(pid)))
      // Killed again as soon as it speaks: its nodes are on their way up just then.
      serve = await startServe(built, ['--data', folder])
    }
    const client = clientOf(serve.url)
    await untilState(client, clusterId, 'quorate')
    expect(await noticesOf(client)).toEqual([])
    expect(await get(await storeOf(client, clusterId), 'kept')).toBe('yes')
  })
})
