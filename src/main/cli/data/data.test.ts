import { Readable } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ok, utf8Encode } from '../../../core/base'
import { KEY_BYTES_MAX, ReplicatedMachine, VALUE_BYTES_MAX } from '../../../core/statemachine'
import type { Operation, OperationClient, Outcome as Exchange } from '../../../runtime/client'
import { EXIT } from '../exit-codes'
import type { Outcome } from '../outcome'
import { answered, onOneLine, type Answer } from './answer'
import { add, append, compareAndSwap, count, dequeue, enqueue, get, holder, put, remove, scan, type CarriedOut } from './carry-out'
import { parseDelta, parseName, parseSeconds, readValue } from './input'
import { lockAndRun } from './lock'
import type { Reached } from './reach'

const CLUSTER = { id: 'sandbox-1', name: 'demo' }
type Way = 'answers' | 'silent' | 'deaf'
/** The first byte of an operation. */
const OPERATE = 2

/** A cluster of one state machine. `silent` applies operations and says nothing, `deaf` hears none; sessions open and close either way. */
function cluster(state = new ReplicatedMachine()): Reached & { way: Way; sent: number; sessions(): number } {
  const run = ({ kind, payload, done }: Operation): void => {
    const isOperation = kind === 'propose' && payload[0] === OPERATE
    if (isOperation) reached.sent += 1
    const outcome: Exchange = isOperation && reached.way === 'deaf' ? { kind: 'failed', code: 'no-leader', message: 'No answer came in time.' }
      : { kind: 'ok', reply: kind === 'read' ? state.query(payload) : state.apply(payload), repeated: false }
    setImmediate(() => { done(isOperation && reached.way === 'silent' ? { kind: 'unknown', message: 'No answer came in time.' } : outcome) })
  }
  const client: OperationClient = { nowMs: () => performance.now(), run, leader: () => null, setMembers: () => undefined, outvoted: () => new Map(), close: () => undefined }
  // A count of sessions, and the sessions.
  const sessions = (): number => state.query(Uint8Array.of(8))[1] ?? -1
  const reached = { cluster: CLUSTER, client, timeoutMs: 1_000, way: 'answers' as Way, sent: 0, sessions }
  return reached
}

const value = async (carried: Promise<CarriedOut>): Promise<Answer> => {
  const result = await carried
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}
const said = async (carried: Promise<CarriedOut>): Promise<string> => {
  const { outcome, text } = await value(carried)
  return `${outcome}: ${text}`
}

describe('what the members are asked', () => {
  test('a key from nothing to nothing', async () => {
    const demo = cluster()
    expect(await said(get(demo, 'k'))).toBe('not-found: k holds nothing.')
    expect(await said(compareAndSwap(demo, 'k', null, utf8Encode('a')))).toBe('done: k was written.')
    expect(await said(compareAndSwap(demo, 'k', null, utf8Encode('b')))).toBe('mismatch: k holds something already; nothing was changed.')
    expect(await said(compareAndSwap(demo, 'k', 'b', utf8Encode('c')))).toBe('mismatch: k holds something else; nothing was changed.')
    expect(await said(compareAndSwap(demo, 'k', 'a', utf8Encode('b')))).toBe('done: k was written.')
    expect(await said(append(demo, 'k', utf8Encode('c')))).toBe('done: k was appended to.')
    expect(await said(get(demo, 'k'))).toBe('done: bc')
    expect(await said(append(demo, 'k', new Uint8Array(VALUE_BYTES_MAX)))).toBe('limit-reached: k would become too large; nothing was changed.')
    expect(await said(remove(demo, 'k'))).toBe('done: k was deleted.')
    expect(await said(remove(demo, 'k'))).toBe('not-found: k held nothing.')
  })

  test('queues and counters', async () => {
    const demo = cluster()
    await value(enqueue(demo, 'q', utf8Encode('one')))
    await value(enqueue(demo, 'q', utf8Encode('two')))
    expect([await said(dequeue(demo, 'q')), await said(dequeue(demo, 'q')), await said(dequeue(demo, 'q'))]).toEqual(['done: one', 'done: two', 'not-found: q is empty.'])
    expect([await said(count(demo, 'c')), await said(add(demo, 'c', 5)), await said(add(demo, 'c', -7)), await said(count(demo, 'c'))]).toEqual(['done: 0', 'done: 5', 'done: -2', 'done: -2'])
    expect(await said(add(demo, 'c', Number.MIN_SAFE_INTEGER))).toBe('limit-reached: c would pass the largest number; nothing was changed.')
  })

  test('a scan goes on behind an answer that was full, up to the limit, and says whether there is more', async () => {
    const demo = cluster()
    const large = 'x'.repeat(VALUE_BYTES_MAX * 0.6)
    for (const key of ['a', 'k/1', 'k/2', 'k/3']) await value(put(demo, key, utf8Encode(large)))
    const keysOf = ({ fields }: Answer) => (fields?.['pairs'] as readonly { key: string }[]).map(({ key }) => key)
    const all = await value(scan(demo, '', 'k/', 10))
    expect([keysOf(all), all.fields?.['more'], all.remark]).toEqual([['k/1', 'k/2', 'k/3'], false, undefined])
    const some = await value(scan(demo, 'k/2', '', 1))
    expect([keysOf(some), some.fields?.['more'], some.remark]).toEqual([['k/2'], true, 'There are more after k/2; see --limit.'])
    expect(await said(scan(demo, 'z', '', 1))).toBe('done: Nothing is there.')
  })

  test('no session is left behind, and one whose fate nobody knows is left to end by itself', async () => {
    const demo = cluster()
    await value(put(demo, 'k', utf8Encode('a')))
    await value(remove(demo, 'nothing'))
    expect(demo.sessions()).toBe(0)
    demo.way = 'silent'
    await value(put(demo, 'k', utf8Encode('b')))
    expect(demo.sessions()).toBe(1)
  })
})

