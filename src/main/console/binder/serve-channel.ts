/** Serves a contract on one channel until it closes. */
import * as v from 'valibot'
import type { Failure, Result } from '../../../core/base'
import { fail } from '../../../core/base'
import type { CallDefinition, CommonErrorCode, Contract, StreamDefinition } from '../../../contract/define'
import type { Channel, ClientMessage, ServerMessage } from '../../../contract/wire'
import { WIRE_LIMITS } from '../../../contract/wire'
import type { CallContext, Handlers, StreamSink } from './handlers'
import { fitsWithin } from './measure'
import { redact } from './redact'
import { createStreamQueue, type StreamQueue } from './stream-queue'

export interface BinderLimits {
  readonly messageBytesMax: number
  readonly messageItemsMax: number
  readonly callsInFlightMax: number
  readonly streamsOpenMax: number
  readonly callTimeoutMs: number
  readonly streamItemsInFlightMax: number
  /** Messages that are no envelope at all, after which the connection is closed. */
  readonly malformedMax: number
}

export const BINDER_LIMITS: BinderLimits = { ...WIRE_LIMITS, messageItemsMax: 100_000, malformedMax: 64 }

export interface BinderOptions {
  readonly log: { error(text: string): void; warn(text: string): void }
  readonly limits?: Partial<BinderLimits>
}

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const name = v.pipe(v.string(), v.maxLength(64))
const envelopeSchema = v.variant('t', [
  v.object({ t: v.literal('call'), id, name, input: v.unknown() }),
  v.object({ t: v.literal('open'), id, name, input: v.unknown() }),
  v.object({ t: v.literal('cancel'), id }),
  v.object({ t: v.literal('close'), id }),
  v.object({ t: v.literal('took'), id, items: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) }),
])

type LooseCall = (input: unknown, context: CallContext) => Result<unknown> | Promise<Result<unknown>>
type LooseStream = (input: unknown, sink: StreamSink<unknown>) => Result<() => void> | Promise<Result<() => void>>
interface OpenStream {
  readonly queue: StreamQueue
  ended: boolean
  release: (() => void) | null
}

let logSequence = 0

/** Answers every call and stream of `contract` on `channel`. Returns at once; ends with the channel. */
export function serveChannel<C extends Contract>(channel: Channel, contract: C, handlers: Handlers<C>, options: BinderOptions): void {
  const connection = new Connection(channel, new Map(Object.entries(contract)), new Map(Object.entries(handlers)), options)
  channel.onClose(() => connection.end())
  channel.onMessage((message) => connection.receive(message))
}

class Connection {
  private readonly calls = new Map<number, AbortController>()
  private readonly streams = new Map<number, OpenStream>()
  private readonly limits: BinderLimits
  private malformed = 0
  private readonly channel: Channel
  private readonly definitions: ReadonlyMap<string, CallDefinition | StreamDefinition>
  private readonly handlers: ReadonlyMap<string, unknown>
  private readonly log: BinderOptions['log']

  constructor(
    channel: Channel,
    definitions: ReadonlyMap<string, CallDefinition | StreamDefinition>,
    handlers: ReadonlyMap<string, unknown>,
    options: BinderOptions,
  ) {
    this.channel = channel
    this.definitions = definitions
    this.handlers = handlers
    this.log = options.log
    this.limits = { ...BINDER_LIMITS, ...options.limits }
  }

  receive(message: unknown): void {
    const fits = fitsWithin(message, { bytesMax: this.limits.messageBytesMax, itemsMax: this.limits.messageItemsMax })
    const envelope = v.safeParse(envelopeSchema, message, { abortEarly: true })
    if (!envelope.success) return this.countMalformed()
    const parsed: ClientMessage = envelope.output
    if (parsed.t === 'call') {
      if (this.calls.has(parsed.id)) return this.countMalformed()
      void this.call(parsed.id, parsed.name, parsed.input, fits)
    } else if (parsed.t === 'open') {
      if (this.streams.has(parsed.id)) return this.countMalformed()
      void this.open(parsed.id, parsed.name, parsed.input, fits)
    } else if (parsed.t === 'cancel') this.calls.get(parsed.id)?.abort()
    else if (parsed.t === 'close') this.closeStream(parsed.id)
    else this.streams.get(parsed.id)?.queue.took(parsed.items)
  }

  end(): void {
    for (const controller of this.calls.values()) controller.abort()
    this.calls.clear()
    for (const each of [...this.streams.keys()]) this.closeStream(each)
  }

  private countMalformed(): void {
    this.malformed += 1
    if (this.malformed <= this.limits.malformedMax) return
    this.log.warn('A connection was closed: it kept sending messages that are not part of the protocol.')
    this.end()
    this.channel.close()
  }

  private send(message: ServerMessage): void {
    this.channel.post(message)
  }

