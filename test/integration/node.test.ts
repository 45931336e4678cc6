import { randomFillSync } from 'node:crypto'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { utf8Encode } from '../../src/core/base'
import { createClient, write, type Client } from '../../src/runtime/client'
import { buildAgent } from './support/agent-bundle'
import { AgentProcess, nodeStart, type ProcessCluster } from './support/agent-process'
import { reignOf, testCluster, waitForLeader } from './support/cluster'
import { mayMount, mountSmallDisk } from './support/disk'
import { temporaryFolder } from './support/folders'
import { until } from './support/until'

const TIMEOUT_MS = 10_000
const SEGMENT = 'segment-000000001.log'

let bundle = ''
beforeAll(async () => { bundle = await buildAgent() })

function clientOf(cluster: ProcessCluster): Client {
  const client = createClient({ members: cluster.plan.members })
  onTestFinished(() => { client.close() })
  return client
}

async function put(client: Client, entries: Readonly<Record<string, string>>): Promise<void> {
  const opened = await client.openSession(TIMEOUT_MS)
  if (!opened.ok) throw new Error(opened.error.message)
  for (const [key, value] of Object.entries(entries)) {
    expect(await write(opened.value, { kind: 'put', key, value: utf8Encode(value) }, performance.now() + TIMEOUT_MS)).toEqual({ kind: 'done' })
  }
}

async function expectHolds(client: Client, entries: Readonly<Record<string, string>>): Promise<void> {
  for (const [key, value] of Object.entries(entries)) {
    const got = await client.get(key, TIMEOUT_MS)
    expect(got.ok && got.value !== null && Buffer.from(got.value).toString()).toBe(value)
  }
}

const alone = (agent: AgentProcess): AgentProcess => {
  onTestFinished(async () => { await agent.kill() })
  return agent
}

describe('the life of a node', () => {
  test('stops as asked with exit code 0, and comes back with what it held', async () => {
    const cluster = await testCluster(bundle, 3)
    await cluster.startAll()
    const client = clientOf(cluster)
    await put(client, { a: '1', b: '2' })
    const agents = [...cluster.running.values()]
    for (const agent of agents) agent.send({ kind: 'stop' })
    expect(await Promise.all(agents.map(({ exited }) => exited))).toEqual(agents.map(() => ({ code: 0, signal: null })))
    await cluster.startAll()
    expect((await cluster.agent('n1').ready()).recoveredEntries).toBeGreaterThanOrEqual(3)
    await expectHolds(client, { a: '1', b: '2' })
  })

  test('a cluster of one elects itself and serves', async () => {
    const cluster = await testCluster(bundle, 1)
    await cluster.startAll()
    const client = clientOf(cluster)
    await put(client, { only: 'one' })
    await cluster.agent('n1').kill()
    await cluster.start('n1')
    await expectHolds(client, { only: 'one' })
  })

  test('ends by itself within 2 s when its control channel closes, running or not yet started', async () => {
    const cluster = await testCluster(bundle, 1)
    const running = await cluster.start('n1')
    const idle = alone(new AgentProcess(bundle))
    const begunMs = performance.now()
    running.closeControl()
    idle.closeControl()
    expect((await running.exited).signal).toBeNull()
    expect((await idle.exited).signal).toBeNull()
    expect(performance.now() - begunMs).toBeLessThan(2_500)
  })

  test('what is not a control message is answered with bad-start and an end', async () => {
    for (const line of ['{"kind":"dance"}\n', '{"kind":"start-node","clusterId":7}\n']) {
      const agent = alone(new AgentProcess(bundle))
      agent.sendRaw(line)
      expect((await agent.exited).code).toBe(1)
      expect(agent.failure()).toMatchObject({ code: 'bad-start' })
    }
    const agent = alone(new AgentProcess(bundle))
    agent.sendRaw('not JSON\n')
    expect((await agent.exited).code).toBe(2)
  })
})

