/** Members of running clusters come and go, leadership is handed over, and a lost majority is given up: all with real processes, through the console. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { LOAD_DEFAULTS, type LoadState } from '../../src/contract/load'
import type { SandboxNode } from '../../src/contract/sandbox'
import type { ProtocolName } from '../../src/core/machine'
import { isUnknown } from '../../src/core/observation'
import { encodeConfiguration } from '../../src/core/raft/configuration-codec'
import { createClient, write, type Client } from '../../src/runtime/client'
import type { ConsoleClient } from '../../src/renderer/src/bridge/client'
import { bundle, type Bundle } from './support/bundle'
import { clientOn, createCluster, derivationOf, leaderOf, momentOf, startConsole, stateOf, untilState, value } from './support/console'
import { progress, total } from './support/soundness'
import { until } from './support/until'
import { CountingWriter } from './support/writers'

const TIMEOUT_MS = 120_000
let built: Bundle
beforeAll(async () => { built = await bundle() })
afterAll(() => { built.remove() })

const folder = (): string => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'quorate-members-'))
  onTestFinished(() => { rmSync(directory, { recursive: true, force: true }) })
  return directory
}

async function writersWith(client: Client): Promise<CountingWriter[]> {
  const writers = Array.from({ length: 4 }, (_, i) => new CountingWriter(client, `w${i}`))
  await Promise.all(writers.map((writer) => writer.start()))
  return writers
}

async function expectKept(console: ConsoleClient, clusterId: string, writers: readonly CountingWriter[]): Promise<void> {
  await Promise.all(writers.map((writer) => writer.stop()))
  expect((await Promise.all(writers.map((writer) => writer.check()))).flat()).toEqual([])
  await until('equal states on all members', 30_000, async () => {
    const { observations, expected } = await momentOf(console, clusterId)
    const hashes = observations.filter(({ reachability }) => reachability === 'ok').map(({ extras }) => extras['appliedHash'])
    return hashes.length === expected.length && new Set(hashes).size === 1
  })
}

/** The step from these voters to those stands in the logs as a joint configuration. */
async function expectJoint(before: readonly SandboxNode[], after: readonly SandboxNode[]): Promise<void> {
  const voters = (nodes: readonly SandboxNode[]) => nodes.map(({ nodeId, port }) => ({ id: nodeId, name: nodeId, address: `127.0.0.1:${port}`, kind: 'voter' as const, promote: false }))
  const [outgoing, members] = [voters(before), voters(after)]
  // The new one has been a learner before, of which nobody is in doubt.
  const learnt = [...outgoing, ...members.filter(({ id }) => !outgoing.some((each) => each.id === id)).map((each) => ({ ...each, kind: 'learner' as const }))]
  const entry = Buffer.from(encodeConfiguration({ members, outgoing: learnt, isForced: false }))
  await until('the joint configuration in every log', 10_000, () => after.every(({ directory }) => filesBelow(directory).some((file) => readFileSync(file).includes(entry))))
}
const filesBelow = (directory: string): readonly string[] => readdirSync(directory, { recursive: true, withFileTypes: true }).filter((each) => each.isFile()).map((each) => path.join(each.parentPath, each.name))

const votersOf = async (console: ConsoleClient, clusterId: string): Promise<readonly string[]> => {
  const derivation = await derivationOf(console, clusterId)
  return derivation.topology.nodes.filter(({ voter }) => voter).map(({ id }) => id)
}