describe('an answer that did not come', () => {
  test.each([
    ['put', (demo: Reached) => put(demo, 'k', utf8Encode('a')), 'whether k was written', { key: 'k' }],
    ['dequeue', (demo: Reached) => dequeue(demo, 'q'), 'whether a value was taken out of q', { queue: 'q' }],
    ['add', (demo: Reached) => add(demo, 'c', 1), 'whether c was added to', { counter: 'c' }],
  ])('of %s is unknown, never done or refused, and is not sent again', async (command, work, words, about) => {
    const demo = cluster()
    demo.way = 'silent'
    const answer = await value(work(demo))
    expect(answer).toMatchObject({ outcome: 'unknown', text: expect.stringContaining(words) as unknown, hint: expect.any(String) as unknown, fields: about })
    expect(demo.sent).toBe(1)
    expect(answered({ command, cluster: CLUSTER }, answer, false)).toMatchObject({ exitCode: EXIT.unknownOutcome, stderr: expect.stringContaining('What to do') as unknown })
  })

  test('of what was certainly not done is a failure that says so', async () => {
    const demo = cluster()
    demo.way = 'deaf'
    expect(await put(demo, 'k', utf8Encode('a'))).toMatchObject({ ok: false, error: { code: 'unreachable', message: expect.stringContaining('Nothing was changed') as unknown } })
  })
})

describe('what is printed', () => {
  const asked = { command: 'get', cluster: CLUSTER }
  const json = (outcome: Outcome): unknown => JSON.parse(outcome.stdout ?? '')

  test('for people: what is done on standard output, what is not on standard error', () => {
    expect(answered(asked, { outcome: 'done', text: 'hello' }, false)).toEqual({ exitCode: 0, stdout: 'hello\n' })
    expect(answered(asked, { outcome: 'not-found', text: 'k holds nothing.' }, false)).toEqual({ exitCode: 1, stderr: '✗ k holds nothing.\n' })
  })

  test('for programs: one document, whatever came of it', () => {
    const told = { version: 1, cluster: CLUSTER, command: 'get' }
    expect(json(answered(asked, { outcome: 'done', text: 'x', fields: { key: 'k', value: 'x' } }, true))).toEqual({ ...told, outcome: 'done', key: 'k', value: 'x' })
    expect(json(answered(asked, { outcome: 'mismatch', text: 'No.', fields: { key: 'k' } }, true))).toEqual({ ...told, outcome: 'mismatch', key: 'k', message: 'No.' })
    expect(answered(asked, { outcome: 'unknown', text: 'Who knows.' }, true)).toMatchObject({ exitCode: 8, stderr: '✗ Who knows.\n' })
  })

  test('bytes that are no text', async () => {
    const demo = cluster()
    await value(put(demo, 'k', Uint8Array.of(0xff, 0)))
    expect(await value(get(demo, 'k'))).toMatchObject({ text: '<2 bytes that are no text; --json prints them as base64>', fields: { value: null, base64: '/wA=' } })
  })

  test('a value in a row keeps to its line', () => {
    expect(onOneLine('a\nb\u001b[31m\u2028 ünï 🎉')).toBe('a\\nb\\u001b[31m\\u2028 ünï 🎉')
  })
})

