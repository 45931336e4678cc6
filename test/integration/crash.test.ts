import { beforeAll, expect, test } from 'vitest'
import { buildAgent } from './support/agent-bundle'
import type { ProcessCluster } from './support/agent-process'
import { reignOf, testCluster, waitForLeader } from './support/cluster'
import { expectSound, progress, total, writersOn } from './support/soundness'
import { until } from './support/until'

const CYCLES = 50
/** About 15 s on a quiet machine. */
const CYCLES_TIMEOUT_MS = 300_000

let bundle = ''
beforeAll(async () => { bundle = await buildAgent() })

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
  const { writers } = await writersOn(cluster)
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
  const { writers } = await writersOn(cluster)
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
  const { writers } = await writersOn(cluster)
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
  const { writers } = await writersOn(cluster)
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

test('a member that was away for long catches up from a snapshot', async () => {
  const options = { snapshot: { afterEntries: 200, afterBytes: 1024 * 1024 * 1024, trailingEntries: 20 } }
  const cluster = await testCluster(bundle, 3, { options })
  await cluster.startAll()
  const { writers } = await writersOn(cluster)
  await progress(writers, 20)
  const leader = await waitForLeader(cluster)
  const away = leader.nodeId === 'n1' ? 'n2' : 'n1'
  await cluster.agent(away).kill()
  await until('a snapshot beyond what the member has', 60_000, async () => Number((await cluster.agent(leader.nodeId).observe()).extras['snapshotIndex']) > 400)
  await cluster.start(away)
  await until('the snapshot is installed', 30_000, async () => Number((await cluster.agent(away).observe()).extras['snapshotsInstalled']) > 0)
  await progress(writers, 5)
  await expectSound(cluster, writers)
}, 120_000)