describe.each(['raft', 'paxos'] as const satisfies readonly ProtocolName[])('a cluster of %s under load', (protocol) => {
  test('grows by a node that votes once it has caught up, and shrinks by one that led', async () => {
    const { client } = await startConsole(built.agentEntry, folder())
    const { id } = await createCluster(client, 3, 'Story', protocol)
    await untilState(client, id, 'quorate')
    const operations = await clientOn(client, id)
    const writers = await writersWith(operations)
    await progress(writers, 40)
    const { nodeId: added } = value(await client.call('sandbox.member', { clusterId: id, change: { kind: 'add' } }))
    expect(added).toBe('n4')
    await until('n4 votes', 30_000, async () => (await votersOf(client, id)).includes('n4') && (await stateOf(client, id)).nodes.find(({ nodeId }) => nodeId === 'n4')?.member === 'voter')
    expect((await derivationOf(client, id)).margin).toMatchObject({ voters: 4, needed: 3 })
    operations.cluster.setMembers((await stateOf(client, id)).nodes.map(({ nodeId, port }) => ({ nodeId, host: '127.0.0.1', port })))
    await progress(writers, 40)
    const leader = leaderOf(await untilState(client, id, 'quorate'))
    const directory = (await stateOf(client, id)).nodes.find(({ nodeId }) => nodeId === leader)?.directory ?? ''
    expect(value(await client.call('sandbox.member', { clusterId: id, change: { kind: 'remove', nodeId: leader } }))).toEqual({ nodeId: leader })
    expect(existsSync(directory)).toBe(false)
    await progress(writers, 40)
    const after = await untilState(client, id, 'quorate')
    expect(after.margin).toMatchObject({ voters: 3, needed: 2, canLose: 1 })
    expect(leaderOf(after)).not.toBe(leader)
    await expectKept(client, id, writers)
  }, TIMEOUT_MS)

  test('has a dead member replaced in one step, though only a bare quorum is left: nothing acknowledged is lost', async () => {
    const { client } = await startConsole(built.agentEntry, folder())
    const { id } = await createCluster(client, 3, 'Story', protocol)
    await untilState(client, id, 'quorate')
    const operations = await clientOn(client, id)
    const writers = await writersWith(operations)
    await progress(writers, 100)
    const dead = leaderOf(await derivationOf(client, id))
    const before = (await stateOf(client, id)).nodes
    const directory = (await stateOf(client, id)).nodes.find(({ nodeId }) => nodeId === dead)?.directory ?? ''
    value(await client.call('sandbox.node', { clusterId: id, nodeId: dead, action: 'kill' }))
    await untilState(client, id, 'at-risk')
    await progress(writers, 40)
    const fewest = { voters: Number.POSITIVE_INFINITY }
    const unwatch = client.open('sandbox.watch', { clusterId: id }, () => void derivationOf(client, id).then(({ margin }) => { fewest.voters = Math.min(fewest.voters, margin.voters) }))
    expect(value(await client.call('sandbox.member', { clusterId: id, change: { kind: 'replace', nodeId: dead } }))).toEqual({ nodeId: 'n4' })
    expect((await stateOf(client, id)).replacement).toMatchObject({ nodeId: dead, by: 'n4' })
    await until('n4 has taken its place', 60_000, async () => {
      const { replacement } = await stateOf(client, id)
      expect(replacement?.failure).toBeNull()
      return replacement?.phase === 'done'
    })
    unwatch()
    operations.cluster.setMembers((await stateOf(client, id)).nodes.map(({ nodeId, port }) => ({ nodeId, host: '127.0.0.1', port })))
    const after = await untilState(client, id, 'quorate')
    expect(after.margin).toMatchObject({ voters: 3, needed: 2, canLose: 1 })
    expect(await votersOf(client, id)).toEqual(['n1', 'n2', 'n3', 'n4'].filter((nodeId) => nodeId !== dead))
    // Never one voter less: it was not a removal and an addition.
    expect(fewest.voters).toBeGreaterThanOrEqual(3)
    expect(existsSync(directory)).toBe(false)
    if (protocol === 'raft') await expectJoint(before, (await stateOf(client, id)).nodes)
    // The new one counts: with it, another may be lost.
    await progress(writers, 40)
    value(await client.call('sandbox.node', { clusterId: id, nodeId: leaderOf(after), action: 'kill' }))
    await progress(writers, 40)
    value(await client.call('sandbox.node', { clusterId: id, nodeId: leaderOf(after), action: 'start' }))
    await untilState(client, id, 'quorate')
    await expectKept(client, id, writers)
    const { events } = value(await client.call('history.events', { filter: { clusterId: id, fromMs: null, toMs: null, kinds: ['operation-members-changed'], nodeIds: [], severities: [], text: '' }, beforeId: null, limit: 10 }))
    expect(events.map(({ sentence }) => sentence).reverse()).toEqual([{ key: 'event.members-replace', parameters: { name: 'n4', old: dead } }, { key: 'event.members-replaced', parameters: { name: 'n4', old: dead } }])
  }, TIMEOUT_MS)

  test('hands its leadership to a member by name, and loses nothing', async () => {
    const { client } = await startConsole(built.agentEntry, folder())
    const { id } = await createCluster(client, 3, 'Story', protocol)
    const before = leaderOf(await untilState(client, id, 'quorate'))
    const writers = await writersWith(await clientOn(client, id))
    await progress(writers, 40)
    const to = (await votersOf(client, id)).find((each) => each !== before) ?? ''
    expect(value(await client.call('sandbox.transfer', { clusterId: id, to }))).toBeNull()
    await until(`${to} leads`, 20_000, async () => {
      const { leader } = await derivationOf(client, id)
      return 'value' in leader && leader.value === to
    })
    await progress(writers, 40)
    await expectKept(client, id, writers)
  }, TIMEOUT_MS)

  test('restarts with the members it has now, not those it was created with', async () => {
    const data = folder()
    const first = await startConsole(built.agentEntry, data)
    const { id } = await createCluster(first.client, 3, 'Story', protocol)
    await untilState(first.client, id, 'quorate')
    value(await first.client.call('sandbox.member', { clusterId: id, change: { kind: 'add' } }))
    await until('n4 votes', 30_000, async () => (await votersOf(first.client, id)).length === 4)
    value(await first.client.call('sandbox.member', { clusterId: id, change: { kind: 'remove', nodeId: 'n1' } }))
    await until('three voters', 20_000, async () => (await votersOf(first.client, id)).length === 3)
    first.client.close()
    await first.service.stop()
    const again = await startConsole(built.agentEntry, data)
    const derivation = await untilState(again.client, id, 'quorate')
    expect(derivation.topology.nodes.map((node) => node.id).sort()).toEqual(['n2', 'n3', 'n4'])
    expect(derivation.margin).toMatchObject({ voters: 3, canLose: 1 })
  }, TIMEOUT_MS)
})

