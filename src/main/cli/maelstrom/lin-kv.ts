/** A linearizable key-value store: keys and values are any JSON, kept by their canonical texts. */
import { utf8Decode, utf8Encode } from '../../../core/base'
import { KEY_BYTES_MAX } from '../../../core/statemachine'
import { canonicalJson, errorBody, type Body, type Json } from './message'
import { Replica, type ReplicaOptions } from './replica'
import { StoreClient, type StoreOutcome } from './store-client'
import type { Host, OpenWorkload, Workload } from './workload'

export interface LinKvOptions extends ReplicaOptions {
  /** What a client asks is answered by then, with an error where it must be. */
  readonly requestTimeoutMs: number
}

type Answer = (reply: Body) => void

const bytesOf = (value: Json): Uint8Array => utf8Encode(canonicalJson(value))
const NO_SUCH_KEY = errorBody('keyDoesNotExist', 'The key does not exist.')

/** What is left when it is no reply that the caller knows. */
function failureOf(outcome: StoreOutcome): Body {
  switch (outcome.kind) {
    case 'too-large': return errorBody('malformedRequest', 'The value is larger than one command may be.')
    case 'unavailable': return errorBody('temporarilyUnavailable', 'No leader with a quorum could be asked in time, or too many requests are waiting.')
    case 'unknown': return errorBody('timeout', 'It was sent, and no answer came in time: it may take effect or not.')
    case 'reply': return errorBody('crash', `The store answered ${outcome.reply.kind}.`)
  }
}

class LinKv implements Workload {
  readonly #replica: Replica
  readonly #store: StoreClient

  constructor(host: Host, options: LinKvOptions) {
    this.#replica = new Replica(host, options)
    this.#store = new StoreClient(host, this.#replica.driver, options.requestTimeoutMs)
  }

  request(body: Body, answer: Answer): boolean {
    const { type, value, from, to } = body
    if (type !== 'read' && type !== 'write' && type !== 'cas') return false
    const key = body['key'] === undefined ? '' : canonicalJson(body['key'])
    if (key === '' || utf8Encode(key).length > KEY_BYTES_MAX) answer(errorBody('malformedRequest', `A key is JSON of at most ${KEY_BYTES_MAX} bytes.`))
    else if (type === 'read') this.#read(key, answer)
    else if (type === 'write' && value !== undefined) this.#write(key, value, answer)
    else if (type === 'cas' && from !== undefined && to !== undefined) this.#compareAndSet(key, from, to, answer)
    else answer(errorBody('malformedRequest', type === 'cas' ? 'cas has from and to.' : 'write has a value.'))
    return true
  }

  hear(from: string, body: Body): void {
    this.#replica.hear(from, body)
  }

  stop(): void {
    this.#replica.driver.stop()
  }

  #read(key: string, answer: Answer): void {
    this.#store.read({ kind: 'get', key }, (outcome) => {
      const reply = outcome.kind === 'reply' ? outcome.reply : null
      if (reply?.kind === 'value') answer({ type: 'read_ok', value: JSON.parse(utf8Decode(reply.value) ?? 'null') as Json })
      else answer(reply?.kind === 'not-found' ? NO_SUCH_KEY : failureOf(outcome))
    })
  }

  #write(key: string, value: Json, answer: Answer): void {
    this.#store.write({ kind: 'put', key, value: bytesOf(value) }, (outcome) => {
      answer(outcome.kind === 'reply' && outcome.reply.kind === 'done' ? { type: 'write_ok' } : failureOf(outcome))
    })
  }

  /**
   * The store says only that the key held something else, or nothing. Which of both is then read: keys never go away, so what the read
   * finds was or has become true while the request was under way, and the request can be taken to have happened then.
   */
  #compareAndSet(key: string, from: Json, to: Json, answer: Answer, deadlineMs = this.#store.deadlineMs()): void {
    const expected = bytesOf(from)
    this.#store.write({ kind: 'compare-and-swap', key, expected, value: bytesOf(to) }, (outcome) => {
      const kind = outcome.kind === 'reply' ? outcome.reply.kind : null
      if (kind === 'done') answer({ type: 'cas_ok' })
      else if (kind === 'mismatch') this.#explainMismatch(key, from, to, answer, deadlineMs)
      else answer(failureOf(outcome))
    }, deadlineMs)
  }

  #explainMismatch(key: string, from: Json, to: Json, answer: Answer, deadlineMs: number): void {
    this.#store.read({ kind: 'get', key }, (outcome) => {
      const reply = outcome.kind === 'reply' ? outcome.reply : null
      if (reply?.kind === 'not-found') answer(NO_SUCH_KEY)
      else if (reply?.kind !== 'value') answer(failureOf(outcome))
      // It has become what was expected: it is tried once more.
      else if (utf8Decode(reply.value) === canonicalJson(from)) this.#compareAndSet(key, from, to, answer, deadlineMs)
      else answer(errorBody('preconditionFailed', 'The key holds another value.'))
    }, deadlineMs)
  }
}

export const openLinKv = (options: LinKvOptions): OpenWorkload => (host) => new LinKv(host, options)
