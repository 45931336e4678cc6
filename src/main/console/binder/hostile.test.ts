import fc from 'fast-check'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { ok } from '../../../core/base'
import { consoleContract } from '../../../contract/console'
import type { ServerMessage } from '../../../contract/wire'
import type { Handlers } from './handlers'
import { fitsWithin } from './measure'
import { channelPair } from './pair'
import { BINDER_LIMITS, serveChannel } from './serve-channel'

const PAYLOADS_PER_CALL = 1_000

const cyclic = (): unknown => {
  const circle: Record<string, unknown> = { clusterId: 'a', nodeId: 'n1' }
  circle['fault'] = circle
  circle['groups'] = [circle, [circle]]
  return circle
}
const polluting = (): unknown => JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"name":"a","nodes":3}')
const FIELDS = ['clusterId', 'nodeId', 'name', 'fault', 'settings', 'filter', 'target', 'metrics', 'atMs', 'fromMs', 'toMs', 'limit', '__proto__', 'constructor', 'toString']
const HUGE: readonly unknown[] = [{ name: 'y'.repeat(5 * 1024 * 1024) }, new Array(200_000)]
/** Copying these takes long: one call gets them. */
const HUGEST: readonly unknown[] = ['x'.repeat(50 * 1024 * 1024), new Array(5_000_000)]
const SPECIAL: readonly (() => unknown)[] = [
  cyclic, polluting,
  () => new Map([[cyclic(), 1]]), () => new Set([Number.NaN]), () => new Date(Number.NaN), () => new Uint8Array(64), () => /a+/,
  () => -0, () => Number.NaN, () => Infinity, () => 2n ** 80n, () => null, () => undefined, () => [], () => '__proto__', () => new Error('remote'),
]
const payload = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...SPECIAL).map((make) => make()) },
  { weight: 4, arbitrary: fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withNullPrototype: true, maxDepth: 3 }) },
  { weight: 5, arbitrary: fc.dictionary(fc.constantFrom(...FIELDS), fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.integer(), fc.anything({ maxDepth: 2 })), { maxKeys: 6 }) },
)

const unhandled = vi.fn()
beforeAll(() => void process.on('unhandledRejection', unhandled))
afterAll(() => void process.off('unhandledRejection', unhandled))

it('survives hostile payloads on every call and stream, and lets only parsed input through', { timeout: 120_000 }, async () => {
  const names = Object.keys(consoleContract) as (keyof typeof consoleContract)[]
  const accept = (name: (typeof names)[number]) => (input: unknown) => {
    if (!v.is(consoleContract[name].input, input)) throw new Error('a handler was given input that does not fit its schema')
    return ok(consoleContract[name].kind === 'call' ? null : () => {})
  }
  const handlers = Object.fromEntries(names.map((name) => [name, accept(name)])) as unknown as Handlers<typeof consoleContract>
  const [client, server] = channelPair()
  const answers = new Map<string, number>()
  let heard = 0
  const logged: string[] = []
  serveChannel(server, consoleContract, handlers, { log: { error: (text) => logged.push(text), warn: (text) => logged.push(text) }, limits: { streamsOpenMax: Infinity, callsInFlightMax: Infinity } })
  client.onMessage((message) => {
    const said = message as ServerMessage
    const code = said.t === 'error' || said.t === 'end' ? (said.error?.code ?? 'none') : said.t
    answers.set(code, (answers.get(code) ?? 0) + 1)
    heard += 1
  })
  let sent = 0
  const inputs = [...HUGE, ...fc.sample(payload, { numRuns: PAYLOADS_PER_CALL, seed: 20_241 })]
  for (const name of names) {
    const opens = consoleContract[name].kind === 'stream'
    for (const input of sent === 0 ? [...HUGEST, ...inputs] : inputs) {
      // What cannot be cloned cannot arrive; it would only end this client.
      if (!clonable(input)) continue
      sent += 1
      client.post({ t: opens ? 'open' : 'call', id: sent, name, input })
      if (opens) client.post({ t: 'close', id: sent })
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(sent).toBeGreaterThan(names.length * PAYLOADS_PER_CALL * 0.85)
  expect(logged).toEqual([])
  expect(unhandled).not.toHaveBeenCalled()
  expect(answers.get('invalid-input')).toBeGreaterThan(1_000)
  expect(answers.get('too-large')).toBeGreaterThan(10)
  expect(heard).toBeGreaterThan(sent * 0.5)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

const cloneableMemo = new WeakMap<object, boolean>()
function clonable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'symbol' && typeof value !== 'function'
  const known = cloneableMemo.get(value)
  if (known !== undefined) return known
  let result = true
  try {
    structuredClone(value)
  } catch {
    result = false
  }
  cloneableMemo.set(value, result)
  return result
}

it('survives anything in place of an envelope', () => {
  const [client, server] = channelPair()
  const logged: string[] = []
  const handlers = {} as unknown as Handlers<typeof consoleContract>
  serveChannel(server, consoleContract, handlers, { log: { error: (text) => logged.push(text), warn: () => {} } })
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withMap: true }), (anything) => {
      if (clonable(anything)) client.post(anything)
    }),
    { numRuns: PAYLOADS_PER_CALL, seed: 7 },
  )
  expect(logged).toEqual([])
})

it('measures without walking far past the limit', () => {
  const limits = { bytesMax: BINDER_LIMITS.messageBytesMax, itemsMax: BINDER_LIMITS.messageItemsMax }
  expect(fitsWithin(cyclic(), limits)).toBe(true)
  expect(fitsWithin('x'.repeat(limits.bytesMax + 1), limits)).toBe(false)
  expect(fitsWithin(new Array(4_000_000_000), limits)).toBe(false)
  expect(fitsWithin(Array.from({ length: 200_000 }, (_, i) => i), limits)).toBe(false)
  let deep: unknown = 1
  for (let i = 0; i < 50_000; i++) deep = [deep]
  expect(fitsWithin(deep, limits)).toBe(true)
})