test('reads by lease, forwarding, and a witness: one of the members with data may be lost, and writes go on', async () => {
  const data = folder()
  const { client } = await startConsole(built.agentEntry, data)
  const options = { reads: 'lease', forwarding: true, snapshotAfterEntries: 200 } as const
  const { id } = value(await client.call('sandbox.create', { name: 'Story', nodes: 3, protocol: 'raft', options }))
  await untilState(client, id, 'quorate')
  expect(JSON.parse(readFileSync(path.join(data, 'sandboxes', id, 'cluster.json'), 'utf8'))).toMatchObject({ version: 2, options })
  const operations = await clientOn(client, id)
  const writers = await writersWith(operations)
  await progress(writers, 300)
  expect(value(await client.call('sandbox.member', { clusterId: id, change: { kind: 'add', member: 'witness' } }))).toEqual({ nodeId: 'n4' })
  const derivation = await until('n4 to say that it is a witness', 30_000, async () => {
    const each = await derivationOf(client, id)
    return each.topology.nodes.find((node) => node.id === 'n4')?.role === 'witness' && each.margin.agreeing === 4 ? each : undefined
  })
  expect(derivation.margin).toMatchObject({ voters: 4, needed: 3, canLose: 1 })
  expect((await stateOf(client, id)).nodes.map(({ nodeId, member }) => [nodeId, member])).toEqual([['n1', 'voter'], ['n2', 'voter'], ['n3', 'voter'], ['n4', 'witness']])
  // The leader goes: the witness votes for one that has everything.
  const leader = leaderOf(derivation)
  value(await client.call('sandbox.node', { clusterId: id, nodeId: leader, action: 'kill' }))
  await progress(writers, 100)
  expect(leaderOf(await untilState(client, id, 'at-risk'))).not.toBe('n4')
  const { observations } = await momentOf(client, id)
  const snapshots = observations.filter(({ nodeId }) => nodeId !== leader && nodeId !== 'n4').map(({ groups }) => groups[0]?.log.firstAvailable)
  expect(snapshots.every((first) => first !== undefined && !isUnknown(first) && 'value' in first && first.value > 1n)).toBe(true)
  await Promise.all(writers.map((writer) => writer.stop()))
  expect((await Promise.all(writers.map((writer) => writer.check()))).flat()).toEqual([])
  // Its name is not given again, though it is gone; nor does Paxos have any.
  value(await client.call('sandbox.node', { clusterId: id, nodeId: leader, action: 'start' }))
  await untilState(client, id, 'quorate')
  value(await client.call('sandbox.member', { clusterId: id, change: { kind: 'remove', nodeId: 'n4' } }))
  expect(value(await client.call('sandbox.member', { clusterId: id, change: { kind: 'add' } }))).toEqual({ nodeId: 'n5' })
  const { events } = value(await client.call('history.events', { filter: { clusterId: id, fromMs: null, toMs: null, kinds: ['operation-members-changed'], nodeIds: [], severities: [], text: '' }, beforeId: null, limit: 10 }))
  expect(events.map(({ sentence }) => sentence)).toContainEqual({ key: 'event.members-add-witness', parameters: { name: 'n4' } })
}, TIMEOUT_MS)

