/** The options of running clusters are changed member by member, with real processes, through the console: nothing acknowledged is lost, and they stay. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { OptionsRollout } from '../../src/contract/sandbox'
import type { ProtocolName } from '../../src/core/machine'
import type { ClusterState } from '../../src/core/observe'
import { committedAmong, hasCaughtUp } from '../../src/main/console/sandbox/rollout-rules'
import type { ConsoleClient } from '../../src/renderer/src/bridge/client'
import { bundle, type Bundle } from './support/bundle'
import { clientOn, createCluster, derivationOf, leaderOf, momentOf, startConsole, stateOf, untilState, value } from './support/console'
import { progress } from './support/soundness'
import { until } from './support/until'
import { CountingWriter } from './support/writers'

const TIMEOUT_MS = 120_000
/** Entries; one that is over a thousand behind is not preferred. */
const NEARLY = 100n
let built: Bundle
beforeAll(async () => { built = await bundle() })
afterAll(() => { built.remove() })

const folder = (): string => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'quorate-options-'))
  onTestFinished(() => { rmSync(directory, { recursive: true, force: true }) })
  return directory
}

async function writersOn(console: ConsoleClient, clusterId: string): Promise<readonly CountingWriter[]> {
  const client = await clientOn(console, clusterId)
  const writers = Array.from({ length: 4 }, (_, i) => new CountingWriter(client, `w${i}`))
  await Promise.all(writers.map((writer) => writer.start()))
  return writers
}

const settled = (console: ConsoleClient, clusterId: string): Promise<OptionsRollout> => until('the change has ended', 60_000, async () => {
  const { rollout } = await stateOf(console, clusterId)
  return rollout === null || rollout.phase === 'running' || rollout.phase === 'cancelling' ? undefined : rollout
})
const entriesOf = async (console: ConsoleClient, clusterId: string) => (await stateOf(console, clusterId)).nodes.map(({ runsWith }) => runsWith?.snapshot.afterEntries ?? null)
const eventsOf = async (console: ConsoleClient, clusterId: string): Promise<readonly string[]> => {
  const filter = { clusterId, nodeIds: [], kinds: ['operation-options-changed'], severities: [], text: '', fromMs: null, toMs: null }
  return value(await console.call('history.events', { filter, beforeId: null, limit: 50 })).events.map(({ sentence }) => sentence.key).reverse()
}

