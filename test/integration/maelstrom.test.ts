import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { seededRandom } from '../../src/core/base'
import { checkLinearizable, HistoryRecorder, type Value } from '../../src/core/checker'
import { bundle, type Bundle } from './support/bundle'
import { until } from './support/until'
import { Workbench, type Body } from './support/workbench'

/** They promise that nothing was changed. */
const DEFINITE_ERRORS = [10, 11, 12, 20, 22]
const OPERATIONS_PER_PHASE = 80

let built: Bundle
beforeAll(async () => { built = await bundle() })
afterAll(() => { built.remove() })

async function workbench(workload: string, { nodes = 3, seed = 1, options = [] as readonly string[] } = {}): Promise<Workbench> {
  const bench = new Workbench(built.cliEntry, [workload, ...options], nodes, seed)
  onTestFinished(async () => { await bench.stop() })
  await bench.start()
  return bench
}

async function expectEnded(bench: Workbench): Promise<void> {
  expect(bench.problems).toEqual([])
  expect(await bench.stop()).toEqual(bench.nodeIds.map(() => 0))
}

describe('a node', () => {
  test('echoes, and answers what it cannot do with the right error', async () => {
    const bench = await workbench('echo', { nodes: 1 })
    const echo = { deep: ['x', 1, null, { 'ü': '\u{1f600}' }] }
    expect(await bench.ask('c1', 'n1', { type: 'echo', echo })).toMatchObject({ type: 'echo_ok', echo })
    expect(await bench.ask('c1', 'n1', { type: 'read', key: 1 })).toMatchObject({ type: 'error', code: 10 })
    expect(await bench.ask('c1', 'n1', { type: 'echo' })).toMatchObject({ type: 'error', code: 12 })
    for (const line of ['', 'x', '[]', '{"src":"c1"}', '{"src":"c1","dest":"n1","body":[]}', '{"src":"c1","dest":"n1","body":{"type":7}}']) bench.sendRaw('n1', line)
    expect(await bench.ask('c1', 'n1', { type: 'echo', echo: 1 })).toMatchObject({ type: 'echo_ok', echo: 1 })
    await expectEnded(bench)
  })

  test('that was not told who it is says so', async () => {
    const bench = new Workbench(built.cliEntry, ['lin-kv'], 1, 1)
    expect(await bench.ask('c1', 'n1', { type: 'read', key: 1 }, 20_000)).toMatchObject({ type: 'error', code: 11 })
    expect(await bench.ask('c1', 'n1', { type: 'init', node_id: 'n1', node_ids: ['n2'] })).toMatchObject({ type: 'error', code: 12 })
    await bench.start()
    await expectEnded(bench)
  })
})

test('unique ids are unique, over all nodes, and each node makes them alone', async () => {
  const bench = await workbench('unique-ids', { seed: 2 })
  bench.network.partition = bench.nodeIds.map((id) => [id])
  const answers = await Promise.all(Array.from({ length: 3_000 }, (_, i) => bench.ask(`c${i % 7}`, `n${(i % 3) + 1}`, { type: 'generate' })))
  expect(answers.every((answer) => answer?.type === 'generate_ok')).toBe(true)
  expect(new Set(answers.map((answer) => answer?.['id'])).size).toBe(3_000)
  await expectEnded(bench)
})

/**
 * Sends the bodies, at most eight at a time, to one node after the other, over a network that loses and doubles messages and is parted
 * in another way after each third of them; every request must be answered by `type`. Then the network is whole again.
 */
async function throughTrouble(bench: Workbench, bodies: readonly Body[], type: string): Promise<void> {
  Object.assign(bench.network, { latencyMs: 10, loss: 0.1, duplication: 0.1 })
  const [one = '', ...others] = bench.nodeIds
  const last = others.pop() as string
  const partitions = [[[one, ...others], [last]], [], [[one], [...others, last]]]
  let next = 0
  const client = async (name: string): Promise<void> => {
    while (next < bodies.length) {
      const at = next++
      bench.network.partition = partitions[Math.floor((at * partitions.length) / bodies.length)] ?? []
      expect(await bench.ask(name, bench.nodeIds[at % bench.nodeIds.length] as string, bodies[at] as Body)).toMatchObject({ type })
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, i) => client(`c${i + 1}`)))
  bench.heal()
}

