import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fail, ok, type Result } from '../../../core/base'
import type { Channel, ClientMessage, ServerMessage } from '../../../contract/wire'
import { channelPair } from './channels/pair'
import { createConsoleClient, type ConsoleClient } from './client'

/** The far end of each connection: what it was told, and a way to answer. */
interface FarEnd {
  readonly told: ClientMessage[]
  answer(message: ServerMessage): void
  drop(): void
}
function farEnd(channel: Channel): FarEnd {
  const told: ClientMessage[] = []
  channel.onMessage((message) => told.push(message as ClientMessage))
  return { told, answer: (message) => channel.post(message), drop: () => channel.close() }
}
const settle = async (): Promise<void> => void (await vi.advanceTimersByTimeAsync(0))

describe('the console client', () => {
  let ends: FarEnd[] = []
  let reachable = true
  let client: ConsoleClient
  const connector = async (): Promise<Result<Channel>> => {
    if (!reachable) return fail('disconnected', 'nobody there')
    const [near, far] = channelPair()
    ends.push(farEnd(far))
    return ok(near)
  }
  beforeEach(() => {
    vi.useFakeTimers()
    ends = []
    reachable = true
    client = createConsoleClient(connector)
  })
  afterEach(() => {
    client.close()
    vi.useRealTimers()
  })
  const last = (): FarEnd => ends.at(-1) as FarEnd

  it('gives the answer to the call that asked, whatever the order', async () => {
    const first = client.call('clusters.list', {})
    const second = client.call('system.settings', {})
    await settle()
    const [a, b] = last().told
    last().answer({ t: 'error', id: b?.id ?? 0, error: { code: 'internal', message: 'no' } })
    last().answer({ t: 'ok', id: a?.id ?? 0, value: [] })
    expect(await first).toEqual({ ok: true, value: [] })
    expect(await second).toMatchObject({ ok: false, error: { code: 'internal' } })
  })

  it('keeps calls made before there is a connection', async () => {
    reachable = false
    const late = createConsoleClient(connector)
    const call = late.call('clusters.list', {})
    await settle()
    expect(late.state).toBe('connecting')
    reachable = true
    await vi.advanceTimersByTimeAsync(1_000)
    last().answer({ t: 'ok', id: last().told[0]?.id ?? 0, value: [] })
    expect(await call).toEqual({ ok: true, value: [] })
    late.close()
  })

  it('ends a call that was sent when the connection is lost, and says that its outcome is not known', async () => {
    await settle()
    const call = client.call('clusters.mark', { clusterId: 'c1', critical: true })
    await settle()
    last().drop()
    await settle()
    expect(await call).toMatchObject({ ok: false, error: { code: 'disconnected', hint: 'It is not known whether the request took effect.' } })
    expect(client.state).toBe('reconnecting')
  })

  it('opens streams again after a lost connection, and hears the new one only', async () => {
    const seen: number[] = []
    client.open('clusters.watch', {}, (list) => seen.push(list.length))
    await settle()
    const before = last().told.find((message) => message.t === 'open')
    last().drop()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(ends).toHaveLength(2)
    const after = last().told.find((message) => message.t === 'open')
    expect(after?.id).not.toBe(before?.id)
    last().answer({ t: 'item', id: before?.id ?? 0, payload: [1, 2, 3] })
    last().answer({ t: 'item', id: after?.id ?? 0, payload: [1] })
    await settle()
    expect(seen).toEqual([1])
    expect(last().told.at(-1)).toEqual({ t: 'took', id: after?.id, items: 1 })
  })

  it('closes a stream by its present number', async () => {
    const close = client.open('clusters.watch', {}, () => undefined)
    await settle()
    last().drop()
    await vi.advanceTimersByTimeAsync(1_000)
    close()
    await settle()
    const opened = last().told.find((message) => message.t === 'open')
    expect(last().told.at(-1)).toEqual({ t: 'close', id: opened?.id })
  })

  it('is disconnected once it has tried for long, goes on trying, and comes back', async () => {
    await settle()
    reachable = false
    last().drop()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(client.state).toBe('disconnected')
    expect(client.failure?.message).toBe('nobody there')
    reachable = true
    client.retry()
    await settle()
    expect(client.state).toBe('connected')
    expect(client.failure).toBeNull()
  })

  it('ends a call that gets no answer in its time, and tells the other side', async () => {
    await settle()
    const call = client.call('clusters.list', {}, { timeoutMs: 2_000 })
    await vi.advanceTimersByTimeAsync(2_000)
    expect(await call).toMatchObject({ ok: false, error: { message: 'The console did not answer within 2 s.' } })
    await settle()
    expect(last().told.at(-1)?.t).toBe('cancel')
  })

  it('cancels when asked to', async () => {
    const stop = new AbortController()
    await settle()
    const call = client.call('clusters.list', {}, { signal: stop.signal })
    stop.abort()
    expect(await call).toMatchObject({ ok: false, error: { code: 'cancelled' } })
  })

  it('takes reactive objects as input', async () => {
    const name = new Proxy({ clusterId: 'c1', name: 'new' }, {})
    void client.call('clusters.rename', name)
    await settle()
    expect(last().told[0]).toMatchObject({ t: 'call', name: 'clusters.rename', input: { clusterId: 'c1', name: 'new' } })
  })
})
