/**
 * What clients of real processes were told, while members are killed, paused, cut off and slowed down, judged as the simulator's
 * histories are: one order of all operations explains every answer.
 */
import fs from 'node:fs'
import path from 'node:path'
import { randomInt } from 'node:crypto'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import type { LinkRule, ProtocolOptions } from '../../src/contract/agent'
import { present, seededRandom, type Random } from '../../src/core/base'
import { HistoryRecorder, type History } from '../../src/core/checker'
import type { ProtocolName } from '../../src/core/machine'
import { isUnknown } from '../../src/core/observation'
import { judge } from '../../src/sim/judge'
import type { WorkloadPlan } from '../../src/sim/plan'
import { buildAgent, buildPlantedAgent } from './support/agent-bundle'
import type { ProcessCluster } from './support/agent-process'
import { AskingClient } from './support/asking-client'
import { leaderAmong, testCluster } from './support/cluster'
import { PinnedClient } from './support/pinned-client'
import { clientOf } from './support/soundness'
import { until } from './support/until'

const CLIENTS = 6
const STEP_TIMEOUT_MS = 30_000
const TIMEOUT_MS = 240_000

const WORKLOAD: WorkloadPlan = {
  clients: CLIENTS, operationsPerSecond: 0, mix: { register: 3, kv: 2, queue: 2, lock: 1, counter: 1 }, readShare: 0.4, reads: 'leader', keys: 3, valueBytes: 24,
  deleteShare: 0.15, waitShare: 0, closeShare: 0, sessionsMax: 4096, timeoutMs: 0,
}

let bundle = ''
beforeAll(async () => { bundle = await buildAgent() })

interface Fault {
  readonly name: string
  begin(cluster: ProcessCluster, victim: string): unknown
  end(cluster: ProcessCluster, victim: string): unknown
}

const WELL: Omit<LinkRule, 'to'> = { cut: false, latencyMs: 0, jitterMs: 0, loss: 0, bytesPerSecondMax: null }
const othersOf = (cluster: ProcessCluster, nodeId: string): string[] => cluster.plan.members.map((each) => each.nodeId).filter((each) => each !== nodeId)
const rule = (cluster: ProcessCluster, nodeId: string, to: readonly string[], broken: Partial<LinkRule>): void => {
  cluster.agent(nodeId).send({ kind: 'link-rules', rules: to.map((each) => ({ ...WELL, ...broken, to: each })) })
}
const heal = (cluster: ProcessCluster): void => { cluster.partition([cluster.plan.members.map(({ nodeId }) => nodeId)]) }

const KINDS: readonly Fault[] = [
  { name: 'killed', begin: (cluster, victim) => cluster.agent(victim).kill(), end: (cluster, victim) => cluster.start(victim) },
  {
    name: 'paused',
    begin: (cluster, victim) => cluster.agent(victim).child.kill(process.platform === 'win32' ? 0 : 'SIGSTOP'),
    end: (cluster, victim) => cluster.agent(victim).child.kill(process.platform === 'win32' ? 0 : 'SIGCONT'),
  },
  { name: 'cut off', begin: (cluster, victim) => { cluster.partition([[victim], othersOf(cluster, victim)]) }, end: heal },
  { name: 'mute', begin: (cluster, victim) => { rule(cluster, victim, othersOf(cluster, victim), { cut: true }) }, end: heal },
  { name: 'deaf', begin: (cluster, victim) => { for (const other of othersOf(cluster, victim)) rule(cluster, other, [victim], { cut: true }) }, end: heal },
  { name: 'on a poor line', begin: (cluster, victim) => { rule(cluster, victim, othersOf(cluster, victim), { latencyMs: 20, jitterMs: 40, loss: 0.2 }) }, end: heal },
]

interface Case {
  readonly name: string
  readonly protocol: ProtocolName
  readonly members: number
  readonly faults: number
  /** Between one fault and the next step. */
  readonly answers: number
  /** Each client knows one member only. */
  readonly isPinned?: boolean
  readonly options?: Partial<ProtocolOptions>
}

const pick = <Item>(random: Random, items: readonly Item[]): Item => present(items[random.integer(0, items.length)], 'within the list')

/** Most often whoever leads: that is where a fault shows what a leader still believes and whom it still answers. */
async function chosen(cluster: ProcessCluster, random: Random): Promise<string> {
  const other = pick(random, cluster.plan.members).nodeId
  if (random.next() >= 0.4) {
    // Who has just begun does not know yet who it is.
    const knowing = (await cluster.observeAll()).filter(({ groups: [group] }) => group !== undefined && ![group.role, group.fence, group.leaderId].some(isUnknown))
    return leaderAmong(knowing)?.nodeId ?? other
  }
  return other
}

async function underFaults(cluster: ProcessCluster, clients: readonly AskingClient[], { faults, answers }: Case, random: Random): Promise<string[]> {
  const told: string[] = []
  const answered = (): number => clients.reduce((sum, client) => sum + client.answered, 0)
  const progress = async (doing: string): Promise<void> => {
    const before = answered()
    await until(`answers while ${doing}`, STEP_TIMEOUT_MS, () => answered() >= before + answers)
  }
  for (let i = 0; i < faults; i++) {
    const fault = pick(random, KINDS)
    const victim = await chosen(cluster, random)
    told.push(`${victim} is ${fault.name}`)
    await fault.begin(cluster, victim)
    await progress(told.at(-1) ?? '')
    await fault.end(cluster, victim)
    // Sometimes the next fault comes before anything has settled.
    if (random.next() < 0.6) await progress('nothing is wrong')
  }
  return told
}