/** For longer than a message waits for its answer. */
async function expectQuiet(bench: Workbench): Promise<void> {
  let [carried, sinceMs] = [bench.carried, performance.now()]
  await until('nothing more is said', 5_000, () => {
    if (bench.carried !== carried) [carried, sinceMs] = [bench.carried, performance.now()]
    return performance.now() - sinceMs > 600
  })
}

describe('what spreads by itself', () => {
  test.each([['all with all', null], ['along a line', { n1: ['n2'], n2: ['n1', 'n3'], n3: ['n2', 'n4'], n4: ['n3', 'n5'], n5: ['n4'] }]])(
    'broadcast reaches every node after the network is whole again, %s', async (_how, topology) => {
      const bench = await workbench('broadcast', { nodes: 5, seed: 3 })
      if (topology) for (const id of bench.nodeIds) expect(await bench.ask('c0', id, { type: 'topology', topology })).toMatchObject({ type: 'topology_ok' })
      const values = Array.from({ length: 600 }, (_, i) => i)
      await throughTrouble(bench, values.map((message) => ({ type: 'broadcast', message })), 'broadcast_ok')
      await until('every node has every value', 10_000, async () => {
        const answers = await Promise.all(bench.nodeIds.map((id) => bench.ask('c1', id, { type: 'read' })))
        return answers.every((answer) => (answer?.['messages'] as number[]).length === values.length)
      })
      for (const id of bench.nodeIds) {
        const answer = await bench.ask('c1', id, { type: 'read' })
        expect((answer?.['messages'] as number[]).sort((a, b) => a - b)).toEqual(values)
      }
      // What everybody has is not told again.
      await expectQuiet(bench)
      await expectEnded(bench)
    })

  test('a set that grows keeps any JSON, each element once', async () => {
    const bench = await workbench('g-set', { seed: 4 })
    const elements = [1, '1', null, { b: 1, a: [2] }, { a: [2], b: 1 }, [], 1.5]
    await Promise.all(elements.map((element, i) => bench.ask('c1', `n${(i % 3) + 1}`, { type: 'add', element })))
    await until('every node has all six', 5_000, async () => {
      const answers = await Promise.all(bench.nodeIds.map((id) => bench.ask('c1', id, { type: 'read' })))
      return answers.every((answer) => (answer?.['value'] as unknown[]).length === 6)
    })
    await expectEnded(bench)
  })

  test('a counter that grows comes to the sum of what was added', async () => {
    const bench = await workbench('g-counter', { seed: 5 })
    const deltas = Array.from({ length: 500 }, (_, i) => i % 5)
    const sum = deltas.reduce((one, other) => one + other)
    await throughTrouble(bench, deltas.map((delta) => ({ type: 'add', delta })), 'add_ok')
    expect(await bench.ask('c1', 'n1', { type: 'add', delta: -1 })).toMatchObject({ type: 'error', code: 12 })
    await until('every node has the sum', 10_000, async () => {
      const answers = await Promise.all(bench.nodeIds.map((id) => bench.ask('c1', id, { type: 'read' })))
      return answers.every((answer) => answer?.['value'] === sum)
    })
    await expectEnded(bench)
  })
})