test.each(['raft', 'paxos'] as const satisfies readonly ProtocolName[])('a cluster of %s under load takes snapshots more often, without a stop and without a loss, and over restarts of the console', async (protocol) => {
  const directory = folder()
  const { client, service } = await startConsole(built.agentEntry, directory)
  const { id } = await createCluster(client, 3, 'Story', protocol)
  const before = leaderOf(await untilState(client, id, 'quorate'))
  const writers = await writersOn(client, id)
  await progress(writers, 40)
  expect(await entriesOf(client, id)).toEqual([100_000, 100_000, 100_000])

  const plan = value(await client.call('sandbox.setOptions', { clusterId: id, options: { snapshotAfterEntries: 100, forwarding: true } }))
  expect(plan.restarts.map(({ nodeId, leads }) => ({ nodeId, leads })).at(-1)).toEqual({ nodeId: before, leads: true })
  const seen = new Set<ClusterState>()
  let fewestBeyondQuorum = Number.POSITIVE_INFINITY
  const watching = { stop: false }
  const watched = (async () => {
    while (!watching.stop) {
      const { state, margin, sentence } = await derivationOf(client, id)
      // While leadership is handed on nobody leads for a moment, and all members are there.
      if (state !== 'no-quorum' || sentence.key !== 'state.no-leader-yet') seen.add(state)
      fewestBeyondQuorum = Math.min(fewestBeyondQuorum, margin.answering - margin.needed)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })()
  expect(await settled(client, id)).toMatchObject({ phase: 'done', failure: null, steps: [{ step: 'done' }, { step: 'done' }, { nodeId: before, step: 'done' }] })
  watching.stop = true
  await watched
  expect([...seen]).not.toContain('no-quorum')
  expect(fewestBeyondQuorum).toBe(0)
  expect(await entriesOf(client, id)).toEqual([100, 100, 100])
  expect((await stateOf(client, id)).nodes.map(({ restarts }) => restarts)).toEqual([1, 1, 1])
  expect(leaderOf(await untilState(client, id, 'quorate'))).not.toBe(before)
  await progress(writers, 200)
  await until('each member has taken a snapshot', 30_000, async () => (await momentOf(client, id)).observations.every(({ extras }) => Number(extras['snapshotIndex']) > 0))
  await Promise.all(writers.map((writer) => writer.stop()))
  expect((await Promise.all(writers.map((writer) => writer.check()))).flat()).toEqual([])
  expect(await eventsOf(client, id)).toEqual(['event.options-begun', 'event.options-member', 'event.options-member', 'event.options-member', 'event.options-done'])

  client.close()
  await service.stop()
  const again = await startConsole(built.agentEntry, directory)
  await untilState(again.client, id, 'quorate')
  expect(await entriesOf(again.client, id)).toEqual([100, 100, 100])
  expect((await stateOf(again.client, id)).options).toMatchObject({ forwarding: true, snapshot: { afterEntries: 100 } })
}, TIMEOUT_MS)

test('a cluster that has lost a member is told to bring it back, and a change that was cancelled goes on later', async () => {
  const { client } = await startConsole(built.agentEntry, folder())
  const { id } = await createCluster(client, 3)
  const leader = leaderOf(await untilState(client, id, 'quorate'))
  const follower = ['n1', 'n2', 'n3'].find((nodeId) => nodeId !== leader) ?? ''
  value(await client.call('sandbox.node', { clusterId: id, nodeId: follower, action: 'kill' }))
  await untilState(client, id, 'at-risk')
  const options = { snapshotAfterEntries: 5_000 }
  expect(await client.call('sandbox.setOptions', { clusterId: id, options })).toMatchObject({ error: { code: 'would-lose-quorum' } })
  expect(value(await client.call('sandbox.planOptions', { clusterId: id, options }))).toMatchObject({ refused: { code: 'would-lose-quorum' }, later: [follower] })
  value(await client.call('sandbox.node', { clusterId: id, nodeId: follower, action: 'start' }))
  await untilState(client, id, 'quorate')

  value(await client.call('sandbox.setOptions', { clusterId: id, options }))
  value(await client.call('sandbox.cancelOptions', { clusterId: id }))
  expect(await settled(client, id)).toMatchObject({ phase: 'cancelled' })
  const run = (await entriesOf(client, id)).filter((entries) => entries === 5_000).length
  expect(run).toBeLessThan(3)
  await untilState(client, id, 'quorate')
  expect(value(await client.call('sandbox.setOptions', { clusterId: id, options: {} })).restarts).toHaveLength(3 - run)
  expect(await settled(client, id)).toMatchObject({ phase: 'done' })
  expect(await entriesOf(client, id)).toEqual([5_000, 5_000, 5_000])
}, TIMEOUT_MS)

test('reads by lease are chosen while the cluster is stopped, and every member runs with them from its start', async () => {
  const { client } = await startConsole(built.agentEntry, folder())
  const { id } = await createCluster(client, 3)
  await untilState(client, id, 'quorate')
  expect(await client.call('sandbox.setOptions', { clusterId: id, options: { reads: 'lease' } })).toMatchObject({ error: { code: 'needs-stop' } })
  value(await client.call('sandbox.stop', { clusterId: id }))
  value(await client.call('sandbox.setOptions', { clusterId: id, options: { reads: 'lease' } }))
  value(await client.call('sandbox.start', { clusterId: id }))
  await untilState(client, id, 'quorate')
  expect((await stateOf(client, id)).nodes.map(({ runsWith }) => runsWith?.reads)).toEqual(['lease', 'lease', 'lease'])
  expect(await eventsOf(client, id)).toEqual(['event.options-set'])
}, TIMEOUT_MS)

test('whom a cluster prefers leads once all members know it, after failures too; one that comes back takes nothing over by itself', async () => {
  const { client } = await startConsole(built.agentEntry, folder())
  const { id } = await createCluster(client, 3, 'Story')
  const before = leaderOf(await untilState(client, id, 'quorate'))
  const writers = await writersOn(client, id)
  const [first = '', second = ''] = ['n1', 'n2', 'n3'].filter((nodeId) => nodeId !== before)
  // A name that is no member stands before them all and disturbs nobody.
  value(await client.call('sandbox.setOptions', { clusterId: id, options: { prefer: ['n8', first, second] } }))
  expect(await settled(client, id)).toMatchObject({ phase: 'done', changes: [{ option: 'prefer', from: [], to: ['n8', first, second] }] })
  const leads = (nodeId: string) => until(`${nodeId} leads`, 20_000, async () => {
    const { leader } = await derivationOf(client, id)
    return 'value' in leader && leader.value === nodeId
  })
  await leads(first)
  await progress(writers, 40)
  value(await client.call('sandbox.node', { clusterId: id, nodeId: first, action: 'kill' }))
  await leads(second)
  await progress(writers, 40)
  value(await client.call('sandbox.node', { clusterId: id, nodeId: first, action: 'start' }))
  expect(leaderOf(await untilState(client, id, 'quorate'))).toBe(second)
  await until(`${first} has caught up`, 20_000, async () => {
    const { observations } = await momentOf(client, id)
    const target = committedAmong(observations)
    return target !== null && hasCaughtUp(observations.find(({ nodeId }) => nodeId === first), second, target - NEARLY)
  })
  // To nobody in particular: to the one that is preferred.
  value(await client.call('sandbox.transfer', { clusterId: id, to: null }))
  await leads(first)
  await Promise.all(writers.map((writer) => writer.stop()))
  expect((await Promise.all(writers.map((writer) => writer.check()))).flat()).toEqual([])
}, TIMEOUT_MS)
