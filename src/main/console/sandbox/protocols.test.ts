/** Clusters of other protocols than Raft: what is remembered of them, their keys, their liars and their members. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, existsSync } from 'node:fs'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ok } from '../../../core/base'
import { DEFAULT_PROTOCOL_OPTIONS } from '../../../contract/agent'
import type { ProtocolName } from '../../../core/machine'
import type { NodeObservation } from '../../../core/observation'
import { unknown } from '../../../core/observation'
import { FakeAgent, said } from './agents.fixture'
import { createSandbox, type Sandbox } from './sandbox'

let directory: string
let sandbox: Sandbox
let agents: FakeAgent[]
let logged: string[]
let prepare: (agent: FakeAgent) => void
let membersTold: number

const make = (): Sandbox => createSandbox({
  directory, nowMs: Date.now, pollIntervalMs: () => 20,
  log: { info: (text) => void logged.push(text), warn: (text) => void logged.push(text), error: (text) => void logged.push(text) },
  processHost: {
    fork: async (name) => {
      const agent = new FakeAgent(1_000_000_000 + agents.length, name)
      agents.push(agent)
      prepare(agent)
      return ok(agent)
    },
  },
  onObservation: () => {}, onState: () => {}, onMembers: () => void (membersTold += 1), onLoadState: () => {}, onLoadSample: () => {}, onRollout: () => {}, onReplaced: () => {},
})

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'quorate-sandbox-'))
  agents = []
  logged = []
  membersTold = 0
  prepare = () => {}
  sandbox = make()
})
afterEach(async () => {
  await sandbox.close()
  rmSync(directory, { recursive: true, force: true })
})

async function running(protocol: ProtocolName, nodes: number): Promise<string> {
  const created = await sandbox.create('Story', nodes, protocol)
  if (!created.ok) throw new Error(created.error.message)
  expect(await sandbox.start(created.value.clusterId)).toEqual(ok(null))
  return created.value.clusterId
}
const agentOf = (nodeId: string): FakeAgent => agents.findLast((agent) => agent.name.endsWith(`/${nodeId}`)) as FakeAgent
const heard = (nodeId: string, kind: string) => agentOf(nodeId).heard.filter((message) => message.kind === kind)
const fileOf = (clusterId: string): unknown => JSON.parse(readFileSync(path.join(directory, clusterId, 'cluster.json'), 'utf8'))
const stateOf = (clusterId: string) => {
  const state = sandbox.state(clusterId)
  if (!state.ok) throw new Error(state.error.message)
  return state.value
}

const none = unknown('not-reported')
/** The word of a member that takes `leader` for the leader of these voters. */
const word = (nodeId: string, leader: string, voters: readonly string[], learners: readonly string[] = []): NodeObservation => ({
  ...said, nodeId,
  groups: [{
    groupId: 'g', role: nodeId === leader ? 'leader' : 'follower', fence: { kind: 'raft-term', value: 2n }, leaderId: leader,
    members: [...voters.map((id) => ({ id, name: id, address: 'a:1', voter: true })), ...learners.map((id) => ({ id, name: id, address: 'a:1', voter: false }))],
    log: { firstAvailable: none, last: none, persisted: none, committed: none, applied: none }, peers: [],
  }],
})
async function leads(leader: string, voters: readonly string[], learners: readonly string[] = []): Promise<void> {
  for (const id of [...voters, ...learners]) {
    const agent = agentOf(id)
    agent.word = word(id, leader, voters, learners)
    agent.outcome = id === leader ? { kind: 'done' } : { kind: 'not-leader', leaderId: leader }
    agent.say({ kind: 'changed' })
  }
  await expect.poll(() => sandbox.expected([...new Set(agents.map(({ name }) => name.split('/')[0] ?? ''))][0] ?? '').length).toBeGreaterThan(0)
  await expect.poll(() => heard(leader, 'observe').length).toBeGreaterThan(0)
}

describe('a cluster as it is remembered', () => {
  it('of the first version is one of Raft with voters for good', async () => {
    mkdirSync(path.join(directory, 'sandbox-old'))
    const nodes = [{ nodeId: 'n1', port: 20_001 }, { nodeId: 'n2', port: 20_002 }, { nodeId: 'n3', port: 20_003 }]
    writeFileSync(path.join(directory, 'sandbox-old', 'cluster.json'), JSON.stringify({ version: 1, clusterId: 'sandbox-old', name: 'Old', createdAtMs: 1, running: true, nodes }))
    const found = await sandbox.load()
    expect(found.unreadable).toEqual([])
    const voters = nodes.map((node) => ({ ...node, member: 'voter' }))
    expect(found.files).toEqual([{ version: 2, clusterId: 'sandbox-old', name: 'Old', createdAtMs: 1, running: true, protocol: 'raft', founders: voters, nodes: voters, nextNode: 4 }])
    expect(await sandbox.start('sandbox-old')).toEqual(ok(null))
    expect(agentOf('n2').heard[0]).toMatchObject({ kind: 'start-node', protocol: 'raft', keys: null, forced: null })
  })

  it('keeps its protocol over a restart of the console', async () => {
    const clusterId = await running('paxos', 3)
    expect(agentOf('n1').heard[0]).toMatchObject({ protocol: 'paxos', keys: null })
    await sandbox.close()
    sandbox = make()
    await sandbox.load()
    expect(stateOf(clusterId)).toMatchObject({ protocol: 'paxos' })
  })
})

