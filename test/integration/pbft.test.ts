/** PBFT by real processes, with real keys and a real liar among them. */
import { generateKeyPairSync, randomInt } from 'node:crypto'
import { rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Behaviour } from '../../src/contract/agent'
import { utf8Encode } from '../../src/core/base'
import { createClient, write } from '../../src/runtime/client'
import { commandSigner, ownCommand } from '../../src/runtime/signer'
import { buildAgent } from './support/agent-bundle'
import { reignOf, testCluster } from './support/cluster'
import { clientOf, expectSound, progress, total, writersOn } from './support/soundness'
import { until } from './support/until'

const CYCLES = 20
const CYCLES_TIMEOUT_MS = 300_000

let bundle = ''
beforeAll(async () => { bundle = await buildAgent() })

test(`${CYCLES} replicas killed with -9 under load: every acknowledged write is there, none twice`, async () => {
  const cluster = await testCluster(bundle, 4, { protocol: 'pbft' })
  await cluster.startAll()
  const { writers } = await writersOn(cluster)
  const began = performance.now()
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    await progress(writers, 20)
    const victim = `n${randomInt(1, 5)}`
    await cluster.agent(victim).kill()
    const back = cluster.start(victim)
    await Promise.all([back, progress(writers, 5)])
  }
  await expectSound(cluster, writers)
  const views = (await cluster.observeAll()).map((each) => reignOf(each).term)
  console.log(`pbft: ${CYCLES} kills in ${Math.round(performance.now() - began)} ms, ${total(writers)} counts acknowledged, views up to ${Math.max(...views)}`)
}, CYCLES_TIMEOUT_MS)

test('tentative execution: the primary killed with -9 under load, again and again; every acknowledged write is there, none twice', async () => {
  const cluster = await testCluster(bundle, 4, { protocol: 'pbft', options: { tentative: true } })
  await cluster.startAll()
  const { writers } = await writersOn(cluster)
  for (let cycle = 0; cycle < 6; cycle += 1) {
    await progress(writers, 20)
    const { leaderId } = reignOf(await cluster.agent('n1').observe())
    const primary = leaderId ?? 'n1'
    await cluster.agent(primary).kill()
    const back = cluster.start(primary)
    await Promise.all([back, progress(writers, 5)])
  }
  await progress(writers, 20)
  const confirmed = (await cluster.observeAll()).map(({ extras }) => Number(extras['tentativeConfirmed'] ?? 0))
  expect(confirmed.filter((count) => count > 0).length).toBeGreaterThanOrEqual(3)
  await expectSound(cluster, writers)
}, CYCLES_TIMEOUT_MS)

test('all replicas killed at once, again and again', async () => {
  const cluster = await testCluster(bundle, 4, { protocol: 'pbft' })
  await cluster.startAll()
  const { writers } = await writersOn(cluster)
  for (let cycle = 0; cycle < 3; cycle += 1) {
    await progress(writers, 20)
    await cluster.killAll()
    await cluster.startAll()
  }
  await progress(writers, 20)
  await expectSound(cluster, writers)
}, 120_000)

test('a primary that is cut off is replaced by the next view, and follows when it is back', async () => {
  const cluster = await testCluster(bundle, 4, { protocol: 'pbft' })
  await cluster.startAll()
  const { writers } = await writersOn(cluster)
  await progress(writers, 20)
  const { term, leaderId } = reignOf(await cluster.agent('n1').observe())
  const others = cluster.plan.members.map(({ nodeId }) => nodeId).filter((nodeId) => nodeId !== leaderId)
  cluster.partition([[leaderId ?? ''], others])
  await progress(writers, 20)
  expect(reignOf(await cluster.agent(others[0] ?? '').observe()).term).toBeGreaterThan(term)
  cluster.partition([cluster.plan.members.map(({ nodeId }) => nodeId)])
  await progress(writers, 20)
  await expectSound(cluster, writers)
}, 120_000)

test('a replica that was away for long catches up from a checkpoint', async () => {
  const options = { snapshot: { afterEntries: 200, afterBytes: 1024 * 1024 * 1024, trailingEntries: 20 } }
  const cluster = await testCluster(bundle, 4, { protocol: 'pbft', options })
  await cluster.startAll()
  const { writers } = await writersOn(cluster)
  await progress(writers, 20)
  await cluster.agent('n4').kill()
  const before = Number((await cluster.agent('n2').observe()).extras['snapshotIndex'])
  await until('checkpoints well beyond what it has', 60_000, async () => Number((await cluster.agent('n2').observe()).extras['snapshotIndex']) > before + 400)
  await cluster.start('n4')
  await until('the state is transferred', 30_000, async () => Number((await cluster.agent('n4').observe()).extras['snapshotsInstalled']) > 0)
  await progress(writers, 5)
  await expectSound(cluster, writers)
}, 180_000)

