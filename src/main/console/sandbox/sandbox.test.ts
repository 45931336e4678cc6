import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fail, ok } from '../../../core/base'
import { AGENT_LIMITS } from '../../../contract/agent'
import type { SandboxState } from '../../../contract/sandbox'
import type { NodeObservation } from '../../../core/observation'
import { FakeAgent, said } from './agents.fixture'
import { createSandbox, type Sandbox } from './sandbox'

let directory: string
let sandbox: Sandbox
let agents: FakeAgent[]
let prepare: (agent: FakeAgent) => void
let observations: NodeObservation[]
let states: SandboxState[]
let intervalMs: number

const make = (): Sandbox => createSandbox({
  directory, nowMs: Date.now, pollIntervalMs: () => intervalMs,
  log: { info: () => {}, warn: () => {}, error: () => {} },
  processHost: {
    fork: async (name) => {
      const agent = new FakeAgent(1_000_000_000 + agents.length, name)
      agents.push(agent)
      prepare(agent)
      return agent.alive ? ok(agent) : fail('start-failed', 'The system has no processes left.')
    },
  },
  onObservation: (observation) => void observations.push(observation),
  onState: (state) => void states.push(state),
  onMembers: () => {}, onLoadState: () => {}, onLoadSample: () => {}, onRollout: () => {}, onReplaced: () => {},
})

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] })
  directory = mkdtempSync(path.join(tmpdir(), 'quorate-sandbox-'))
  agents = []
  prepare = () => {}
  observations = []
  states = []
  intervalMs = 500
  sandbox = make()
})
afterEach(async () => {
  for (const agent of agents) agent.end({ code: 0, signal: null })
  await sandbox.close()
  vi.restoreAllMocks()
  vi.useRealTimers()
  rmSync(directory, { recursive: true, force: true })
})

