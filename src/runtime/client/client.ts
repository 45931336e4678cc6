import { randomBytes } from 'node:crypto'
import { fail, ok, type Result } from '../../core/base'
import { decodeReply, encodeCommand, encodeQuery, type Operation, type Pair } from '../../core/statemachine'
import { connectCluster, type ConnectOptions } from './connect'
import { Session, type OperationOutcome, type WriteOperation, type WriteOutcome } from './session'
import type { OperationClient, Outcome } from './types'

export type ReadResult<Value> = Result<Value, Extract<Outcome, { kind: 'failed' }>['code']>

/** The client library for whoever likes promises; the same operations as `OperationClient` and `Session`, nothing added. */
export interface Client {
  readonly cluster: OperationClient
  openSession(timeoutMs: number): Promise<ReadResult<Session>>
  /** Linearizable. Null: the key holds nothing. */
  get(key: string, timeoutMs: number): Promise<ReadResult<Uint8Array | null>>
  /** Linearizable; pairs in the order of their keys, from `from` on. */
  list(from: string, limit: number, timeoutMs: number): Promise<ReadResult<{ readonly pairs: readonly Pair[]; readonly more: boolean }>>
  close(): void
}

export function createClient(options: ConnectOptions): Client {
  const cluster = connectCluster(options)
  const run = (kind: 'propose' | 'read', payload: Uint8Array, timeoutMs: number): Promise<Outcome> =>
    new Promise((done) => { cluster.run({ kind, payload, repeatable: true, deadlineMs: cluster.nowMs() + timeoutMs, done }) })
  const refused = (outcome: Outcome): ReadResult<never> =>
    outcome.kind === 'failed' ? fail(outcome.code, outcome.message) : fail('refused', 'The node gave an answer that makes no sense here.')
  return {
    cluster,
    openSession: (timeoutMs) => new Promise((resolve) => { openSession(cluster, cluster.nowMs() + timeoutMs, resolve) }),
    get: async (key, timeoutMs) => {
      const outcome = await run('read', encodeQuery({ kind: 'get', key }), timeoutMs)
      const reply = outcome.kind === 'ok' ? decodeReply(outcome.reply) : null
      if (reply?.kind === 'value') return ok(reply.value)
      return reply?.kind === 'not-found' ? ok(null) : refused(outcome)
    },
    list: async (from, limit, timeoutMs) => {
      const outcome = await run('read', encodeQuery({ kind: 'list', from, limit }), timeoutMs)
      const reply = outcome.kind === 'ok' ? decodeReply(outcome.reply) : null
      return reply?.kind === 'pairs' ? ok({ pairs: reply.pairs, more: reply.more }) : refused(outcome)
    },
    close: () => { cluster.close() },
  }
}

/**
 * Opens a session for a new random client. Opening one twice is finding it open, so an unanswered attempt is simply repeated.
 * It keeps itself alive until it is left or closed, or the client is.
 */
export function openSession(cluster: OperationClient, deadlineMs: number, done: (result: ReadResult<Session>) => void): void {
  const clientId = randomBytes(8).toString('hex')
  const sentMs = cluster.nowMs()
  cluster.run({
    kind: 'propose', payload: encodeCommand({ kind: 'open-session', clientId }), repeatable: true, deadlineMs,
    done: (outcome) => {
      if (outcome.kind === 'ok' && decodeReply(outcome.reply)?.kind === 'done') done(ok(new Session(cluster, clientId, sentMs)))
      else if (outcome.kind === 'unknown') done(fail('no-leader', outcome.message))
      else if (outcome.kind === 'failed') done(fail(outcome.code, outcome.message))
      else done(fail('refused', 'The node did not understand the request.'))
    },
  })
}

/** `Session.write` as a promise. */
export function write(session: Session, operation: WriteOperation, deadlineMs: number): Promise<WriteOutcome> {
  return new Promise((resolve) => { session.write(operation, deadlineMs, resolve) })
}

/** `Session.operate` as a promise. */
export function operate(session: Session, operation: Operation, deadlineMs: number): Promise<OperationOutcome> {
  return new Promise((resolve) => { session.operate(operation, deadlineMs, resolve) })
}