describe('a liar among four', () => {
  const lies: readonly (readonly [Behaviour, string])[] = [['equivocate', 'n1'], ['forge', 'n1'], ['silent', 'n1'], ['equivocate', 'n3'], ['forge', 'n3']]
  test.each(lies)('that does %s as %s: everything is acknowledged and agreed on, and its answers are outvoted', async (behaviour, liar) => {
    const cluster = await testCluster(bundle, 4, { protocol: 'pbft' })
    await cluster.startAll()
    const { client, writers } = await writersOn(cluster)
    await progress(writers, 20)
    cluster.agent(liar).send({ kind: 'behave', behaviour })
    await progress(writers, 60, 60_000)
    if (behaviour !== 'silent') {
      await until('a wrong answer that did not count', 20_000, () => (client.cluster.outvoted().get(liar) ?? 0) > 0)
      expect([...client.cluster.outvoted().keys()]).toEqual([liar])
    }
    if (behaviour === 'equivocate' && liar === 'n1') {
      // The honest ones compare what they were told, and say so; nobody else is accused by an honest one.
      const accusing = await until('an alarm of an honest replica', 20_000, async () => {
        const alarms = (await cluster.observeAll([liar])).flatMap((each) => each.alarms)
        return alarms.length > 0 ? alarms : undefined
      })
      expect(new Set(accusing.map(({ code, about }) => `${code} ${about ?? ''}`))).toEqual(new Set([`misbehaviour ${liar}`]))
    }
    const honest = (await cluster.observeAll([liar])).map((each) => Number(each.extras['entriesApplied']))
    expect(Math.min(...honest)).toBeGreaterThan(0)
    cluster.agent(liar).send({ kind: 'behave', behaviour: 'honest' })
    await progress(writers, 20)
    await expectSound(cluster, writers)
  }, 120_000)
})

test('two liars among seven, one of them the primary: everything is acknowledged and agreed on', async () => {
  const cluster = await testCluster(bundle, 7, { protocol: 'pbft' })
  await cluster.startAll()
  const { client, writers } = await writersOn(cluster, 4)
  await progress(writers, 10, 60_000)
  cluster.agent('n1').send({ kind: 'behave', behaviour: 'equivocate' })
  cluster.agent('n4').send({ kind: 'behave', behaviour: 'forge' })
  await progress(writers, 30, 60_000)
  await until('wrong answers that did not count', 30_000, () => ['n1', 'n4'].every((liar) => (client.cluster.outvoted().get(liar) ?? 0) > 0))
  expect([...client.cluster.outvoted().keys()].sort()).toEqual(['n1', 'n4'])
  for (const liar of ['n1', 'n4']) cluster.agent(liar).send({ kind: 'behave', behaviour: 'honest' })
  await progress(writers, 10, 60_000)
  await expectSound(cluster, writers)
}, 180_000)

test('a client that believes one member is refused, in words', async () => {
  const cluster = await testCluster(bundle, 4, { protocol: 'pbft' })
  await cluster.startAll()
  const client = createClient({ members: cluster.plan.members })
  onTestFinished(() => { client.close() })
  const opened = await client.openSession(1_500)
  expect(opened).toMatchObject({ ok: false, error: { message: expect.stringContaining('its group runs pbft') as string } })
})

test('a client that does not sign, or signs with another key, is refused at once', async () => {
  const cluster = await testCluster(bundle, 4, { protocol: 'pbft' })
  await cluster.startAll()
  const strange = commandSigner(generateKeyPairSync('ed25519').privateKey)
  for (const signCommand of [(command: Uint8Array) => command, ownCommand, strange]) {
    const client = createClient({ members: cluster.plan.members, protocol: 'pbft', signCommand })
    onTestFinished(() => { client.close() })
    expect(await client.openSession(10_000)).toMatchObject({ ok: false, error: { code: 'refused' } })
  }
  const known = clientOf(cluster)
  onTestFinished(() => { known.close() })
  expect(await known.openSession(10_000)).toMatchObject({ ok: true })
})

test('a group from before clients signed goes on without', async () => {
  const cluster = await testCluster(bundle, 4, { protocol: 'pbft', areCommandsSigned: false })
  await cluster.startAll()
  const { writers } = await writersOn(cluster)
  await progress(writers, 20)
  await expectSound(cluster, writers)
})

test('a single replica serves, and a node without its key does not start and says why', async () => {
  const cluster = await testCluster(bundle, 1, { protocol: 'pbft' })
  await cluster.startAll()
  const client = clientOf(cluster)
  onTestFinished(() => { client.close() })
  const session = await client.openSession(10_000)
  if (!session.ok) throw new Error(session.error.message)
  expect(await write(session.value, { kind: 'put', key: 'a', value: utf8Encode('1') }, performance.now() + 10_000)).toEqual({ kind: 'done' })
  const key = path.join(cluster.plan.directoryOf('n1'), 'signing-key.pem')
  expect(statSync(key).mode & 0o777).toBe(0o600)
  await cluster.agent('n1').kill()
  rmSync(key)
  const again = cluster.launch('n1')
  expect((await again.exited).code).toBe(1)
  expect(again.failure()).toMatchObject({ code: 'bad-start', message: expect.stringContaining('its key file is missing') as string })
})