describe('what is typed', () => {
  test('names, times and numbers', () => {
    expect([parseName('k', 'key'), parseSeconds('2.5', 10), parseSeconds('0', 10), parseDelta('-5'), parseDelta('+5')]).toEqual([ok('k'), ok(2_500), ok(0), ok(-5), ok(5)])
    for (const wrong of [parseName('', 'key'), parseName('ü'.repeat(KEY_BYTES_MAX / 2 + 1), 'lock'), parseSeconds('soon', 10), parseSeconds('11', 10), parseSeconds('-1', 10), parseDelta('1.5'), parseDelta('9007199254740992')]) {
      expect(wrong).toMatchObject({ ok: false, error: { code: 'usage', hint: expect.any(String) as unknown } })
    }
  })

  test('values, and standard input for -', async () => {
    const from = (...parts: readonly Uint8Array[]) => () => Readable.from(parts)
    const none = (): never => { throw new Error('standard input is not read') }
    expect(await readValue('grüß dich', none)).toEqual(ok(utf8Encode('grüß dich')))
    // A character that arrives in two parts is one.
    expect(await readValue('-', from(Uint8Array.of(0xc3), Uint8Array.of(0xbc, 0x0a)))).toEqual(ok(utf8Encode('ü\n')))
    expect(await readValue('-', from(Uint8Array.of(0xff)))).toMatchObject({ ok: false, error: { code: 'usage' } })
    expect(await readValue('-', from(new Uint8Array(VALUE_BYTES_MAX), Uint8Array.of(1)))).toMatchObject({ ok: false, error: { code: 'usage' } })
  })
})

describe('a command under a lock', () => {
  function under(demo: Reached, script: string, more: { waitMs?: number } = {}) {
    const told: string[] = []
    const command = [process.execPath, '-e', script]
    return { told, ended: lockAndRun(demo, { lock: 'l', waitMs: more.waitMs ?? null, command, say: (text) => { told.push(text) }, environment: process.env }) }
  }
  const EXIT_WITH_TOKEN = 'process.exit(40 + Number(process.env.QUORATE_FENCING_TOKEN))'

  test('is given the token, ends as it ends, and leaves the lock free; the next token is greater', async () => {
    const demo = cluster()
    expect(await under(demo, EXIT_WITH_TOKEN).ended).toEqual({ exitCode: 41 })
    expect(await said(holder(demo, 'l'))).toBe('not-found: l is free.')
    expect(await under(demo, EXIT_WITH_TOKEN).ended).toEqual({ exitCode: 42 })
    expect(await under(demo, 'process.kill(process.pid, "SIGKILL")').ended).toEqual({ exitCode: 137 })
    expect(demo.sessions()).toBe(0)
  })

  test('is not run while another has the lock; with --wait it is, once that is over', async () => {
    const demo = cluster()
    const first = under(demo, 'setInterval(() => {}, 1000)')
    await expect.poll(() => said(holder(demo, 'l'))).toMatch(/^done: l is held by client [0-9a-f]{16}, fencing token 1; 0 waiting/)
    expect(await under(demo, EXIT_WITH_TOKEN).ended).toMatchObject({ exitCode: EXIT.refused, stderr: expect.stringContaining('the command was not run') as unknown })
    expect(await under(demo, EXIT_WITH_TOKEN, { waitMs: 50 }).ended).toMatchObject({ exitCode: EXIT.refused, stderr: expect.stringContaining('still held') as unknown })
    const next = under(demo, EXIT_WITH_TOKEN, { waitMs: 20_000 })
    await expect.poll(() => said(holder(demo, 'l'))).toContain('1 waiting')
    // A real signal would reach both, and this test.
    const listeners = process.listeners('SIGTERM')
    onTestFinished(() => { expect(process.listenerCount('SIGTERM')).toBe(listeners.length - 2) })
    listeners.at(-2)?.('SIGTERM')
    expect(await first.ended).toEqual({ exitCode: 143 })
    expect(await next.ended).toEqual({ exitCode: 42 })
    expect([next.told, demo.sessions()]).toEqual([['… l is held by another client; waiting as number 1\n'], 0])
  })

  test('that cannot be run, or whose lock nobody granted', async () => {
    const demo = cluster()
    expect(await lockAndRun(demo, { lock: 'l', waitMs: null, command: ['no-such-command-here'], say: () => undefined, environment: process.env })).toMatchObject({ exitCode: 127 })
    demo.way = 'silent'
    expect(await under(demo, EXIT_WITH_TOKEN).ended).toMatchObject({ exitCode: EXIT.unreachable, stderr: expect.stringContaining('The command was not run') as unknown })
    expect([await said(holder(demo, 'l')), demo.sessions()]).toEqual(['not-found: l is free.', 0])
  })
})
