/** What clients ask for, as commands and queries of the state machine, and what its replies mean to a history. */
import { utf8Decode, utf8Encode, type Random } from '../../core/base'
import type { Value } from '../../core/checker'
import { decodeReply, encodeQuery, type Operation, type Query, type Reply } from '../../core/statemachine'
import type { ModelKind, WorkloadPlan } from '../plan'

export interface Ask {
  readonly model: ModelKind
  /** As histories name it. */
  readonly f: string
  readonly key: string
  readonly value: Value
  /** One of the two. */
  readonly operation: Operation | null
  readonly query: Query | null
}

export type Meaning =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'fail' }
  | { readonly kind: 'expired' }
  /** It has a place in the queue for a lock, and asks again for it. */
  | { readonly kind: 'waiting' }
  /** No reply that this question can have. */
  | { readonly kind: 'broken'; readonly reply: string }

/** What a client knows that its next question rests on. */
export interface Memory {
  /** Values last seen, for compare-and-swap to succeed now and then. */
  readonly seen: Map<string, string | null>
  /** Fencing tokens of locks that it holds. */
  readonly tokens: Map<string, number>
  /** Makes its values unique. */
  written: number
}

const MODELS: readonly ModelKind[] = ['register', 'kv', 'queue', 'lock', 'counter']

function drawModel(random: Random, mix: WorkloadPlan['mix']): ModelKind {
  let draw = random.next() * MODELS.reduce((sum, model) => sum + mix[model], 0)
  return MODELS.find((model) => (draw -= mix[model]) < 0) ?? 'register'
}

export function drawAsk(random: Random, plan: WorkloadPlan, client: number, memory: Memory): Ask {
  const model = drawModel(random, plan.mix)
  const key = `${model[0] as string}${random.integer(0, plan.keys)}`
  const isRead = random.next() < plan.readShare
  const choice = random.next()
  const isDelete = random.next() < plan.deleteShare
  // Whoever holds a lock and waits for another one may wait for ever.
  const isWaiting = random.next() < plan.waitShare && memory.tokens.size === 0
  const fresh = (): string => `${client}.${++memory.written}${'-'.repeat(Math.max(0, plan.valueBytes - 6))}`
  switch (model) {
    case 'register': return isRead ? reading(model, 'read', { kind: 'get', key }) : registerAsk(key, choice, isDelete, fresh(), memory)
    case 'kv': {
      if (isRead) return reading(model, 'get', { kind: 'get', key })
      if (isDelete) return { model, f: 'put', key, value: '', operation: { kind: 'delete', key }, query: null }
      const value = fresh()
      const kind = choice < 0.5 ? 'put' : 'append'
      // A key that is only appended to grows without end.
      return { model, f: kind, key, value, operation: { kind, key, value: utf8Encode(value) }, query: null }
    }
    case 'queue': {
      if (choice < 0.55) {
        const value = fresh()
        return { model, f: 'enqueue', key, value, operation: { kind: 'enqueue', key, value: utf8Encode(value) }, query: null }
      }
      return { model, f: 'dequeue', key, value: null, operation: { kind: 'dequeue', key }, query: null }
    }
    case 'lock': {
      const token = memory.tokens.get(key)
      return token === undefined
        ? { model, f: 'acquire', key, value: null, operation: { kind: 'acquire', key, wait: isWaiting }, query: null }
        : { model, f: 'release', key, value: null, operation: { kind: 'release', key, token }, query: null }
    }
    case 'counter':
      return isRead
        ? reading(model, 'count', { kind: 'count', key })
        : { model, f: 'add', key, value: 1, operation: { kind: 'add', key, delta: 1 }, query: null }
  }
}

const reading = (model: ModelKind, f: string, query: Query & { readonly key: string }): Ask =>
  ({ model, f, key: query.key, value: null, operation: null, query })

function registerAsk(key: string, choice: number, isDelete: boolean, value: string, memory: Memory): Ask {
  const seen = memory.seen.get(key)
  if (choice < 0.4 && seen !== undefined) {
    const expected = seen === null ? null : utf8Encode(seen)
    return {
      model: 'register', f: 'cas', key, value: [seen, value], operation: { kind: 'compare-and-swap', key, expected, value: utf8Encode(value) }, query: null,
    }
  }
  if (isDelete) return { model: 'register', f: 'write', key, value: null, operation: { kind: 'delete', key }, query: null }
  return { model: 'register', f: 'write', key, value, operation: { kind: 'put', key, value: utf8Encode(value) }, query: null }
}

export const queryBytes = (query: Query): Uint8Array => encodeQuery(query)

const broken = (reply: Reply | null): Meaning => ({ kind: 'broken', reply: reply?.kind ?? 'no reply at all' })

/** What `reply` tells a client that asked `ask`. */
export function meaningOf(ask: Ask, bytes: Uint8Array, memory: Memory): Meaning {
  const reply = decodeReply(bytes)
  if (reply === null) return broken(reply)
  if (reply.kind === 'session-expired') return { kind: 'expired' }
  switch (ask.f) {
    case 'read':
    case 'get': return valueRead(ask, reply, memory)
    case 'write': {
      memory.seen.set(ask.key, ask.value as string | null)
      return reply.kind === 'done' || (ask.value === null && reply.kind === 'not-found') ? { kind: 'ok', value: null } : broken(reply)
    }
    case 'put':
      if (reply.kind === 'not-found' && ask.operation?.kind === 'delete') return { kind: 'ok', value: null }
      return reply.kind === 'done' ? { kind: 'ok', value: null } : broken(reply)
    case 'append':
    case 'enqueue': return reply.kind === 'done' ? { kind: 'ok', value: null } : reply.kind === 'limit-reached' ? { kind: 'fail' } : broken(reply)
    case 'cas':
      if (reply.kind === 'mismatch') {
        memory.seen.delete(ask.key)
        return { kind: 'fail' }
      }
      return reply.kind === 'done' ? { kind: 'ok', value: null } : broken(reply)
    case 'dequeue': return reply.kind === 'not-found' ? { kind: 'ok', value: null } : valueOf(reply)
    case 'acquire':
      if (reply.kind === 'held') return { kind: 'fail' }
      if (reply.kind === 'waiting') return { kind: 'waiting' }
      if (reply.kind !== 'granted') return broken(reply)
      memory.tokens.set(ask.key, reply.token)
      return { kind: 'ok', value: reply.token }
    case 'release':
      memory.tokens.delete(ask.key)
      return reply.kind === 'done' ? { kind: 'ok', value: null } : broken(reply)
    case 'add':
    case 'count': return reply.kind === 'number' ? { kind: 'ok', value: reply.value } : broken(reply)
    default: return broken(reply)
  }
}

function valueRead(ask: Ask, reply: Reply, memory: Memory): Meaning {
  if (reply.kind === 'not-found') {
    if (ask.model === 'register') memory.seen.set(ask.key, null)
    return { kind: 'ok', value: ask.model === 'kv' ? '' : null }
  }
  const meaning = valueOf(reply)
  if (ask.model === 'register' && meaning.kind === 'ok') memory.seen.set(ask.key, meaning.value as string)
  return meaning
}

function valueOf(reply: Reply): Meaning {
  const text = reply.kind === 'value' ? utf8Decode(reply.value) : null
  return text === null ? broken(reply) : { kind: 'ok', value: text }
}