describe('what the nodes of a cluster run with', () => {
  it('is remembered, and told to each node at each start, those that are added later included', async () => {
    const created = await sandbox.create('Fast', 3, 'raft', { reads: 'lease', forwarding: true, snapshotAfterEntries: 500 })
    if (!created.ok) throw new Error(created.error.message)
    const { clusterId } = created.value
    await sandbox.start(clusterId)
    const options = { reads: 'lease', forwarding: true, snapshot: { afterEntries: 500, trailingEntries: 50 } }
    for (const id of ['n1', 'n2', 'n3']) expect(agentOf(id).heard[0]).toMatchObject({ options })
    await leads('n1', ['n1', 'n2', 'n3'])
    expect(await sandbox.changeMembers(clusterId, { kind: 'add' })).toEqual(ok({ nodeId: 'n4' }))
    expect(agentOf('n4').heard[0]).toMatchObject({ options })
    await sandbox.close()
    sandbox = make()
    expect((await sandbox.load()).files).toMatchObject([{ version: 2, options: { reads: 'lease', forwarding: true, snapshotAfterEntries: 500 } }])
    await sandbox.start(clusterId)
    expect(agentOf('n2').heard[0]).toMatchObject({ options })
  })

  it('is nothing in particular where nothing was asked for', async () => {
    const clusterId = await running('paxos', 3)
    expect(agentOf('n1').heard[0]).toMatchObject({ options: DEFAULT_PROTOCOL_OPTIONS })
    expect(fileOf(clusterId)).not.toHaveProperty('options')
  })

  it('leaves a folder alone whose options are none', async () => {
    const clusterId = await running('raft', 1)
    await sandbox.close()
    writeFileSync(path.join(directory, clusterId, 'cluster.json'), JSON.stringify({ ...fileOf(clusterId) as object, options: { reads: 'rumour' } }))
    sandbox = make()
    expect(await sandbox.load()).toMatchObject({ files: [], unreadable: [{ reason: 'cluster.json does not hold what is expected.' }] })
  })
})

describe('a PBFT cluster', () => {
  it('has a key pair for each node; the private half is for its owner alone and travels nowhere', async () => {
    const clusterId = await running('pbft', 4)
    const start = agentOf('n3').heard[0]
    if (start?.kind !== 'start-node' || start.keys === null) throw new Error('it was started with keys')
    expect(start.keys.publicKeys.map(({ nodeId }) => nodeId)).toEqual(['n1', 'n2', 'n3', 'n4'])
    const file = path.join(directory, clusterId, 'n3', 'signing-key.pem')
    expect(start.keys.privateKeyFile).toBe(file)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700)
    const secret = readFileSync(file, 'utf8')
    const own = createPublicKey(createPrivateKey(secret)).export({ type: 'spki', format: 'der' }).toString('base64')
    expect(own).toBe(start.keys.publicKeys[2]?.key)
    const clients = path.join(directory, clusterId, 'client-key.pem')
    expect(statSync(clients).mode & 0o777).toBe(0o600)
    expect(createPublicKey(createPrivateKey(readFileSync(clients))).export({ type: 'spki', format: 'der' }).toString('base64')).toBe(start.keys.clientKey)
    expect(stateOf(clusterId).clientKeyFile).toBe(clients)
    const told = JSON.stringify([agents.map((agent) => agent.heard), fileOf(clusterId), stateOf(clusterId), logged])
    for (const each of [secret, readFileSync(clients, 'utf8')]) expect(told).not.toContain(each.split('\n')[1] ?? 'no key')
    expect(told).toContain(own)
  })

  it('has liars on command, over restarts, each a fault in force that can be undone', async () => {
    const clusterId = await running('pbft', 4)
    expect(heard('n1', 'behave')).toEqual([{ kind: 'behave', behaviour: 'honest' }])
    expect(sandbox.lie(clusterId, 'n1', 'equivocate')).toEqual(ok(null))
    expect(sandbox.lie(clusterId, 'n2', 'silent')).toEqual(ok(null))
    expect(stateOf(clusterId).faults).toMatchObject([{ id: 'lie:n1', fault: { kind: 'lying', nodeId: 'n1', lie: 'equivocate' } }, { id: 'lie:n2' }])
    await sandbox.act(clusterId, 'n1', 'kill')
    await sandbox.act(clusterId, 'n1', 'start')
    expect(heard('n1', 'behave')).toEqual([{ kind: 'behave', behaviour: 'equivocate' }])
    expect(await sandbox.removeFault(clusterId, 'lie:n1')).toEqual(ok(null))
    expect(heard('n1', 'behave').at(-1)).toEqual({ kind: 'behave', behaviour: 'honest' })
    expect(await sandbox.removeFault(clusterId, 'lie:n1')).toMatchObject({ error: { code: 'not-found' } })
    await sandbox.healAll(clusterId)
    expect(stateOf(clusterId).faults).toEqual([])
    expect(heard('n2', 'behave').at(-1)).toEqual({ kind: 'behave', behaviour: 'honest' })
  })

  it('keeps its members, and nobody is handed the lead', async () => {
    const clusterId = await running('pbft', 4)
    expect(await sandbox.changeMembers(clusterId, { kind: 'add' })).toMatchObject({ error: { code: 'protocol-unsupported' } })
    expect(await sandbox.transferLeadership(clusterId, 'n2')).toMatchObject({ error: { code: 'protocol-unsupported' } })
  })
})

