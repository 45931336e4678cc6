import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fail, ok } from '../../../core/base'
import { call, stream } from '../../../contract/define'
import type { Channel, ClientMessage, ServerMessage } from '../../../contract/wire'
import type { Handlers, StreamSink } from './handlers'
import { channelPair } from './pair'
import { serveChannel } from './serve-channel'

const contract = {
  'note.add': call<{ length: number }>()(v.object({ text: v.pipe(v.string(), v.maxLength(100)) }), ['full']),
  'note.hang': call<null>()(v.object({}), []),
  'note.burst': call<null>()(v.object({ password: v.string() }), []),
  'note.latest': stream<number>()(v.object({}), { policy: 'coalesce', itemsMax: 2 }),
  'note.lines': stream<number>()(v.object({}), { policy: 'drop-oldest', itemsMax: 3 }),
} as const

let client: Channel
let server: Channel
let received: ServerMessage[]
let logged: string[]
let sink: StreamSink<number>
let released: number
let hungSignal: AbortSignal | null

const handlers: Handlers<typeof contract> = {
  'note.add': ({ text }) => (text === 'full' ? fail('full', 'No room is left.') : ok({ length: text.length })),
  'note.hang': async (_input, { signal }) => {
    hungSignal = signal
    await new Promise(() => {})
    return ok(null)
  },
  'note.burst': ({ password }) => {
    throw new Error(`cannot use ${password}`)
  },
  'note.latest': (_input, given) => {
    sink = given
    return ok(() => void (released += 1))
  },
  'note.lines': (_input, given) => {
    sink = given
    return ok(() => void (released += 1))
  },
}

const say = (message: ClientMessage | Record<string, unknown>): void => client.post(message)
const heard = async (count: number): Promise<readonly ServerMessage[]> => {
  await vi.waitFor(() => expect(received.length).toBeGreaterThanOrEqual(count), { interval: 1 })
  return received
}
const serve = (limits = {}): void => {
  ;[client, server] = channelPair()
  client.onMessage((message) => received.push(message as ServerMessage))
  serveChannel(server, contract, handlers, { log: { error: (text) => logged.push(text), warn: (text) => logged.push(text) }, limits })
}

beforeEach(() => {
  received = []
  logged = []
  released = 0
  hungSignal = null
  serve()
})
afterEach(() => client.close())