/** For whoever has to find out: `quorate check` reads these files, one for each kind of object. */
function keep(name: string, { operations }: History): string {
  const folder = path.resolve('test-results/histories', name)
  fs.mkdirSync(folder, { recursive: true })
  for (const model of ['register', 'kv', 'queue', 'lock']) {
    const events = operations.filter(({ key }) => typeof key === 'string' && key.startsWith(model.charAt(0))).flatMap(({ process, f, key, input, output, outcome, invoked, completed }) => [
      { at: invoked, process, type: 'invoke', f, key, value: input },
      ...(outcome === 'unknown' ? [] : [{ at: completed, process, type: outcome, f, key, value: outcome === 'ok' && output !== null ? output : input }]),
    ]).sort((one, other) => one.at - other.at)
    fs.writeFileSync(path.join(folder, `${model}.ndjson`), events.map(({ at: _at, ...event }) => `${JSON.stringify(event)}\n`).join(''))
  }
  return folder
}

const SNAPSHOT = { afterEntries: 400, afterBytes: 1024 * 1024, trailingEntries: 50 }
const CASES: readonly Case[] = [
  { name: 'raft', protocol: 'raft', members: 3, faults: 12, answers: 150, options: { snapshot: SNAPSHOT } },
  { name: 'raft-pinned', protocol: 'raft', members: 3, faults: 12, answers: 150, isPinned: true, options: { forwarding: true, snapshot: SNAPSHOT } },
  { name: 'raft-pinned-lease', protocol: 'raft', members: 5, faults: 12, answers: 150, isPinned: true, options: { reads: 'lease', forwarding: true, snapshot: SNAPSHOT } },
  { name: 'paxos', protocol: 'paxos', members: 3, faults: 12, answers: 150, options: { snapshot: SNAPSHOT } },
  { name: 'paxos-pinned-lease', protocol: 'paxos', members: 3, faults: 12, answers: 150, isPinned: true, options: { reads: 'lease', forwarding: true, snapshot: SNAPSHOT } },
  { name: 'pbft', protocol: 'pbft', members: 4, faults: 6, answers: 60 },
  { name: 'pbft-tentative', protocol: 'pbft', members: 4, faults: 6, answers: 60, options: { tentative: true } },
]

/** Everything that clients did and were told in a run, with what was done to the members meanwhile. */
interface Run {
  readonly history: History
  readonly told: readonly string[]
  readonly problems: readonly string[]
  readonly unknown: number
}

type Drama = (cluster: ProcessCluster, clients: readonly AskingClient[], each: Case, random: Random) => Promise<string[]>

async function run(agent: string, each: Case, seed: number, drama: Drama = underFaults): Promise<Run> {
  const { protocol, members, isPinned = false, options = {} } = each
  const cluster = await testCluster(agent, members, { protocol, options })
  await cluster.startAll()
  const recorder = new HistoryRecorder()
  const clients = Array.from({ length: CLIENTS }, (_, i) => {
    const connection = isPinned ? new PinnedClient(present(cluster.plan.members[i % members], 'a member')) : clientOf(cluster).cluster
    onTestFinished(() => { connection.close() })
    return new AskingClient(i, connection, recorder, WORKLOAD, seed)
  })
  for (const client of clients) client.start()
  const told = await drama(cluster, clients, each, seededRandom(seed))
  await Promise.all(clients.map((client) => client.stop()))
  return {
    history: recorder.history(), told, problems: clients.flatMap(({ problems }) => problems),
    unknown: clients.reduce((sum, client) => sum + client.unknown, 0),
  }
}

test.each(CASES)('$name: under faults of every kind, what clients were told is linearizable', async (each) => {
  const seed = Number(process.env['HISTORY_SEED'] ?? randomInt(2 ** 31))
  const { history, told, problems, unknown } = await run(bundle, each, seed)
  expect(problems, `seed ${seed}: ${told.join('; ')}`).toEqual([])
  const { verdict, broken } = judge(history)
  if (verdict !== 'linearizable') throw new Error(`${broken?.message ?? verdict}\nseed ${seed}: ${told.join('; ')}\nthe histories: ${keep(each.name, history)}`)
  console.log(`${each.name}: ${history.operations.length} operations, ${unknown} of unknown outcome, linearizable; ${told.join('; ')}`)
}, TIMEOUT_MS)

/** One after another hears everything late, so that what it has itself is old, and its clients ask it all the same: each of them often. */
async function hearingLate(cluster: ProcessCluster, clients: readonly AskingClient[]): Promise<string[]> {
  for (const { nodeId } of cluster.plan.members) {
    for (const other of othersOf(cluster, nodeId)) rule(cluster, other, [nodeId], { latencyMs: 50 })
    const before = clients.map(({ answered }) => answered)
    await until(`answers while ${nodeId} hears late`, STEP_TIMEOUT_MS, () => clients.every(({ answered }, i) => answered >= present(before[i], 'a client') + 20))
    heal(cluster)
  }
  return ['one after another hears late']
}

// A judge that finds nothing is worth what it would have found.
test('followers that answer reads from what they have themselves: what clients were told is not linearizable', async () => {
  const agent = await buildPlantedAgent('raft/follower-read-from-own-commit')
  const { history } = await run(agent, present(CASES.find(({ name }) => name === 'raft-pinned'), 'a case'), 1, hearingLate)
  expect(judge(history).verdict).toBe('violated')
}, TIMEOUT_MS)
