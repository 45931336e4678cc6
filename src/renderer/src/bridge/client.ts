/**
 * The one door between the window and the console service. Calls end in a Result, always, and within their time; streams are
 * opened again by themselves after a lost connection.
 */
import { fail, type Failure, type Result } from '../../../core/base'
import type { ConsoleContract } from '../../../contract/console'
import type { CallName, CodeOf, InputOf, OutputOf, PayloadOf, StreamName } from '../../../contract/define'
import type { Channel, ClientMessage, ServerMessage } from '../../../contract/wire'
import { BRIDGE_LIMITS } from './limits'
import { plain } from './plain'

/** reconnecting: lost a moment ago · disconnected: gone for long, or never reached; it is still being tried. */
export type ConnectionState = 'connecting' | 'connected' | 'reconnecting' | 'disconnected'

/** Opens one connection. Called again after each loss. */
export type Connector = (signal: AbortSignal) => Promise<Result<Channel>>

export interface CallOptions {
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

export interface ConsoleClient {
  call<Name extends CallName<ConsoleContract>>(
    name: Name,
    input: InputOf<ConsoleContract[Name]>,
    options?: CallOptions,
  ): Promise<Result<OutputOf<ConsoleContract[Name]>, CodeOf<ConsoleContract[Name]>>>
  /** Returns the function that closes it. `dropped` counts items that were lost because this window was slow. */
  open<Name extends StreamName<ConsoleContract>>(
    name: Name,
    input: InputOf<ConsoleContract[Name]>,
    onItem: (payload: PayloadOf<ConsoleContract[Name]>, dropped: number) => void,
    onEnd?: (error: Failure | null) => void,
  ): () => void
  readonly state: ConnectionState
  /** Why there is no connection, where that is known. */
  readonly failure: Failure | null
  onState(listener: (state: ConnectionState) => void): () => void
  /** Tries now instead of at the next turn. */
  retry(): void
  close(): void
}

interface PendingCall {
  readonly name: string
  readonly input: unknown
  sent: boolean
  settle(result: Result<unknown>): void
}
interface OpenStream {
  readonly name: string
  readonly input: unknown
  readonly onItem: (payload: unknown, dropped: number) => void
  readonly onEnd: ((error: Failure | null) => void) | undefined
}

const isServerMessage = (message: unknown): message is ServerMessage =>
  typeof message === 'object' && message !== null && 't' in message && 'id' in message && typeof message.id === 'number'

class Client {
  private readonly calls = new Map<number, PendingCall>()
  private readonly streams = new Map<number, OpenStream>()
  private readonly listeners = new Set<(state: ConnectionState) => void>()
  private channel: Channel | null = null
  private nextId = 1
  private attempts = 0
  private lostAtMs: number | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private connecting: AbortController | null = null
  private closed = false
  private readonly connector: Connector
  state: ConnectionState = 'connecting'
  failure: Failure | null = null

  constructor(connector: Connector) {
    this.connector = connector
    void this.connect()
  }

  call(name: string, input: unknown, options: CallOptions = {}): Promise<Result<unknown>> {
    if (this.closed) return Promise.resolve(fail('disconnected', 'The connection to the console is closed.'))
    if (options.signal?.aborted) return Promise.resolve(fail('cancelled', 'The request was cancelled.'))
    if (this.calls.size >= BRIDGE_LIMITS.callsWaitingMax) return Promise.resolve(fail('too-large', 'Too many requests are waiting for an answer.', 'Wait a moment and try again.'))
    const id = this.nextId++
    return new Promise((resolve) => {
      const timeoutMs = options.timeoutMs ?? BRIDGE_LIMITS.callTimeoutMs
      const timer = setTimeout(() => give(fail('disconnected', `The console did not answer within ${Math.round(timeoutMs / 1000)} s.`, 'Try again.'), true), timeoutMs)
      const onAbort = (): void => give(fail('cancelled', 'The request was cancelled.'), true)
      const give = (result: Result<unknown>, cancel = false): void => {
        clearTimeout(timer)
        options.signal?.removeEventListener('abort', onAbort)
        if (!this.calls.delete(id)) return
        if (cancel && pending.sent) this.post({ t: 'cancel', id })
        resolve(result)
      }
      const pending: PendingCall = { name, input: plain(input), sent: false, settle: give }
      options.signal?.addEventListener('abort', onAbort, { once: true })
      this.calls.set(id, pending)
      this.sendCall(id, pending)
    })
  }

