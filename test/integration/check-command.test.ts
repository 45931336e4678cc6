/** `quorate check` as people and programs run it: files in, verdicts and exit codes out. */
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundle, type Bundle } from './support/bundle'

let built: Bundle
let folder: string
beforeAll(async () => {
  built = await bundle()
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quorate-check-'))
})
afterAll(() => {
  built.remove()
  fs.rmSync(folder, { recursive: true, force: true })
})

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** What --json printed. */
  readonly json: () => Record<string, unknown>
}

interface Interruption {
  readonly afterMs?: number
  /** Once the command has begun to read; its input then never ends. */
  readonly whileReading?: true
}

function run(argv: readonly string[], input = '', { afterMs, whileReading }: Interruption = {}): Promise<Ended> {
  const child = spawn(process.execPath, [built.cliEntry, 'check', ...argv], { stdio: ['pipe', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (part: Buffer) => { stdout += part.toString() })
  child.stderr.on('data', (part: Buffer) => { stderr += part.toString() })
  child.stdin.on('error', () => undefined)
  if (whileReading === true) child.stdin.write('\n'.repeat(4_000_000), () => child.kill('SIGINT'))
  else child.stdin.end(input)
  if (afterMs !== undefined) setTimeout(() => child.kill('SIGINT'), afterMs)
  return new Promise((resolve) => {
    child.once('close', (code) => { resolve({ code, stdout, stderr, json: () => JSON.parse(stdout) as Record<string, unknown> }) })
  })
}

type Event = readonly [process: number | string, type: string, f: string, value?: unknown, key?: unknown]
const ndjson = (events: readonly Event[]): string => events.map(([process, type, f, value = null, key], i) =>
  JSON.stringify({ process, type, f, ...(key === undefined ? {} : { key }), value, time: i * 10 })).join('\n')
const file = (name: string, text: string): string => {
  const full = path.join(folder, name)
  fs.writeFileSync(full, text)
  return full
}

/** Each operation begins and ends before the next one begins. */
const serial = (...operations: readonly Event[]): string =>
  ndjson(operations.flatMap(([process, type, f, value, key]) => {
    const asked = ['read', 'get', 'dequeue'].includes(f) ? null : value
    return [[process, 'invoke', f, asked, key], [process, type, f, value, key]] as Event[]
  }))

const STALE = serial([0, 'ok', 'write', 1], [1, 'ok', 'write', 2], [2, 'ok', 'read', 1])

describe('verdicts and exit codes', () => {
  test.each<[string, string, string]>([
    ['register', 'read of what was written', serial([0, 'ok', 'read', null], [0, 'ok', 'write', 1], [1, 'ok', 'read', 1], [1, 'ok', 'cas', [1, 2]], [0, 'ok', 'read', 2])],
    ['register', 'a failed cas changes nothing', serial([0, 'ok', 'write', 1], [1, 'fail', 'cas', [1, 2]], [0, 'ok', 'read', 1])],
    ['register', 'an unknown write that is seen', serial([0, 'info', 'write', 1], [1, 'ok', 'read', null], [2, 'ok', 'read', 1])],
    ['register', 'nothing', ''],
    ['kv', 'keys apart, and the empty string', serial([0, 'ok', 'get', '', 'a'], [0, 'ok', 'append', 'x', 'a'], [1, 'ok', 'append', 'y', 'a'], [1, 'ok', 'get', 'xy', 'a'], [1, 'ok', 'get', '', 'b'])],
    ['queue', 'first in, first out, and empty', serial([0, 'ok', 'enqueue', 1], [1, 'ok', 'enqueue', 2], [0, 'ok', 'dequeue', 1], [1, 'ok', 'dequeue', 2], [1, 'ok', 'dequeue', null])],
    ['queue', 'an unknown dequeue took it', serial([0, 'ok', 'enqueue', 1], [1, 'info', 'dequeue'], [0, 'ok', 'dequeue', null])],
    ['lock', 'one after the other', serial([0, 'ok', 'acquire'], [0, 'ok', 'release'], [1, 'ok', 'acquire'], [1, 'ok', 'release'])],
    ['list-append', 'a serial history', serial([0, 'ok', 'txn', [['append', 'x', 1]]], [1, 'ok', 'txn', [['r', 'x', [1]], ['append', 'x', 2]]])],
  ])('%s: %s is linearizable', async (model, _story, text) => {
    const { code, stdout, stderr, json } = await run(['-', '--model', model, '--json'], text)
    expect({ code, stderr, verdict: stdout === '' ? null : json()['verdict'] }).toEqual({ code: 0, stderr: '', verdict: 'linearizable' })
  })

  test.each<[string, string, string]>([
    ['register', 'a stale read', STALE],
    ['kv', 'a lost append', serial([0, 'ok', 'append', 'x', 'a'], [1, 'ok', 'append', 'y', 'a'], [1, 'ok', 'get', 'y', 'a'])],
    ['queue', 'an element twice', serial([0, 'ok', 'enqueue', 1], [1, 'ok', 'dequeue', 1], [2, 'ok', 'dequeue', 1])],
    ['lock', 'two holders', serial([0, 'ok', 'acquire'], [1, 'ok', 'acquire'])],
    ['list-append', 'a stale read', serial([0, 'ok', 'txn', [['append', 'x', 1]]], [1, 'ok', 'txn', [['r', 'x', []]]])],
  ])('%s: %s is not', async (model, _story, text) => {
    const { code, json } = await run(['-', '--model', model, '--json'], text)
    expect(code).toBe(1)
    expect(json()['verdict']).toBe('not-linearizable')
  })

  test('a search that gets no time is inconclusive, and so is one that is interrupted', async () => {
    const hard = file('hard.ndjson', hardQueue())
    const short = await run([hard, '--model', 'queue', '--json', '--budget-seconds', '0.3'])
    expect(short.code).toBe(2)
    expect(short.json()).toMatchObject({ verdict: 'inconclusive', reason: 'the time ran out (--budget-seconds)' })
    const interrupted = await run([hard, '--model', 'queue', '--json', '--budget-seconds', '100'], '', { afterMs: 2_000 })
    expect(interrupted.code).toBe(2)
    expect(interrupted.json()['verdict']).toBe('inconclusive')
  })

  test('standard input that never ends can be left, and what came of it is not judged', async () => {
    const { code, stdout, stderr } = await run(['-', '--model', 'register'], '', { whileReading: true })
    expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
    expect(stderr).toMatch(/Standard input cannot be read/)
  })
})

/** Values come twice and the queue is long: what order they went in shows much later. */
function hardQueue(): string {
  const events: Event[] = []
  for (let round = 0; round < 12; round++) {
    for (let process = 0; process < 8; process++) events.push([process, 'invoke', 'enqueue', (round * 5 + process * 3) % 4])
    for (let process = 0; process < 8; process++) events.push([process, 'ok', 'enqueue', (round * 5 + process * 3) % 4])
  }
  for (let i = 0; i < 96; i++) events.push([0, 'invoke', 'dequeue'], [0, 'ok', 'dequeue', i < 90 ? i % 4 : 9])
  return ndjson(events)
}

describe('what is said', () => {
  test('the smallest failing part, in JSON', async () => {
    const { json } = await run([file('stale.ndjson', STALE), '--model', 'register', '--json'])
    expect(json()).toMatchObject({
      version: 1, model: 'register', operations: 3, unknown: 0, failed: 0, keys: 1, reason: null,
      failure: {
        key: null, possible: ['2'], isMinimal: true, operation: { process: 2, f: 'read', value: null, result: 1, type: 'ok', line: 5 },
        linearizablePrefix: { operations: 2, events: 5 }, sentence: expect.stringContaining('it could have been 2') as unknown,
      },
    })
    // Who wrote the 1 does not matter: the 2 was there before the read began.
    expect((json()['failure'] as { smallest: unknown[] }).smallest).toMatchObject([{ f: 'write', value: 2 }, { f: 'read', result: 1 }])
  })

  test('and drawn', async () => {
    const { stdout, code } = await run([file('stale.ndjson', STALE), '--model', 'register', '--draw'])
    expect(code).toBe(1)
    expect(stdout).toContain('✗ not linearizable: register, 3 operations')
    const lanes = stdout.split('\n').filter((line) => line.startsWith('  process'))
    expect(lanes).toEqual([
      '  process 1  ├ write 2 ┤',
      '  process 2              ├ ✗ read 1 ┤',
    ])
  })

  test('the anomaly of transactions by its name', async () => {
    const skew = ndjson([[0, 'invoke', 'txn', [['r', 'x', null], ['append', 'y', 1]]], [1, 'invoke', 'txn', [['r', 'y', null], ['append', 'x', 1]]],
      [0, 'ok', 'txn', [['r', 'x', null], ['append', 'y', 1]]], [1, 'ok', 'txn', [['r', 'y', []], ['append', 'x', 1]]]])
    const { json } = await run(['-', '--model', 'list-append', '--json'], skew)
    expect(json()).toMatchObject({ verdict: 'not-linearizable', consistency: 'strict-serializable', anomalies: [{ name: 'G2', count: 1 }] })
    expect((await run(['-', '--model', 'list-append', '--draw'], skew)).stdout).toContain('✗ not strictly serializable')
  })

  test("Jepsen's EDN, with its nemesis and its independent keys", async () => {
    const { json, code } = await run([file('history.edn', `
      {:process 0, :type :invoke, :f :write, :value [1 5], :time 1, :index 0}
      {:process :nemesis, :type :info, :f :start, :value nil, :time 2, :index 1}
      {:process 1, :type :invoke, :f :read, :value [2 nil], :time 3, :index 2}
      {:process 0, :type :ok, :f :write, :value [1 5], :time 4, :index 3}
      {:process 1, :type :ok, :f :read, :value [2 nil], :time 5, :index 4}
      {:process 1, :type :invoke, :f :read, :value [1 nil], :time 6, :index 5}
      {:process 1, :type :ok, :f :read, :value [1 4], :time 7, :index 6}`), '--model', 'register', '--json'])
    expect(code).toBe(1)
    expect(json()).toMatchObject({ keys: 2, operations: 3, failure: { key: 1, operation: { line: 7 } } })
  })
})

describe('what cannot be judged ends with 7 and says what was expected', () => {
  test.each<[string, readonly string[], string, RegExp]>([
    ['no file', ['missing.ndjson', '--model', 'register'], '', /missing\.ndjson cannot be read/],
    ['no model', ['-'], '', /--model/],
    ['an unknown model', ['-', '--model', 'tree'], '', /Allowed choices are register, kv, queue, lock, counter, list-append/],
    ['no budget', ['-', '--model', 'register', '--budget-seconds', 'soon'], '', /soon is no budget in seconds/],
    ['no JSON', ['-', '--model', 'register'], '{"process": 0', /Line 1: expected an event as a JSON object/],
    ['no type', ['-', '--model', 'register'], '{"process": 0, "f": "read"}', /Line 1: expected "type" to be invoke, ok, fail or info/],
    ['a completion of nothing', ['-', '--model', 'register'], '{"process": 0, "type": "ok", "f": "read", "value": 1}', /expected an invocation of process 0/],
    ['an operation of another model', ['-', '--model', 'register'], '{"process": 0, "type": "invoke", "f": "enqueue", "value": 1}', /Line 1: expected one of read, write, cas, found enqueue 1/],
    ['a cas without a pair', ['-', '--model', 'kv'], '{"process": 0, "type": "invoke", "f": "cas", "value": 1}', /Line 1: expected the value \[from, to\] of cas/],
    ['no transaction', ['-', '--model', 'list-append'], '{"process": 0, "type": "invoke", "f": "txn", "value": [["put", 1, 2]]}', /Line 1: expected a micro-operation/],
    ['EDN that ends early', ['-', '--model', 'register'], '{:process 0, :type :invoke', /Line 1: expected }/],
  ])('%s', async (_story, argv, input, message) => {
    const { code, stdout, stderr } = await run(argv, input)
    expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
    expect(stderr).toMatch(message)
  })
})