test.each(['raft', 'paxos'] as const)('a leader of %s that was paused with a lease answers no read from before the pause', async (protocol) => {
  const { client } = await startConsole(built.agentEntry, folder())
  const { id } = value(await client.call('sandbox.create', { name: 'Story', nodes: 3, protocol, options: { reads: 'lease' } }))
  const operations = await clientOn(client, id)
  const paused = leaderOf(await untilState(client, id, 'quorate'))
  const session = value(await operations.openSession(20_000))
  const put = (text: string) => write(session, { kind: 'put', key: 'key', value: Buffer.from(text) }, performance.now() + 20_000)
  expect(await put('before')).toMatchObject({ kind: 'done' })
  const only = (await stateOf(client, id)).nodes.filter(({ nodeId }) => nodeId === paused).map(({ nodeId, port }) => ({ nodeId, host: '127.0.0.1', port }))
  const reader = createClient({ members: only, protocol })
  onTestFinished(() => { reader.close() })
  expect(Buffer.from(value(await reader.get('key', 20_000)) ?? []).toString()).toBe('before')
  value(await client.call('sandbox.node', { clusterId: id, nodeId: paused, action: 'pause' }))
  // Nobody tells it when it wakes that another leads.
  const others = (await stateOf(client, id)).nodes.map(({ nodeId }) => nodeId).filter((nodeId) => nodeId !== paused)
  value(await client.call('sandbox.addFault', { clusterId: id, fault: { kind: 'partition', groups: [[paused], others] } }))
  expect(await put('after')).toMatchObject({ kind: 'done' })
  // What waits in its sockets when it wakes comes before its timers.
  const answers = Promise.all(Array.from({ length: 50 }, () => reader.get('key', 5_000)))
  value(await client.call('sandbox.node', { clusterId: id, nodeId: paused, action: 'resume' }))
  const told = (await answers).flatMap((each) => (each.ok && each.value !== null ? [Buffer.from(each.value).toString()] : []))
  expect(told.filter((each) => each !== 'after')).toEqual([])
}, TIMEOUT_MS)

test('a majority that is lost is given up on request only, by name, and it is recorded', async () => {
  const { client } = await startConsole(built.agentEntry, folder())
  const { id } = await createCluster(client, 3, 'Story')
  await untilState(client, id, 'quorate')
  const writers = await writersWith(await clientOn(client, id))
  await progress(writers, 40)
  expect(await client.call('sandbox.recover', { clusterId: id, name: 'Story' })).toMatchObject({ ok: false, error: { code: 'still-quorate' } })
  await Promise.all(writers.map((writer) => writer.stop()))
  // Everybody has everything: what the survivor goes on with is then all there ever was.
  await until('equal states, of all that was written', 20_000, async () => {
    const { observations } = await momentOf(client, id)
    const applied = observations.map(({ extras }) => Number(extras['entriesApplied']))
    return new Set(observations.map(({ extras }) => extras['appliedHash'])).size === 1 && Math.min(...applied) >= total(writers)
  })
  for (const nodeId of ['n1', 'n2']) value(await client.call('sandbox.node', { clusterId: id, nodeId, action: 'kill' }))
  await untilState(client, id, 'no-quorum')
  expect(await client.call('sandbox.recover', { clusterId: id, name: 'story' })).toMatchObject({ ok: false, error: { code: 'name-mismatch' } })
  expect(value(await client.call('sandbox.recover', { clusterId: id, name: 'Story' }))).toEqual({ nodeId: 'n3' })
  const derivation = await until('n3 alone', 20_000, async () => {
    const each = await derivationOf(client, id)
    return each.margin.voters === 1 && each.margin.agreeing === 1 ? each : undefined
  })
  expect(leaderOf(derivation)).toBe('n3')
  const reader = await clientOn(client, id)
  for (const writer of writers) {
    const held = await reader.get(`count/${writer.name}`, 10_000)
    expect(held.ok && held.value !== null && Number(Buffer.from(held.value).toString())).toBe(writer.acknowledged)
  }
  const { events } = value(await client.call('history.events', { filter: { clusterId: id, fromMs: null, toMs: null, kinds: ['operation-members-changed'], nodeIds: [], severities: [], text: '' }, beforeId: null, limit: 10 }))
  expect(events.map(({ sentence }) => sentence)).toContainEqual({ key: 'event.members-recovered', parameters: { name: 'n3', lost: 'n1, n2' } })
  // And from one it grows again.
  value(await client.call('sandbox.member', { clusterId: id, change: { kind: 'add' } }))
  await until('two voters', 30_000, async () => (await votersOf(client, id)).length === 2)
}, TIMEOUT_MS)