describe.each(['raft', 'paxos'])('lin-kv over %s', (protocol) => {
  const options = ['--protocol', protocol, '--election-ms', '200', '--request-timeout-ms', '500']

  /** Waits for a leader. */
  async function serving(bench: Workbench, node: string): Promise<void> {
    await until(`${node} serves`, 20_000, async () => (await bench.ask('c0', node, { type: 'write', key: 'ready', value: node }))?.type === 'write_ok')
  }

  test('reads, writes and compares, asked at any node', async () => {
    const bench = await workbench('lin-kv', { options, seed: 6 })
    for (const id of bench.nodeIds) await serving(bench, id)
    const ask = (node: string, body: Body) => bench.ask('c1', node, body)
    expect(await ask('n1', { type: 'read', key: 7 })).toMatchObject({ type: 'error', code: 20 })
    expect(await ask('n2', { type: 'cas', key: 7, from: 1, to: 2 })).toMatchObject({ type: 'error', code: 20 })
    expect(await ask('n3', { type: 'write', key: 7, value: { a: 1, b: [null] } })).toMatchObject({ type: 'write_ok' })
    expect(await ask('n1', { type: 'read', key: 7 })).toMatchObject({ type: 'read_ok', value: { a: 1, b: [null] } })
    expect(await ask('n1', { type: 'read', key: '7' })).toMatchObject({ type: 'error', code: 20 })
    expect(await ask('n2', { type: 'cas', key: 7, from: 3, to: 2 })).toMatchObject({ type: 'error', code: 22 })
    expect(await ask('n2', { type: 'cas', key: 7, from: { b: [null], a: 1 }, to: 2 })).toMatchObject({ type: 'cas_ok' })
    expect(await ask('n3', { type: 'read', key: 7 })).toMatchObject({ type: 'read_ok', value: 2 })
    expect(await ask('n3', { type: 'write', key: 7 })).toMatchObject({ type: 'error', code: 12 })
    expect(await ask('n3', { type: 'read', key: 'k'.repeat(2000) })).toMatchObject({ type: 'error', code: 12 })
    expect(await ask('n3', { type: 'write', key: 7, value: 'v'.repeat(300_000) })).toMatchObject({ type: 'error', code: 12 })
    await expectEnded(bench)
  })

  test('a node that is cut off promises nothing', async () => {
    const bench = await workbench('lin-kv', { options, seed: 7 })
    for (const id of bench.nodeIds) await serving(bench, id)
    bench.network.partition = [['n1'], ['n2', 'n3']]
    const answers = await Promise.all([{ type: 'read', key: 1 }, { type: 'write', key: 1, value: 1 }, { type: 'cas', key: 1, from: 1, to: 2 }].map((body) => bench.ask('c1', 'n1', body)))
    expect(answers.map((answer) => answer?.type)).toEqual(['error', 'error', 'error'])
    expect(answers.every((answer) => [0, 11, 13].includes(answer?.['code'] as number))).toBe(true)
    await serving(bench, 'n2')
    bench.heal()
    await serving(bench, 'n1')
    await expectEnded(bench)
  })

  test('is linearizable while messages are late, lost and doubled, and nodes are parted', async () => {
    const bench = await workbench('lin-kv', { options, seed: 8 })
    for (const id of bench.nodeIds) await serving(bench, id)
    const random = seededRandom(9)
    const recorder = new HistoryRecorder()
    let isOver = false
    let process = 0
    let ended = 0

    /** One client; after an unknown outcome it goes on as another process. */
    const client = async (index: number): Promise<void> => {
      let name = process++
      while (!isOver) {
        const node = `n${random.integer(1, 4)}`
        const key = random.integer(0, 4)
        const [from, to] = [random.integer(0, 5), random.integer(0, 5)]
        const f = (['read', 'write', 'cas'] as const)[random.integer(0, 3)] as 'read' | 'write' | 'cas'
        const input: Value = f === 'read' ? null : f === 'write' ? to : [from, to]
        const id = recorder.invoke(name, f, key, input)
        const asked: Body = f === 'read' ? { type: f, key } : f === 'write' ? { type: f, key, value: to } : { type: f, key, from, to }
        const answer = await bench.ask(`c${index + 1}`, node, asked, 1_500)
        const code = answer?.type === 'error' ? (answer['code'] as number) : null
        if (answer !== null && code === null) recorder.complete(id, 'ok', f === 'read' ? (answer['value'] as Value) : input)
        else if (f === 'read' && code === 20) recorder.complete(id, 'ok', null)
        else if (f === 'read' || (code !== null && DEFINITE_ERRORS.includes(code))) recorder.complete(id, 'fail')
        else {
          recorder.complete(id, 'info')
          name = process++
        }
        ended++
      }
    }
    const clients = Array.from({ length: 8 }, (_, i) => client(i))
    Object.assign(bench.network, { latencyMs: 4, loss: 0.02, duplication: 0.05 })
    for (const partition of [[], [['n1'], ['n2', 'n3']], [], [['n2'], ['n1', 'n3']], [['n3'], ['n1', 'n2']], [['n1'], ['n2'], ['n3']], []]) {
      bench.network.partition = partition
      const before = ended
      await until(`${OPERATIONS_PER_PHASE} more operations have ended`, 20_000, () => ended - before >= OPERATIONS_PER_PHASE)
    }
    bench.heal()
    await serving(bench, 'n1')
    isOver = true
    await Promise.all(clients)

    const history = recorder.history()
    const report = checkLinearizable(history, 'register')
    const done = history.operations.filter(({ outcome }) => outcome === 'ok').length
    console.log(`${protocol}: ${history.operations.length} operations, ${done} done, ${report.unknown} unknown, ${report.failed} without effect, ${bench.lost} of ${bench.carried} messages lost: ${report.verdict}`)
    expect(report.verdict).toBe('linearizable')
    expect(done).toBeGreaterThan(150)
    await expectEnded(bench)
  }, 60_000)
})
