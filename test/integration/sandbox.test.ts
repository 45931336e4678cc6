import { createServer } from 'node:net'
import { cpSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { isUnknown } from '../../src/core/observation'
import { LOAD_DEFAULTS, type LoadState } from '../../src/contract/load'
import { bundle, type Bundle } from './support/bundle'
import { createCluster, derivationOf, isAlive, leaderOf, momentOf, startConsole, stateOf, untilState, value } from './support/console'
import { temporaryFolder } from './support/folders'
import { until } from './support/until'

let built: Bundle
beforeAll(async () => {
  built = await bundle()
  return () => built.remove()
})
const start = (folder = temporaryFolder(), change = {}) => startConsole(built.agentEntry, folder, change)
const termOf = (derivation: Awaited<ReturnType<typeof derivationOf>>): bigint => ('value' in derivation.fence ? derivation.fence.value.value : 0n)

describe('a local cluster', () => {
  it('is created by the first start on a fresh folder, elects a leader, and survives a kill of it', async () => {
    const { client } = await start(temporaryFolder(), { firstCluster: true })
    const [cluster] = await until('the first cluster', 5_000, async () => {
      const list = value(await client.call('clusters.list', {}))
      return list.length === 1 ? list : undefined
    })
    const clusterId = cluster?.id ?? ''
    const before = await untilState(client, clusterId, 'quorate')
    const leader = leaderOf(before)
    value(await client.call('sandbox.node', { clusterId, nodeId: leader, action: 'kill' }))
    const after = await untilState(client, clusterId, 'at-risk')
    expect(leaderOf(after)).not.toBe(leader)
    expect(termOf(after)).toBeGreaterThan(termOf(before))
    const state = await stateOf(client, clusterId)
    expect(state.nodes.find((node) => node.nodeId === leader)).toMatchObject({ state: 'killed', pid: null })
    expect(state.faults).toMatchObject([{ id: `node:${leader}`, fault: { kind: 'killed', nodeId: leader } }])
    value(await client.call('sandbox.removeFault', { clusterId, faultId: `node:${leader}` }))
    await untilState(client, clusterId, 'quorate')
    expect((await stateOf(client, clusterId)).faults).toEqual([])
  })

  it('shows a paused node as silent within its deadline, delays no other, and heals', async () => {
    const { client } = await start()
    const { id: clusterId } = await createCluster(client, 3)
    const paused = leaderOf(await untilState(client, clusterId, 'quorate'))
    value(await client.call('sandbox.node', { clusterId, nodeId: paused, action: 'pause' }))
    const silent = await until('the paused node to be silent', 5_000, async () => {
      const { observations } = await momentOf(client, clusterId)
      const own = observations.find((each) => each.nodeId === paused)
      return own?.reachability === 'timeout' ? observations : undefined
    })
    for (const other of silent.filter((each) => each.nodeId !== paused)) {
      expect(other.reachability).toBe('ok')
      expect(isUnknown(other.rttMs) ? Infinity : other.rttMs).toBeLessThan(1_000)
      expect(Date.now() - other.atMs).toBeLessThan(1_500)
    }
    value(await client.call('sandbox.healAll', { clusterId }))
    await untilState(client, clusterId, 'quorate')
    expect(await client.call('sandbox.node', { clusterId, nodeId: paused, action: 'resume' })).toMatchObject({ ok: false, error: { code: 'wrong-state' } })
  })

  it('is partitioned, tells the fault, keeps it over a restart of a node, and heals', async () => {
    const { client } = await start()
    const { id: clusterId } = await createCluster(client, 3)
    const leader = leaderOf(await untilState(client, clusterId, 'quorate'))
    const others = ['n1', 'n2', 'n3'].filter((id) => id !== leader)
    const { faultId } = value(await client.call('sandbox.addFault', { clusterId, fault: { kind: 'partition', groups: [[leader], others] } }))
    await until('a new leader in the majority', 20_000, async () => {
      const derivation = await derivationOf(client, clusterId)
      return 'value' in derivation.leader && derivation.leader.value !== null && derivation.leader.value !== leader
    })
    await until('the cut links to be seen as down', 10_000, async () => {
      const { links } = (await derivationOf(client, clusterId)).topology
      return links.some((link) => link.state === 'down' && link.from === leader) && links.some((link) => link.state === 'down' && link.to === leader)
    })
    value(await client.call('sandbox.node', { clusterId, nodeId: leader, action: 'restart' }))
    expect((await stateOf(client, clusterId)).faults.map((each) => each.id)).toEqual([faultId])
    await until('the restarted node to be apart still', 10_000, async () => {
      const own = (await momentOf(client, clusterId)).observations.find((each) => each.nodeId === leader)
      return own?.reachability === 'ok' && own.links.every((link) => link.connected !== true)
    })
    value(await client.call('sandbox.removeFault', { clusterId, faultId }))
    await untilState(client, clusterId, 'quorate')
  })

  it('carries a load whose results are told', async () => {
    const { client } = await start()
    const { id: clusterId } = await createCluster(client, 3)
    await untilState(client, clusterId, 'quorate')
    const heard: LoadState[] = []
    const last = (): LoadState | undefined => heard.at(-1)
    client.open('load.watch', { clusterId }, (state) => void heard.push(state))
    value(await client.call('load.start', { clusterId, settings: { ...LOAD_DEFAULTS, ratePerSecond: 100 } }))
    const state = await until('results of the load', 15_000, () => ((last()?.totals.completed ?? 0) > 100 ? last() : undefined))
    expect(state.samples.at(-1)?.p50Ms).toBeGreaterThan(0)
    value(await client.call('load.adjust', { clusterId, settings: { ...LOAD_DEFAULTS, ratePerSecond: 10 } }))
    value(await client.call('load.stop', { clusterId }))
    await until('the load to end', 5_000, () => last()?.running === false)
    expect(last()?.reason).toBeUndefined()
  })

  it('is remembered: stopped and running ones are as they were, with their data', async () => {
    const folder = temporaryFolder()
    const first = await start(folder)
    const runs = await createCluster(first.client, 3, 'Runs')
    const rests = await createCluster(first.client, 1, 'Rests')
    await untilState(first.client, runs.id, 'quorate')
    await untilState(first.client, rests.id, 'at-risk')
    value(await first.client.call('sandbox.stop', { clusterId: rests.id }))
    await untilState(first.client, rests.id, 'stopped')
    const pids = (await stateOf(first.client, runs.id)).nodes.map((node) => node.pid ?? 0)
    const term = termOf(await derivationOf(first.client, runs.id))
    const startedAtMs = performance.now()
    await first.service.stop()
    expect(performance.now() - startedAtMs).toBeLessThan(5_000)
    expect(pids.filter(isAlive)).toEqual([])

    const second = await start(folder)
    expect(value(await second.client.call('clusters.list', {})).map((each) => each.name)).toEqual(['Runs', 'Rests'])
    expect(termOf(await untilState(second.client, runs.id, 'quorate'))).toBeGreaterThan(term)
    await untilState(second.client, rests.id, 'stopped')
    expect(statSync(path.join(folder, 'sandboxes', runs.id)).mode & 0o777).toBe(0o700)
  })

  it.each([1, 5, 7] as const)('of %i nodes comes up', async (nodes) => {
    const { client } = await start()
    const { id: clusterId } = await createCluster(client, nodes)
    const { margin } = await untilState(client, clusterId, nodes === 1 ? 'at-risk' : 'quorate')
    expect(margin).toMatchObject({ voters: nodes, answering: nodes, agreeing: nodes })
  })

  it('is deleted by its name only, and leaves nothing behind', async () => {
    const folder = temporaryFolder()
    const { client } = await start(folder)
    const { id: clusterId } = await createCluster(client, 1, 'Short lived')
    expect(await client.call('sandbox.create', { name: 'short LIVED', nodes: 1 })).toMatchObject({ error: { code: 'name-taken' } })
    expect(await client.call('sandbox.delete', { clusterId, name: 'short lived' })).toMatchObject({ error: { code: 'name-mismatch' } })
    value(await client.call('sandbox.delete', { clusterId, name: 'Short lived' }))
    expect(value(await client.call('clusters.list', {}))).toEqual([])
    expect(readdirSync(path.join(folder, 'sandboxes'))).toEqual([])
    expect(await client.call('clusters.moment', { clusterId })).toMatchObject({ error: { code: 'not-found' } })
  })

  it('whose port is in use says which and by whom, and starts once it is free', async () => {
    const { client } = await start()
    const { id: clusterId } = await createCluster(client, 1)
    await untilState(client, clusterId, 'at-risk')
    value(await client.call('sandbox.stop', { clusterId }))
    const port = (await stateOf(client, clusterId)).nodes[0]?.port ?? 0
    const thief = createServer()
    await new Promise<void>((resolve) => thief.listen(port, '127.0.0.1', resolve))
    const refused = await client.call('sandbox.start', { clusterId })
    expect(refused).toMatchObject({ ok: false, error: { code: 'port-in-use' } })
    if (!refused.ok) expect(refused.error.message).toContain(`Port ${port} on 127.0.0.1 is in use by process ${process.pid}`)
    await new Promise((resolve) => thief.close(resolve))
    value(await client.call('sandbox.start', { clusterId }))
    await untilState(client, clusterId, 'at-risk')
  })

  it('does not start a node on the data folder of another, and starts the others', async () => {
    const { client } = await start()
    const { id: clusterId } = await createCluster(client, 3)
    await untilState(client, clusterId, 'quorate')
    value(await client.call('sandbox.stop', { clusterId }))
    const [first, second] = (await stateOf(client, clusterId)).nodes.map((node) => node.directory)
    rmSync(first ?? '', { recursive: true })
    cpSync(second ?? '', first ?? '', { recursive: true })
    expect(await client.call('sandbox.start', { clusterId })).toMatchObject({ ok: false, error: { code: 'wrong-folder' } })
    expect((await stateOf(client, clusterId)).nodes.map((node) => node.state)).toEqual(['failed', 'running', 'running'])
    await untilState(client, clusterId, 'at-risk')
  })

  it('whose node dies by itself stays down and says so', async () => {
    const { client } = await start()
    const { id: clusterId } = await createCluster(client, 3)
    await untilState(client, clusterId, 'quorate')
    const victim = (await stateOf(client, clusterId)).nodes[0]
    process.kill(victim?.pid ?? 0, 'SIGKILL')
    await untilState(client, clusterId, 'at-risk')
    const dead = (await stateOf(client, clusterId)).nodes[0]
    expect(dead).toMatchObject({ state: 'killed', pid: null })
    expect(dead?.reason).toContain('from outside')
    expect(existsSync(victim?.directory ?? '')).toBe(true)
  })
})