describe('calls', () => {
  it('answer with the value, or with the error of the contract', async () => {
    say({ t: 'call', id: 1, name: 'note.add', input: { text: 'abc' } })
    say({ t: 'call', id: 2, name: 'note.add', input: { text: 'full' } })
    expect(await heard(2)).toEqual([
      { t: 'ok', id: 1, value: { length: 3 } },
      { t: 'error', id: 2, error: { code: 'full', message: 'No room is left.' } },
    ])
  })

  it('refuse input that does not fit the schema without repeating it', async () => {
    say({ t: 'call', id: 1, name: 'note.add', input: { text: 42_4242 } })
    say({ t: 'call', id: 2, name: 'note.add', input: { text: 'x'.repeat(5_000_000) } })
    say({ t: 'call', id: 3, name: '__proto__', input: {} })
    const answers = await heard(3)
    expect(answers.map((each) => (each.t === 'error' ? each.error.code : each.t))).toEqual(['invalid-input', 'too-large', 'not-found'])
    expect(JSON.stringify(answers)).not.toContain('4242')
  })

  it('are cancelled by the caller, by time and by the end of the connection', async () => {
    say({ t: 'call', id: 1, name: 'note.hang', input: {} })
    await vi.waitFor(() => expect(hungSignal).not.toBeNull())
    say({ t: 'cancel', id: 1 })
    expect((await heard(1))[0]).toMatchObject({ t: 'error', id: 1, error: { code: 'cancelled' } })
    expect(hungSignal?.aborted).toBe(true)
    serve({ callTimeoutMs: 5 })
    say({ t: 'call', id: 2, name: 'note.hang', input: {} })
    expect((await heard(2))[1]).toMatchObject({ t: 'error', id: 2, error: { code: 'cancelled' } })
    serve()
    hungSignal = null
    say({ t: 'call', id: 3, name: 'note.hang', input: {} })
    await vi.waitFor(() => expect(hungSignal).not.toBeNull())
    client.close()
    await vi.waitFor(() => expect(hungSignal?.aborted).toBe(true))
  })

  it('turn an unexpected exception into `internal` with a log id, and keep what was sent out of the log', async () => {
    say({ t: 'call', id: 1, name: 'note.burst', input: { password: 'hunter2hunter2' } })
    const [answer] = await heard(1)
    expect(answer).toMatchObject({ t: 'error', error: { code: 'internal' } })
    const logId = /under (\S+)\./.exec(JSON.stringify(answer))?.[1]
    expect(logged.join('\n')).toContain(logId)
    expect(logged.join('\n') + JSON.stringify(answer)).not.toContain('hunter2')
  })

  it('have a limit on how many are under way', async () => {
    serve({ callsInFlightMax: 2 })
    for (const id of [1, 2, 3]) say({ t: 'call', id, name: 'note.hang', input: {} })
    expect((await heard(1))[0]).toMatchObject({ t: 'error', id: 3, error: { code: 'too-large' } })
  })

  it('close the connection of a peer that does not speak the protocol', async () => {
    serve({ malformedMax: 3 })
    const closed = vi.fn()
    client.onClose(closed)
    for (let i = 0; i < 10; i++) say({ nonsense: i })
    await vi.waitFor(() => expect(closed).toHaveBeenCalled())
  })
})

describe('streams', () => {
  it('coalesce by key and wait for the receiver', async () => {
    serve({ streamItemsInFlightMax: 1 })
    say({ t: 'open', id: 7, name: 'note.latest', input: {} })
    await vi.waitFor(() => expect(sink).toBeDefined())
    sink.push(0, 'a')
    for (let i = 1; i <= 50; i++) sink.push(i, i % 2 ? 'a' : 'b')
    expect(await heard(1)).toEqual([{ t: 'item', id: 7, payload: 0 }])
    say({ t: 'took', id: 7, items: 1 })
    expect((await heard(2))[1]).toEqual({ t: 'item', id: 7, payload: 49 })
    say({ t: 'took', id: 7, items: 1 })
    expect((await heard(3))[2]).toEqual({ t: 'item', id: 7, payload: 50 })
  })

  it('drop the oldest and count them', async () => {
    serve({ streamItemsInFlightMax: 1 })
    say({ t: 'open', id: 7, name: 'note.lines', input: {} })
    await vi.waitFor(() => expect(sink).toBeDefined())
    for (let i = 0; i <= 10; i++) sink.push(i)
    await heard(1)
    say({ t: 'took', id: 7, items: 1 })
    expect((await heard(2))[1]).toEqual({ t: 'item', id: 7, payload: 8, dropped: 7 })
  })

  it('release what they hold once, whoever ends them', async () => {
    say({ t: 'open', id: 1, name: 'note.lines', input: {} })
    say({ t: 'close', id: 1 })
    await vi.waitFor(() => expect(released).toBe(1))
    say({ t: 'open', id: 2, name: 'note.lines', input: {} })
    await new Promise((resolve) => setImmediate(resolve))
    sink.end({ code: 'not-found', message: 'It is gone.' })
    sink.end()
    expect((await heard(1)).at(-1)).toMatchObject({ t: 'end', id: 2, error: { code: 'not-found' } })
    expect(released).toBe(2)
    say({ t: 'open', id: 3, name: 'note.lines', input: {} })
    await new Promise((resolve) => setImmediate(resolve))
    client.close()
    await vi.waitFor(() => expect(released).toBe(3))
  })
})
