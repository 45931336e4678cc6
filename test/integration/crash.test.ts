import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { createClient } from '../../src/runtime/client'
import { buildAgent } from './support/agent-bundle'
import type { ProcessCluster } from './support/agent-process'
import { reignOf, testCluster, waitForLeader } from './support/cluster'
import { until } from './support/until'
import { CountingWriter } from './support/writers'

const CYCLES = 50
const WRITERS = 8
/** About 15 s on a quiet machine. */
const CYCLES_TIMEOUT_MS = 300_000

let bundle = ''
beforeAll(async () => { bundle = await buildAgent() })

async function writersOn(cluster: ProcessCluster): Promise<CountingWriter[]> {
  const client = createClient({ members: cluster.plan.members })
  onTestFinished(() => { client.close() })
  const writers = Array.from({ length: WRITERS }, (_, i) => new CountingWriter(client, `w${i}`))
  await Promise.all(writers.map((writer) => writer.start()))
  return writers
}

const total = (writers: readonly CountingWriter[]): number => writers.reduce((sum, { acknowledged }) => sum + acknowledged, 0)

async function progress(writers: readonly CountingWriter[], by: number): Promise<void> {
  const before = total(writers)
  await until(`${by} more acknowledged writes`, 20_000, () => {
    const problem = writers.find(({ problems }) => problems.length > 0)
    if (problem) throw new Error(problem.problems.join('; '))
    return total(writers) >= before + by
  })
}

/** Everybody stops; all members agree; nothing acknowledged is missing and nothing was applied twice. */
async function expectSound(cluster: ProcessCluster, writers: readonly CountingWriter[]): Promise<void> {
  await Promise.all(writers.map((writer) => writer.stop()))
  expect((await Promise.all(writers.map((writer) => writer.check()))).flat()).toEqual([])
  await until('equal states on all members', 10_000, async () => {
    const hashes = (await cluster.observeAll()).map(({ extras }) => extras['appliedHash'])
    return hashes.length === cluster.plan.members.length && new Set(hashes).size === 1
  })
}

/** Remembers the highest term each member named; a member may never name a lower one. */
async function expectTermsGrow(cluster: ProcessCluster, highest: Map<string, number>): Promise<void> {
  for (const observation of await cluster.observeAll()) {
    const { term } = reignOf(observation)
    expect(term).toBeGreaterThanOrEqual(highest.get(observation.nodeId) ?? 0)
    highest.set(observation.nodeId, term)
  }
}

test(`${CYCLES} leaders killed with -9 under load: every acknowledged write is there, none twice, terms only grow`, async () => {
  const cluster = await testCluster(bundle, 3)
  await cluster.startAll()
  const writers = await writersOn(cluster)
  const highest = new Map<string, number>()
  const began = performance.now()
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    const { nodeId, term } = await waitForLeader(cluster)
    await progress(writers, 20)
    await cluster.agent(nodeId).kill()
    const back = cluster.start(nodeId)
    const next = await waitForLeader(cluster, term)
    expect(next.term).toBeGreaterThan(term)
    await Promise.all([back, progress(writers, 1)])
    await expectTermsGrow(cluster, highest)
  }
  await expectSound(cluster, writers)
  console.log(`${CYCLES} cycles in ${Math.round(performance.now() - began)} ms, ${total(writers)} counts acknowledged, terms up to ${Math.max(...highest.values())}`)
}, CYCLES_TIMEOUT_MS)

test('all members killed at once, again and again', async () => {
  const cluster = await testCluster(bundle, 3)
  await cluster.startAll()
  const writers = await writersOn(cluster)
  for (let cycle = 0; cycle < 5; cycle += 1) {
    await progress(writers, 20)
    await cluster.killAll()
    await cluster.startAll()
  }
  await progress(writers, 20)
  await expectSound(cluster, writers)
})

test.skipIf(process.platform === 'win32')('a leader that is paused is replaced, and steps down when it wakes', async () => {
  const cluster = await testCluster(bundle, 3)
  await cluster.startAll()
  const writers = await writersOn(cluster)
  for (let cycle = 0; cycle < 3; cycle += 1) {
    const paused = await waitForLeader(cluster)
    cluster.agent(paused.nodeId).child.kill('SIGSTOP')
    const next = await waitForLeader(cluster, paused.term, [paused.nodeId])
    await progress(writers, 20)
    cluster.agent(paused.nodeId).child.kill('SIGCONT')
    await until('the old leader follows', 10_000, async () => {
      const { role, term } = reignOf(await cluster.agent(paused.nodeId).observe())
      return role === 'follower' && term >= next.term
    })
  }
  await expectSound(cluster, writers)
})

test('a leader that is cut off is replaced by the majority, and the minority acknowledges nothing', async () => {
  const cluster = await testCluster(bundle, 3)
  await cluster.startAll()
  const writers = await writersOn(cluster)
  for (let cycle = 0; cycle < 3; cycle += 1) {
    const old = await waitForLeader(cluster)
    const others = cluster.plan.members.map(({ nodeId }) => nodeId).filter((nodeId) => nodeId !== old.nodeId)
    cluster.partition([[old.nodeId], others])
    await waitForLeader(cluster, old.term)
    await until('the old leader gives up', 10_000, async () => reignOf(await cluster.agent(old.nodeId).observe()).role !== 'leader')
    await progress(writers, 20)
    const link = (await cluster.agent(old.nodeId).observe()).links[0]
    expect(link).toMatchObject({ connected: expect.any(Boolean) as boolean })
    cluster.partition([cluster.plan.members.map(({ nodeId }) => nodeId)])
  }
  await expectSound(cluster, writers)
})