  private parse(kind: 'call' | 'stream', called: string, input: unknown, fits: boolean): Result<{ definition: CallDefinition | StreamDefinition; input: unknown }> {
    const definition = this.definitions.get(called)
    if (definition?.kind !== kind) return failure('not-found', `There is no ${kind} of this name.`)
    if (!fits) return failure('too-large', `The input of ${called} is too large.`)
    const parsed = v.safeParse(definition.input, input, { abortEarly: true })
    if (parsed.success) return { ok: true, value: { definition, input: parsed.output } }
    // Only the place is told: what stood there may be a secret.
    const place = v.getDotPath(parsed.issues[0])
    return failure('invalid-input', `The input of ${called} is not valid${place ? ` at "${place.slice(0, 80)}"` : ''}.`)
  }

  private async call(callId: number, called: string, input: unknown, fits: boolean): Promise<void> {
    const parsed = this.parse('call', called, input, fits)
    if (!parsed.ok) return this.send({ t: 'error', id: callId, error: parsed.error })
    if (this.calls.size >= this.limits.callsInFlightMax) {
      return this.send({ t: 'error', id: callId, error: failure('too-large', 'Too many calls are under way on this connection.').error })
    }
    const controller = new AbortController()
    this.calls.set(callId, controller)
    const answer = await this.settle(called, input, controller, () => (this.handlers.get(called) as LooseCall)(parsed.value.input, { signal: controller.signal }))
    if (this.calls.get(callId) !== controller) return // the connection ended
    this.calls.delete(callId)
    if (answer.ok) this.send({ t: 'ok', id: callId, value: answer.value ?? null })
    else this.send({ t: 'error', id: callId, error: answer.error })
  }

  /** The handler's Result; or `cancelled` as soon as the call is aborted, whether the handler notices or not. */
  private async settle(called: string, input: unknown, controller: AbortController, run: () => Result<unknown> | Promise<Result<unknown>>): Promise<Result<unknown>> {
    let tooLong = false
    const timer = setTimeout(() => {
      tooLong = true
      controller.abort()
    }, this.limits.callTimeoutMs)
    const aborted = new Promise<Result<unknown>>((resolve) => {
      controller.signal.addEventListener('abort', () => {
        const seconds = Math.round(this.limits.callTimeoutMs / 1000)
        resolve(failure('cancelled', tooLong ? `${called} did not finish within ${seconds} s.` : `${called} was cancelled.`))
      }, { once: true })
    })
    const running = async (): Promise<Result<unknown>> => run()
    try {
      return await Promise.race([aborted, running().catch((error: unknown) => this.internal(called, error, input))])
    } finally {
      clearTimeout(timer)
    }
  }

  private internal(called: string, error: unknown, input: unknown): Result<never> {
    logSequence += 1
    const logId = `E${Date.now().toString(36)}-${logSequence}`
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.log.error(`${logId} ${called}: ${redact(text, input)}`)
    return failure('internal', `${called} failed unexpectedly.`, `The console's log has the details under ${logId}.`)
  }

  private async open(streamId: number, called: string, input: unknown, fits: boolean): Promise<void> {
    const parsed = this.parse('stream', called, input, fits)
    if (!parsed.ok) return this.send({ t: 'end', id: streamId, error: parsed.error })
    if (this.streams.size >= this.limits.streamsOpenMax) {
      return this.send({ t: 'end', id: streamId, error: failure('too-large', 'Too many streams are open on this connection.').error })
    }
    const definition = parsed.value.definition as StreamDefinition
    const queue = createStreamQueue({
      ...definition.queue,
      inFlightMax: this.limits.streamItemsInFlightMax,
      send: (payload, dropped) => this.send(dropped > 0 ? { t: 'item', id: streamId, payload, dropped } : { t: 'item', id: streamId, payload }),
    })
    const stream: OpenStream = { queue, ended: false, release: null }
    this.streams.set(streamId, stream)
    const sink: StreamSink<unknown> = {
      push: (payload, key = '') => queue.push(payload, key),
      end: (error) => this.endStream(streamId, stream, error),
    }
    const run = async (): Promise<Result<() => void>> => (this.handlers.get(called) as LooseStream)(parsed.value.input, sink)
    const opened = await run().catch((error: unknown) => this.internal(called, error, input))
    if (!opened.ok) return this.endStream(streamId, stream, opened.error)
    if (stream.ended) this.release(called, opened.value)
    else stream.release = () => this.release(called, opened.value)
  }

  private release(called: string, release: () => void): void {
    try {
      release()
    } catch (error) {
      this.internal(called, error, null)
    }
  }

  private endStream(streamId: number, stream: OpenStream, error?: Failure): void {
    if (stream.ended) return
    this.send(error ? { t: 'end', id: streamId, error } : { t: 'end', id: streamId })
    this.closeStream(streamId)
  }

  private closeStream(streamId: number): void {
    const stream = this.streams.get(streamId)
    if (!stream) return
    this.streams.delete(streamId)
    stream.ended = true
    stream.queue.close()
    stream.release?.()
  }
}

function failure(code: CommonErrorCode, message: string, hint?: string): { readonly ok: false; readonly error: Failure<CommonErrorCode> } {
  return fail(code, message, hint)
}