const running = async (nodes = 3): Promise<string> => {
  const created = await sandbox.create('Story', nodes)
  if (!created.ok) throw new Error(created.error.message)
  expect(await sandbox.start(created.value.clusterId)).toEqual(ok(null))
  return created.value.clusterId
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const pass = async (milliseconds: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(milliseconds)
  await turn()
}
const nodeOf = (clusterId: string, nodeId: string) => {
  const state = sandbox.state(clusterId)
  return state.ok ? state.value.nodes.find((node) => node.nodeId === nodeId) : undefined
}
const lastOf = (nodeId: string): NodeObservation | undefined => observations.findLast((each) => each.nodeId === nodeId)

describe('the nodes of a sandbox', () => {
  it('are told their faults before they open a socket, and again after a restart', async () => {
    const clusterId = await running()
    const rules = { to: 'n2', cut: true, latencyMs: 0, jitterMs: 0, loss: 0, bytesPerSecondMax: null }
    sandbox.addFault(clusterId, { kind: 'link', from: 'n1', to: 'n2', bothWays: false, cut: true, latencyMs: 0, jitterMs: 0, loss: 0, bytesPerSecondMax: null })
    expect(agents[0]?.heard.at(-1)).toEqual({ kind: 'link-rules', rules: [rules] })
    await sandbox.act(clusterId, 'n1', 'restart')
    expect(agents[3]?.heard.slice(0, 2)).toMatchObject([{ kind: 'start-node', nodeId: 'n1' }, { kind: 'link-rules', rules: [rules] }])
    expect(nodeOf(clusterId, 'n1')).toMatchObject({ state: 'running', restarts: 1 })
    await sandbox.healAll(clusterId)
    expect(agents[3]?.heard.at(-1)).toEqual({ kind: 'link-rules', rules: [] })
  })

  it('that find no space stay down with their reason and are not started again', async () => {
    prepare = (agent) => {
      if (agent.name.endsWith('n2')) agent.startsWith = { kind: 'failed', code: 'no-space', message: 'The disk is full.', hint: 'Free some.' }
    }
    const created = await sandbox.create('Full', 3)
    const clusterId = created.ok ? created.value.clusterId : ''
    expect(await sandbox.start(clusterId)).toMatchObject({ error: { code: 'no-space', message: 'The disk is full.' } })
    await pass(60_000)
    expect(nodeOf(clusterId, 'n2')).toMatchObject({ state: 'failed', reason: 'The disk is full.' })
    expect(lastOf('n2')).toMatchObject({ reachability: 'ended', reason: 'The disk is full.' })
    expect(agents).toHaveLength(3)
    expect(sandbox.state(clusterId)).toMatchObject({ value: { phase: 'running' } })
  })

  it('that never become ready are ended after their time', async () => {
    prepare = (agent) => void (agent.startsWith = null)
    const created = await sandbox.create('Slow', 1)
    const clusterId = created.ok ? created.value.clusterId : ''
    const started = sandbox.start(clusterId)
    await turn()
    await pass(AGENT_LIMITS.startTimeoutMs + 10)
    expect(await started).toMatchObject({ error: { code: 'start-failed' } })
    expect(agents[0]?.signals).toContain('SIGKILL')
  })

  it('that the system cannot fork say so', async () => {
    prepare = (agent) => void (agent.alive = false)
    const created = await sandbox.create('None', 1)
    expect(await sandbox.start(created.ok ? created.value.clusterId : '')).toMatchObject({ error: { message: 'The system has no processes left.' } })
  })

  it('that end unasked stay down, and tell why', async () => {
    const clusterId = await running()
    agents[1]?.end({ code: 70, signal: null })
    await pass(30_000)
    expect(nodeOf(clusterId, 'n2')).toMatchObject({ state: 'failed', pid: null, reason: 'The process ended by itself (exit code 70).' })
    expect(agents).toHaveLength(3)
    expect(await sandbox.healAll(clusterId)).toEqual(ok(null))
    expect(nodeOf(clusterId, 'n2')).toMatchObject({ state: 'running' })
  })

  it('that do not stop when asked are killed', async () => {
    const clusterId = await running(1)
    const agent = agents[0] as FakeAgent
    agent.stopsWhenAsked = false
    const stopped = sandbox.stop(clusterId)
    await turn()
    await pass(AGENT_LIMITS.stopTimeoutMs + 10)
    expect(await stopped).toEqual(ok(null))
    expect(agent.signals).toEqual(['SIGCONT', 'SIGKILL'])
    expect(nodeOf(clusterId, 'n1')).toMatchObject({ state: 'stopped' })
    await pass(2_000)
    expect(lastOf('n1')).toMatchObject({ reachability: 'stopped' })
  })
})

describe('what nodes say', () => {
  it('is asked on every beat, at once on a change, and carries who and when by the console', async () => {
    const clusterId = await running()
    await pass(600)
    expect(lastOf('n1')).toMatchObject({ clusterId, nodeId: 'n1', reachability: 'ok', source: { path: 'process' } })
    const before = observations.length
    agents[0]?.say({ kind: 'changed' })
    await pass(100)
    expect(observations.slice(before).map((each) => each.nodeId)).toEqual(['n1'])
  })

  it('is asked at the new beat as soon as the interval changes', async () => {
    intervalMs = 60_000
    await running(1)
    await pass(1_000)
    const before = observations.length
    intervalMs = 500
    sandbox.repoll()
    await pass(2_100)
    expect(observations.length - before).toBeGreaterThanOrEqual(4)
  })

  it('is silence after the deadline where one hangs, which delays no other and piles up no requests', async () => {
    const clusterId = await running()
    await pass(600)
    const hanging = agents[1] as FakeAgent
    hanging.answers = false
    const asked = hanging.heard.length
    await pass(5_000)
    expect(lastOf('n2')).toMatchObject({ reachability: 'timeout' })
    expect(Date.now() - (lastOf('n2')?.atMs ?? 0)).toBeLessThan(1_000)
    expect(lastOf('n1')).toMatchObject({ reachability: 'ok' })
    expect(hanging.heard.length - asked).toBe(1)
    hanging.answers = true
    const pending = hanging.heard.at(-1)
    if (pending?.kind === 'observe') hanging.say({ kind: 'observation', id: pending.id, observation: said })
    await pass(100)
    expect(lastOf('n2')).toMatchObject({ reachability: 'ok' })
    expect(Number(lastOf('n2')?.rttMs)).toBeLessThan(1_000)
    expect(nodeOf(clusterId, 'n2')?.state).toBe('running')
  })
})

describe('a console that did not run while it waited', () => {
  it('gives the answer another chance before it speaks of silence', async () => {
    await running(1)
    await pass(600)
    const agent = agents[0] as FakeAgent
    agent.answers = false
    await pass(500)
    const pending = agent.heard.at(-1)
    // Its own clock jumps: it was stopped, and the deadline comes far too late.
    const now = performance.now.bind(performance)
    vi.spyOn(performance, 'now').mockImplementation(() => now() + 8_000)
    await pass(AGENT_LIMITS.observeTimeoutMs)
    expect(lastOf('n1')).toMatchObject({ reachability: 'ok' })
    if (pending?.kind === 'observe') agent.say({ kind: 'observation', id: pending.id, observation: said })
    agent.answers = true
    await pass(1_200)
    expect(observations.filter((each) => each.reachability === 'timeout')).toEqual([])
  })
})

describe('what is remembered', () => {
  it('is read again; folders that cannot be used are left alone and told', async () => {
    const clusterId = await running()
    mkdirSync(path.join(directory, 'broken'))
    writeFileSync(path.join(directory, 'broken', 'cluster.json'), '{"version":2}')
    await sandbox.close()
    const again = make()
    const found = await again.load()
    expect(found.files).toMatchObject([{ clusterId, name: 'Story', running: true }])
    expect(found.unreadable).toMatchObject([{ directory: path.join(directory, 'broken') }])
    expect(readFileSync(path.join(directory, 'broken', 'cluster.json'), 'utf8')).toBe('{"version":2}')
    await again.close()
  })

  it('is what was asked last, however fast: starts and stops that overtake each other', async () => {
    const clusterId = await running()
    for (let round = 0; round < 5; round += 1) {
      const stopping = sandbox.stop(clusterId)
      expect(await sandbox.start(clusterId)).toMatchObject({ error: { code: 'start-failed', message: expect.stringContaining('still being stopped') as string } })
      expect(await stopping).toEqual(ok(null))
      const starting = sandbox.start(clusterId)
      expect((await Promise.all([starting, sandbox.stop(clusterId)]))[1]).toEqual(ok(null))
      expect(JSON.parse(readFileSync(path.join(directory, clusterId, 'cluster.json'), 'utf8'))).toMatchObject({ clusterId, running: false })
      expect(await sandbox.start(clusterId)).toEqual(ok(null))
      expect(JSON.parse(readFileSync(path.join(directory, clusterId, 'cluster.json'), 'utf8'))).toMatchObject({ clusterId, running: true })
    }
  })

  it('goes with the cluster, even where it is deleted as soon as it is started', async () => {
    const clusterId = await running()
    await sandbox.stop(clusterId)
    const starting = sandbox.start(clusterId)
    expect(await sandbox.remove(clusterId)).toEqual(ok(null))
    await starting
    expect(existsSync(path.join(directory, clusterId))).toBe(false)
  })

  it('refuses nodes and faults that do not exist', async () => {
    const clusterId = await running()
    expect(await sandbox.act(clusterId, 'n9', 'kill')).toMatchObject({ error: { code: 'not-found' } })
    expect(sandbox.addFault(clusterId, { kind: 'partition', groups: [['n1', 'n9']] })).toMatchObject({ error: { code: 'not-found' } })
    expect(await sandbox.removeFault(clusterId, 'fault-x')).toMatchObject({ error: { code: 'not-found' } })
    expect(sandbox.state('etcd-1')).toMatchObject({ error: { code: 'not-a-sandbox' } })
    expect(await sandbox.act(clusterId, 'n1', 'resume')).toMatchObject({ error: { code: 'wrong-state' } })
  })
})
