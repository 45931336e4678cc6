/** Multi-Paxos by real processes: what was acknowledged survives whatever happens to a minority of them. */
import { randomInt } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { present } from '../../src/core/base'
import { buildAgent } from './support/agent-bundle'
import { reignOf, testCluster, waitForLeader } from './support/cluster'
import { expectSound, progress, total, writersOn } from './support/soundness'
import { until } from './support/until'

const CYCLES = 20
const CYCLES_TIMEOUT_MS = 300_000

let bundle = ''
beforeAll(async () => { bundle = await buildAgent() })

test(`${CYCLES} members killed with -9 under load, the leader among them: every acknowledged write is there, none twice`, async () => {
  const cluster = await testCluster(bundle, 3, { protocol: 'paxos' })
  await cluster.startAll()
  const { writers } = await writersOn(cluster)
  const began = performance.now()
  let leadersKilled = 0
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    const leader = await waitForLeader(cluster)
    await progress(writers, 20)
    const victim = cycle % 2 === 0 ? leader.nodeId : `n${randomInt(1, 4)}`
    if (victim === leader.nodeId) leadersKilled += 1
    await cluster.agent(victim).kill()
    const back = cluster.start(victim)
    await Promise.all([back, progress(writers, 5)])
  }
  await expectSound(cluster, writers)
  console.log(`paxos: ${CYCLES} kills, ${leadersKilled} of leaders, in ${Math.round(performance.now() - began)} ms, ${total(writers)} counts acknowledged`)
}, CYCLES_TIMEOUT_MS)

test('all members killed at once, again and again', async () => {
  const cluster = await testCluster(bundle, 3, { protocol: 'paxos' })
  await cluster.startAll()
  const { writers } = await writersOn(cluster)
  for (let cycle = 0; cycle < 3; cycle += 1) {
    await progress(writers, 20)
    await cluster.killAll()
    await cluster.startAll()
  }
  await progress(writers, 20)
  await expectSound(cluster, writers)
})

test('a leader that is cut off is replaced by a higher ballot of another, and acknowledges nothing meanwhile', async () => {
  const cluster = await testCluster(bundle, 3, { protocol: 'paxos' })
  await cluster.startAll()
  const { writers } = await writersOn(cluster)
  await progress(writers, 20)
  const old = await waitForLeader(cluster)
  const others = cluster.plan.members.map(({ nodeId }) => nodeId).filter((nodeId) => nodeId !== old.nodeId)
  cluster.partition([[old.nodeId], others])
  const next = await waitForLeader(cluster, old.term, [old.nodeId])
  await progress(writers, 20)
  const [group] = (await cluster.agent(next.nodeId).observe()).groups
  expect(group?.fence).toMatchObject({ kind: 'ballot', label: expect.stringMatching(new RegExp(`^\\d+\\.${next.nodeId}$`)) as string })
  cluster.partition([cluster.plan.members.map(({ nodeId }) => nodeId)])
  await until('the old leader follows', 15_000, async () => {
    const { role, term } = reignOf(await cluster.agent(old.nodeId).observe())
    return role === 'follower' && term >= next.term
  })
  await expectSound(cluster, writers)
})

test('a member that was away for long catches up from a snapshot', async () => {
  const options = { snapshot: { afterEntries: 200, afterBytes: 1024 * 1024 * 1024, trailingEntries: 20 } }
  const cluster = await testCluster(bundle, 3, { protocol: 'paxos', options })
  await cluster.startAll()
  const { writers } = await writersOn(cluster)
  await progress(writers, 20)
  const leader = await waitForLeader(cluster)
  const away = present(cluster.plan.members.find(({ nodeId }) => nodeId !== leader.nodeId), 'another member').nodeId
  await cluster.agent(away).kill()
  await until('a snapshot beyond what the member has', 60_000, async () => {
    const observation = await cluster.agent(leader.nodeId).observe()
    return Number(observation.extras['snapshotIndex']) > 400
  })
  await cluster.start(away)
  await until('the snapshot is installed', 30_000, async () => Number((await cluster.agent(away).observe()).extras['snapshotsInstalled']) > 0)
  await progress(writers, 5)
  await expectSound(cluster, writers)
}, 120_000)