it('in a group that assumes honesty nobody can be made to lie', async () => {
  const clusterId = await running('raft', 3)
  expect(sandbox.lie(clusterId, 'n1', 'forge')).toMatchObject({ error: { code: 'protocol-unsupported' } })
  expect(heard('n1', 'behave')).toEqual([])
})

describe('the members of a running cluster', () => {
  const THREE = ['n1', 'n2', 'n3']

  it('grow: the new node runs as a learner before the leader is asked, and everybody learns where it is', async () => {
    const clusterId = await running('raft', 3)
    await leads('n2', THREE)
    expect(await sandbox.changeMembers(clusterId, { kind: 'add' })).toEqual(ok({ nodeId: 'n4' }))
    expect(agentOf('n4').heard[0]).toMatchObject({ kind: 'start-node', members: [{ nodeId: 'n1', member: 'voter' }, {}, {}, { nodeId: 'n4', member: 'learner' }] })
    expect(heard('n2', 'control')).toMatchObject([{ control: { kind: 'change-members', changes: [{ kind: 'set', id: 'n4', member: 'learner', promote: true }] } }])
    expect(heard('n1', 'members').at(-1)).toMatchObject({ members: [{}, {}, {}, { nodeId: 'n4' }] })
    expect(fileOf(clusterId)).toMatchObject({ running: true, nextNode: 5, founders: [{}, {}, {}], nodes: [{}, {}, {}, { nodeId: 'n4', member: 'learner', among: [{}, {}, {}, {}] }] })
    expect(membersTold).toBeGreaterThan(0)
    // It has caught up, by the leader's own word.
    await leads('n2', [...THREE, 'n4'])
    await expect.poll(() => stateOf(clusterId).nodes.at(-1)).toMatchObject({ nodeId: 'n4', member: 'voter' })
    await expect.poll(() => fileOf(clusterId)).toMatchObject({ nodes: [{}, {}, {}, { member: 'voter' }] })
    // Founders are told what they were created with, for that is what their log begins with.
    await sandbox.act(clusterId, 'n1', 'restart')
    expect(agentOf('n1').heard[0]).toMatchObject({ members: [{ nodeId: 'n1' }, { nodeId: 'n2' }, { nodeId: 'n3' }] })
  })

  it('grow by a witness, which is one from the beginning and whose name is never given again', async () => {
    const clusterId = await running('raft', 3)
    await leads('n1', THREE)
    expect(await sandbox.changeMembers(clusterId, { kind: 'add', member: 'witness' })).toEqual(ok({ nodeId: 'n4' }))
    expect(agentOf('n4').heard[0]).toMatchObject({ members: [{}, {}, {}, { nodeId: 'n4', member: 'witness' }] })
    expect(heard('n1', 'control')).toMatchObject([{ control: { changes: [{ kind: 'set', id: 'n4', member: 'witness', promote: false }] } }])
    expect(stateOf(clusterId).nodes.at(-1)).toMatchObject({ nodeId: 'n4', member: 'witness' })
    expect(await sandbox.changeMembers(clusterId, { kind: 'remove', nodeId: 'n4' })).toEqual(ok({ nodeId: 'n4' }))
    await sandbox.close()
    sandbox = make()
    await sandbox.load()
    await sandbox.start(clusterId)
    await leads('n1', THREE)
    expect(await sandbox.changeMembers(clusterId, { kind: 'add', member: 'learner' })).toEqual(ok({ nodeId: 'n5' }))
    expect(heard('n1', 'control').at(-1)).toMatchObject({ control: { changes: [{ id: 'n5', member: 'learner', promote: false }] } })
  })

  it('have no witness in Paxos: nothing is started for one', async () => {
    const clusterId = await running('paxos', 3)
    await leads('n1', THREE)
    expect(await sandbox.changeMembers(clusterId, { kind: 'add', member: 'witness' })).toMatchObject({ error: { code: 'protocol-unsupported', message: expect.stringContaining('Paxos has no witnesses') as unknown } })
    expect(agents).toHaveLength(3)
  })

  it('have on disk a name that the group is about to hear', async () => {
    const clusterId = await running('raft', 3)
    await leads('n1', THREE)
    let onDisk: unknown = null
    const leader = agentOf('n1')
    const post = leader.post.bind(leader)
    leader.post = (message) => {
      if (message.kind === 'control') onDisk = fileOf(clusterId)
      post(message)
    }
    expect(await sandbox.changeMembers(clusterId, { kind: 'add', member: 'witness' })).toEqual(ok({ nodeId: 'n4' }))
    expect(onDisk).toMatchObject({ nextNode: 5, nodes: [{}, {}, {}, { nodeId: 'n4' }] })
  })

  it('shrink: the group decides first, then the process ends and its folder goes; its name does not come back', async () => {
    const clusterId = await running('raft', 3)
    await leads('n1', THREE)
    mkdirSync(path.join(directory, clusterId, 'n3'))
    expect(await sandbox.changeMembers(clusterId, { kind: 'remove', nodeId: 'n3' })).toEqual(ok({ nodeId: 'n3' }))
    expect(agentOf('n3').alive).toBe(false)
    expect(existsSync(path.join(directory, clusterId, 'n3'))).toBe(false)
    expect(stateOf(clusterId).nodes.map(({ nodeId }) => nodeId)).toEqual(['n1', 'n2'])
    await leads('n1', ['n1', 'n2'])
    expect(await sandbox.changeMembers(clusterId, { kind: 'add' })).toEqual(ok({ nodeId: 'n4' }))
  })

  it('stay as they are where the group refuses: the node that was started is taken back', async () => {
    const clusterId = await running('raft', 3)
    await leads('n1', THREE)
    agentOf('n1').outcome = { kind: 'refused', code: 'change-in-flight', message: 'Another change is under way.' }
    expect(await sandbox.changeMembers(clusterId, { kind: 'add' })).toMatchObject({ error: { code: 'group-refused', message: 'Another change is under way.' } })
    expect(agentOf('n4').alive).toBe(false)
    expect(stateOf(clusterId).nodes).toHaveLength(3)
    // It heard of n4, if only to refuse it.
    agentOf('n1').outcome = { kind: 'done' }
    expect(await sandbox.changeMembers(clusterId, { kind: 'add' })).toEqual(ok({ nodeId: 'n5' }))
    expect(await sandbox.changeMembers(clusterId, { kind: 'remove', nodeId: 'n9' })).toMatchObject({ error: { code: 'not-found' } })
  })

  it('keep a node whose fate is not known: the group may count on it', async () => {
    const clusterId = await running('raft', 3)
    await leads('n1', THREE)
    agentOf('n1').outcome = { kind: 'unknown', why: 'leadership-lost' }
    expect(await sandbox.changeMembers(clusterId, { kind: 'add' })).toMatchObject({ error: { code: 'unknown-outcome' } })
    expect(agentOf('n4').alive).toBe(true)
    expect(stateOf(clusterId).nodes).toHaveLength(4)
  })

  it('are asked who leads when the console does not know yet, and a process that ends leaves the outcome unknown', async () => {
    const clusterId = await running('raft', 3)
    for (const id of THREE) agentOf(id).outcome = id === 'n3' ? { kind: 'done' } : { kind: 'not-leader', leaderId: 'n3' }
    expect(await sandbox.transferLeadership(clusterId, null)).toEqual(ok(null))
    for (const id of THREE) agentOf(id).outcome = null
    const asked = sandbox.transferLeadership(clusterId, 'n2')
    await expect.poll(() => THREE.some((id) => heard(id, 'control').length > 1 || (id !== 'n3' && heard(id, 'control').some((each) => each.kind === 'control' && each.control.kind === 'transfer-leadership' && each.control.to === 'n2')))).toBe(true)
    for (const id of THREE) agentOf(id).end({ code: 1, signal: null })
    expect(await asked).toMatchObject({ error: { code: 'unknown-outcome' } })
  })
})