describe('what a node observes', () => {
  test('its group, its links with measured round trips, its log and its disk', async () => {
    const cluster = await testCluster(bundle, 3)
    await cluster.startAll()
    await put(clientOf(cluster), { a: '1' })
    const { nodeId } = await waitForLeader(cluster)
    const observation = await until('measured links', 10_000, async () => {
      const each = await cluster.agent(nodeId).observe()
      return each.links.every(({ rttMs, messagesPerSecond }) => typeof rttMs === 'number' && (messagesPerSecond['heartbeat-request'] ?? 0) > 0) && each
    })
    expect(observation).toMatchObject({ reachability: 'ok', nodeId, alarms: [], clusterId: 'test-cluster' })
    expect(observation.groups[0]).toMatchObject({ role: 'leader', leaderId: nodeId, peers: [{ stage: 'flushed' }, { stage: 'flushed' }] })
    expect(observation.extras['fsyncP50Ms']).toBeGreaterThan(0)
    expect(cluster.agent(nodeId).messages).toContainEqual({ kind: 'changed' })
  })

  test('link rules show in the measured links, and are undone', async () => {
    const cluster = await testCluster(bundle, 3)
    await cluster.startAll()
    await waitForLeader(cluster)
    const agent = cluster.agent('n1')
    const rule = { to: 'n2', cut: false, latencyMs: 300, jitterMs: 0, loss: 0, bytesPerSecondMax: null }
    const linkTo = async (peerId: string) => (await agent.observe()).links.find((link) => link.peerId === peerId)
    agent.send({ kind: 'link-rules', rules: [rule] })
    await until('a slow link', 10_000, async () => Number((await linkTo('n2'))?.rttMs) >= 290)
    expect(Number((await linkTo('n3'))?.rttMs)).toBeLessThan(290)
    agent.send({ kind: 'link-rules', rules: [{ ...rule, cut: true, latencyMs: 0 }] })
    await until('a cut link', 10_000, async () => (await linkTo('n2'))?.connected === false)
    agent.send({ kind: 'link-rules', rules: [] })
    await until('a healed link', 10_000, async () => (await linkTo('n2'))?.connected === true)
  })
})

describe('what a node refuses', () => {
  test('a folder of another cluster, which it leaves as it was', async () => {
    const cluster = await testCluster(bundle, 1)
    await cluster.startAll()
    await put(clientOf(cluster), { mine: '1' })
    await cluster.agent('n1').kill()
    const before = fs.readFileSync(path.join(cluster.plan.directoryOf('n1'), SEGMENT))
    const stranger = alone(new AgentProcess(bundle))
    stranger.send({ ...nodeStart(cluster.plan, 'n1'), clusterId: 'another-cluster' })
    expect((await stranger.exited).code).toBe(1)
    expect(stranger.failure()).toMatchObject({ code: 'wrong-folder', message: expect.stringContaining('test-cluster') as string })
    expect(fs.readFileSync(path.join(cluster.plan.directoryOf('n1'), SEGMENT)).equals(before)).toBe(true)
  })

  test('a folder that another process has open', async () => {
    const cluster = await testCluster(bundle, 1)
    await cluster.startAll()
    const second = alone(new AgentProcess(bundle))
    second.send(nodeStart(cluster.plan, 'n1'))
    expect((await second.exited).code).toBe(1)
    expect(second.failure()).toMatchObject({ code: 'wrong-folder', message: expect.stringContaining('in use') as string })
  })

  test('a port in use', async () => {
    const cluster = await testCluster(bundle, 1)
    const squatter = net.createServer()
    await new Promise<void>((resolve) => { squatter.listen(cluster.plan.members[0]?.port, '127.0.0.1', resolve) })
    onTestFinished(() => { squatter.close() })
    const agent = cluster.launch('n1')
    expect((await agent.exited).code).toBe(1)
    expect(agent.failure()).toMatchObject({ code: 'port-in-use', message: expect.stringContaining(String(cluster.plan.members[0]?.port)) as string })
  })

  test('a log that is damaged before its end', async () => {
    const cluster = await testCluster(bundle, 1)
    await cluster.startAll()
    await put(clientOf(cluster), { a: 'a'.repeat(500), b: 'b'.repeat(500) })
    await cluster.agent('n1').kill()
    const file = path.join(cluster.plan.directoryOf('n1'), SEGMENT)
    const bytes = fs.readFileSync(file)
    bytes[bytes.indexOf('aaaaaaaa')] = 0
    fs.writeFileSync(file, bytes)
    const agent = cluster.launch('n1')
    expect((await agent.exited).code).toBe(1)
    expect(agent.failure()).toMatchObject({ code: 'log-corrupt' })
  })
})

