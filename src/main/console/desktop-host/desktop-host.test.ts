import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { FromAgent } from '../../../contract/agent'
import type { ToHost } from '../../../contract/host'
import { hostConnection, hostProcesses, hostSecrets, type ParentPort, type Port } from './index'

class FakePort implements Port {
  readonly posted: unknown[] = []
  started = false
  closed = false
  private readonly listeners: ((event: { readonly data: unknown }) => void)[] = []
  postMessage(message: unknown): void {
    this.posted.push(message)
  }
  on(event: string, listener: (event: { readonly data: unknown }) => void): void {
    if (event === 'message') this.listeners.push(listener)
  }
  start(): void {
    this.started = true
  }
  close(): void {
    this.closed = true
  }
  say(data: unknown): void {
    for (const listener of this.listeners) listener({ data })
  }
}

let posted: ToHost[]
let tell: (data: unknown, ports?: readonly Port[]) => void
let logged: string[]
let host: ReturnType<typeof hostConnection>
const log = { warn: (text: string) => void logged.push(text), error: (text: string) => void logged.push(text) }

beforeEach(() => {
  posted = []
  logged = []
  const listeners: ((event: { data: unknown; ports: readonly Port[] }) => void)[] = []
  const parent: ParentPort = { postMessage: (message) => void posted.push(message as ToHost), on: (_event, listener) => void listeners.push(listener) }
  tell = (data, ports = []) => listeners.forEach((listener) => listener({ data, ports }))
  host = hostConnection(parent, log)
})

const parse = (message: unknown): FromAgent | null => (typeof message === 'object' ? (message as FromAgent) : null)

describe('processes of the host', () => {
  it('are asked for, spoken to over their own port, and end once', async () => {
    const processes = hostProcesses({ host, parse, log })
    const forking = processes.fork('c/n1')
    expect(posted).toEqual([{ kind: 'fork-agent', id: 1, name: 'c/n1' }])
    const port = new FakePort()
    tell({ kind: 'forked', id: 1, pid: process.pid }, [port])
    const forked = await forking
    if (!forked.ok) throw new Error(forked.error.message)
    const heard: FromAgent[] = []
    const exits = vi.fn()
    forked.value.onMessage((message) => void heard.push(message))
    forked.value.onExit(exits)
    expect(port.started).toBe(true)
    port.say({ kind: 'changed' })
    port.say('nonsense')
    expect(heard).toEqual([{ kind: 'changed' }])
    expect(logged).toHaveLength(1)
    tell({ kind: 'agent-exit', id: 1, exitCode: 9 })
    tell({ kind: 'agent-exit', id: 1, exitCode: 0 })
    expect(exits.mock.calls).toEqual([[{ code: null, signal: 'SIGKILL' }]])
    expect(port.closed).toBe(true)
    forked.value.post({ kind: 'stop' })
    expect(port.posted).toEqual([])
    expect(forked.value.kill('SIGKILL')).toBe(false)
  })

  it('that cannot be forked, or are gone before they come, are failures', async () => {
    const processes = hostProcesses({ host, parse, log })
    const refused = processes.fork('a')
    const early = processes.fork('b')
    tell({ kind: 'fork-failed', id: 1, message: 'no memory' })
    tell({ kind: 'agent-exit', id: 2, exitCode: 1 })
    expect(await refused).toMatchObject({ ok: false, error: { code: 'start-failed' } })
    expect(await early).toMatchObject({ ok: false, error: { code: 'start-failed' } })
    const late = new FakePort()
    tell({ kind: 'forked', id: 2, pid: 1 }, [late])
    expect(late.closed).toBe(true)
  })

  it('are not waited for forever', async () => {
    vi.useFakeTimers()
    const forking = hostProcesses({ host, parse, log }).fork('slow')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await forking).toMatchObject({ error: { code: 'start-failed' } })
    vi.useRealTimers()
  })
})

describe('secrets of the host', () => {
  it('are answered by number, in any order', async () => {
    const secrets = hostSecrets(host)
    const [first, second] = [secrets.seal('a'), secrets.unseal('b')]
    tell({ kind: 'unsealed', id: 2, text: null })
    tell({ kind: 'sealed', id: 1, sealed: 'AAA' })
    expect([await first, await second]).toEqual(['AAA', null])
  })
})

it('listens to nothing that is not of the protocol', () => {
  const heard = vi.fn()
  host.onMessage(heard)
  for (const message of [null, 1, {}, { kind: 'configure' }, { kind: 'forked', id: '1', pid: 2 }]) tell(message)
  expect(heard).not.toHaveBeenCalled()
  expect(logged).toHaveLength(5)
})