test('a PBFT cluster of the console: a liar is a fault in force, seen by the others, counted as lost, and undone', async () => {
  const data = folder()
  const { client, logged } = await startConsole(built.agentEntry, data)
  const { id, engine } = await createCluster(client, 4, 'Generals', 'pbft')
  expect(engine).toBe('PBFT')
  const quorate = await untilState(client, id, 'quorate')
  expect(quorate.sentence).toMatchObject({ key: 'state.quorate', parameters: { agreeing: 4, voters: 4, canLose: 1, fenceKey: 'fence.view' } })
  const primary = leaderOf(quorate)
  const writers = await writersWith(await clientOn(client, id))
  await progress(writers, 20)
  const loads: LoadState[] = []
  client.open('load.watch', { clusterId: id }, (state) => void loads.push(state))
  value(await client.call('load.start', { clusterId: id, settings: { ...LOAD_DEFAULTS, clients: 2, ratePerSecond: 20 } }))
  value(await client.call('sandbox.lie', { clusterId: id, nodeId: primary, behaviour: 'equivocate' }))
  expect((await stateOf(client, id)).faults).toMatchObject([{ fault: { kind: 'lying', nodeId: primary, lie: 'equivocate' } }])
  const risky = await until('the others say so', 30_000, async () => {
    const each = await derivationOf(client, id)
    return each.issues.some(({ code }) => code === 'misbehaviour') && each.margin.canLose === 0 ? each : undefined
  })
  expect(risky.issues.find(({ code }) => code === 'misbehaviour')).toMatchObject({ nodeId: primary, severity: 'critical' })
  expect(risky.issues.find(({ code }) => code === 'misbehaviour')?.by).not.toContain(primary)
  expect(risky.margin).toMatchObject({ voters: 4, needed: 3, canLose: 0 })
  await progress(writers, 20)
  const told = await until('lies that the load generator outvoted', 30_000, () => loads.findLast(({ totals }) => totals.outvoted > 0 && totals.completed > 0))
  expect(told.totals.errors).toBe(0)
  value(await client.call('load.stop', { clusterId: id }))
  value(await client.call('sandbox.removeFault', { clusterId: id, faultId: `lie:${primary}` }))
  expect((await stateOf(client, id)).faults).toEqual([])
  await progress(writers, 20)
  await untilState(client, id, 'quorate', 60_000)
  await expectKept(client, id, writers)
  // The keys stay where they are.
  const { nodes, clientKeyFile = 'none' } = await stateOf(client, id)
  const files = [...nodes.map(({ directory }) => path.join(directory, 'signing-key.pem')), clientKeyFile]
  const secrets = files.map((file) => readFileSync(file, 'utf8'))
  expect(files.map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600, 0o600, 0o600, 0o600])
  const shown = [...logged, JSON.stringify(await stateOf(client, id)), readFileSync(path.join(data, 'sandboxes', id, 'cluster.json'), 'utf8')].join('\n')
  for (const secret of secrets) expect(shown).not.toContain(secret.split('\n')[1] ?? 'no key')
  expect((await momentOf(client, id)).observations.every(({ groups }) => groups.every(({ fence }) => !isUnknown(fence) && fence.kind === 'view'))).toBe(true)
}, TIMEOUT_MS)