describe('a disk that gives trouble', () => {
  test('rubbish of an unfinished write at the end of the log is removed, and nothing acknowledged with it', async () => {
    const cluster = await testCluster(bundle, 3)
    await cluster.startAll()
    const client = clientOf(cluster)
    for (let round = 0; round < 5; round += 1) {
      const { nodeId } = await waitForLeader(cluster)
      await put(client, { [`round${round}`]: 'written' })
      await cluster.agent(nodeId).kill()
      const file = path.join(cluster.plan.directoryOf(nodeId), SEGMENT)
      const bytes = fs.readFileSync(file)
      const end = (bytes.findLastIndex((byte) => byte !== 0) + 8) & ~7
      fs.writeFileSync(file, Buffer.concat([bytes.subarray(0, end), randomFillSync(Buffer.alloc(200)), bytes.subarray(end + 200)]))
      await cluster.start(nodeId)
      await expectHolds(client, { [`round${round}`]: 'written' })
    }
    await until('equal states', 10_000, async () => new Set((await cluster.observeAll()).map(({ extras }) => extras['appliedHash'])).size === 1)
  })

  test.skipIf(!mayMount())('a full disk: the node says so and stops; the others go on', async () => {
    const folder = temporaryFolder()
    const cluster = await testCluster(bundle, 3, { folder })
    const small = cluster.plan.directoryOf('n2')
    fs.mkdirSync(small, { recursive: true })
    mountSmallDisk(small, '17m')
    await cluster.startAll()
    const full = cluster.agent('n2')
    const client = clientOf(cluster)
    const opened = await client.openSession(TIMEOUT_MS)
    if (!opened.ok) throw new Error(opened.error.message)
    const value = randomFillSync(new Uint8Array(100_000))
    let ended = false
    void full.exited.then(() => { ended = true })
    for (let i = 0; !ended && i < 1000; i += 1) {
      await write(opened.value, { kind: 'put', key: `big${i % 7}`, value }, performance.now() + TIMEOUT_MS)
    }
    expect((await full.exited).code).toBe(1)
    expect(full.failure()).toMatchObject({ code: 'no-space', message: expect.stringContaining('no space left') as string })
    await waitForLeader(cluster)
    await put(client, { after: 'the others go on' })
    const { role } = reignOf(await cluster.agent('n1').observe())
    expect(['leader', 'follower']).toContain(role)
  })
})

describe('load', () => {
  test('samples once a second, takes new settings, and ends as asked', async () => {
    const cluster = await testCluster(bundle, 3)
    await cluster.startAll()
    const load = alone(new AgentProcess(bundle))
    const settings = { ratePerSecond: 100, valueBytes: 64, readShare: 0.5, clients: 4 }
    load.send({ kind: 'start-load', protocol: 'raft', members: cluster.plan.members, settings })
    const samples = () => load.messages.flatMap((message) => (message.kind === 'load-sample' ? [message.sample] : []))
    const steady = await until('a steady sample', 10_000, () => samples().find(({ completed }) => completed >= 90))
    expect(steady.completed).toBeLessThan(120)
    expect(steady.reads + steady.writes).toBe(steady.completed)
    expect(steady).toMatchObject({ errors: 0, unknownOutcomes: 0 })
    load.send({ kind: 'load-settings', settings: { ...settings, ratePerSecond: null, clients: 16 } })
    await until('full speed', 10_000, () => samples().some(({ completed }) => completed > 300))
    await Promise.all(['n1', 'n2', 'n3'].map((nodeId) => cluster.agent(nodeId).kill()))
    await until('failures are counted', 10_000, () => samples().some(({ errors, unknownOutcomes }) => errors + unknownOutcomes > 0))
    load.send({ kind: 'stop' })
    expect(await load.exited).toEqual({ code: 0, signal: null })
  })
})