  open(name: string, input: unknown, onItem: OpenStream['onItem'], onEnd?: OpenStream['onEnd']): () => void {
    const id = this.nextId++
    const stream: OpenStream = { name, input: plain(input), onItem, onEnd }
    this.streams.set(id, stream)
    if (this.channel) this.post({ t: 'open', id, name, input: stream.input })
    return () => {
      const current = [...this.streams].find(([, each]) => each === stream)?.[0]
      if (current === undefined) return
      this.streams.delete(current)
      this.post({ t: 'close', id: current })
    }
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  retry(): void {
    if (this.channel || this.connecting || this.closed) return
    clearTimeout(this.timer)
    void this.connect()
  }

  close(): void {
    this.closed = true
    clearTimeout(this.timer)
    this.connecting?.abort()
    this.channel?.close()
    this.lose('disconnected')
  }

  private async connect(): Promise<void> {
    const attempt = new AbortController()
    this.connecting = attempt
    const timer = setTimeout(() => attempt.abort(), BRIDGE_LIMITS.connectTimeoutMs)
    const opened = await this.connector(attempt.signal)
    clearTimeout(timer)
    this.connecting = null
    if (this.closed) return opened.ok ? opened.value.close() : undefined
    if (!opened.ok) return this.tryLater(opened.error)
    const channel = opened.value
    this.channel = channel
    this.attempts = 0
    this.lostAtMs = null
    this.failure = null
    channel.onMessage((message) => this.receive(message))
    channel.onClose(() => this.channel === channel && this.onLost())
    this.become('connected')
    for (const [id, stream] of [...this.streams]) this.reopen(id, stream)
    for (const [id, pending] of this.calls) this.sendCall(id, pending)
  }

  /** A stream gets a new number on a new connection, so that a late item of the old one is not taken for its own. */
  private reopen(oldId: number, stream: OpenStream): void {
    this.streams.delete(oldId)
    const id = this.nextId++
    this.streams.set(id, stream)
    this.post({ t: 'open', id, name: stream.name, input: stream.input })
  }

  private onLost(): void {
    this.lose('reconnecting')
    this.tryLater(null)
  }

  private lose(state: ConnectionState): void {
    this.channel = null
    this.lostAtMs ??= Date.now()
    for (const pending of [...this.calls.values()]) {
      if (pending.sent || this.closed) pending.settle(fail('disconnected', 'The connection was lost before the answer came.', 'It is not known whether the request took effect.'))
    }
    this.become(state)
  }

  private tryLater(failure: Failure | null): void {
    this.failure = failure ?? this.failure
    this.lostAtMs ??= Date.now()
    if (Date.now() - this.lostAtMs > BRIDGE_LIMITS.reconnectingForMsMax) this.become('disconnected')
    const delayMs = Math.min(BRIDGE_LIMITS.reconnectDelayMsMax, BRIDGE_LIMITS.reconnectDelayMsMin * 2 ** Math.min(this.attempts, 10))
    this.attempts += 1
    this.timer = setTimeout(() => void this.connect(), delayMs * (0.75 + Math.random() * 0.5))
  }

  private become(state: ConnectionState): void {
    if (this.state === state) return
    this.state = state
    for (const listener of this.listeners) listener(state)
  }

  private sendCall(id: number, pending: PendingCall): void {
    if (!this.channel || pending.sent) return
    pending.sent = true
    this.post({ t: 'call', id, name: pending.name, input: pending.input })
  }

  private post(message: ClientMessage): void {
    this.channel?.post(message)
  }

  private receive(message: unknown): void {
    if (!isServerMessage(message)) return
    if (message.t === 'ok') this.calls.get(message.id)?.settle({ ok: true, value: message.value })
    else if (message.t === 'error') this.calls.get(message.id)?.settle({ ok: false, error: message.error })
    else this.receiveStream(message)
  }

  private receiveStream(message: Extract<ServerMessage, { t: 'item' | 'end' }>): void {
    const stream = this.streams.get(message.id)
    if (!stream) return
    if (message.t === 'item') {
      this.post({ t: 'took', id: message.id, items: 1 })
      stream.onItem(message.payload, message.dropped ?? 0)
      return
    }
    this.streams.delete(message.id)
    stream.onEnd?.(message.error ?? null)
  }
}

/** The service is trusted to answer as the contract says: it parsed the input, and its handlers are typed by the same contract. */
export function createConsoleClient(connector: Connector): ConsoleClient {
  return new Client(connector) as unknown as ConsoleClient
}
