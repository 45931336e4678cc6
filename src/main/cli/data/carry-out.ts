/** What each command asks of the cluster, and what the answer means. */
import { fail, ok, utf8Encode, type Failure, type Result } from '../../../core/base'
import { decodeReply, encodeQuery, type Operation, type Pair, type Query, type Reply } from '../../../core/statemachine'
import { openSession, operate, type OperationOutcome, type ReadResult, type Session } from '../../../runtime/client'
import { columns } from '../table'
import { NO_EFFECT, onOneLine, valueFields, valueText, type Answer } from './answer'
import type { Reached } from './reach'

export type CarriedOut = Result<Answer>

/** How long the end of a session is waited for once the answer is there; it ends by itself if nobody hears. */
const CLOSE_TIMEOUT_MS = 1_000

export const failureOf = (code: string, message: string): Result<never> => {
  const known: Omit<Failure, 'message'> = NO_EFFECT[code] ?? { code }
  return fail(known.code, message, known.hint ?? 'Look at the cluster with `quorate observe NAME`.')
}
export const nonsense = (): Result<never> => failureOf('refused', 'The members gave an answer that makes no sense here.')

export function openedSession({ client, timeoutMs }: Reached): Promise<ReadResult<Session>> {
  return new Promise((resolve) => { openSession(client, client.nowMs() + timeoutMs, resolve) })
}

export const closedSession = ({ client }: Reached, session: Session, timeoutMs = CLOSE_TIMEOUT_MS): Promise<boolean> =>
  new Promise((resolve) => { session.close(client.nowMs() + timeoutMs, resolve) })

/** What an operation is about, for programs. */
function aboutOf({ kind, key }: Operation): NonNullable<Answer['fields']> {
  if (kind === 'enqueue' || kind === 'dequeue') return { queue: key }
  return kind === 'add' ? { counter: key } : { key }
}

/** One operation in a session of its own, so that however often it is sent on the way it takes effect once. */
async function change(reached: Reached, operation: Operation, told: (reply: Reply) => Answer | null, doubt: string, hint: string): Promise<CarriedOut> {
  const { client, timeoutMs } = reached
  const about = aboutOf(operation)
  const deadlineMs = client.nowMs() + timeoutMs
  const opened = await openedSession(reached)
  if (!opened.ok) return failureOf(opened.error.code, `Nothing was changed: ${opened.error.message}`)
  const outcome: OperationOutcome = await operate(opened.value, operation, deadlineMs)
  // Whoever could not be heard is not asked once more.
  if (outcome.kind === 'unknown') opened.value.leave()
  else await closedSession(reached, opened.value)
  switch (outcome.kind) {
    case 'answered': {
      const answer = told(outcome.reply)
      return answer === null ? nonsense() : ok({ ...answer, fields: { ...about, ...answer.fields } })
    }
    case 'failed': return failureOf(outcome.code, `Nothing was changed: ${outcome.message}`)
    case 'unknown': return ok({ outcome: 'unknown', text: `It is not known whether ${doubt}: ${outcome.message}`, hint, fields: about })
  }
}

async function ask(reached: Reached, query: Query): Promise<Result<Reply>> {
  const { client, timeoutMs } = reached
  return new Promise((resolve) => {
    client.run({
      kind: 'read', payload: encodeQuery(query), repeatable: true, deadlineMs: client.nowMs() + timeoutMs,
      done: (outcome) => {
        const reply = outcome.kind === 'ok' ? decodeReply(outcome.reply) : null
        if (outcome.kind !== 'ok') resolve(failureOf(outcome.kind === 'failed' ? outcome.code : 'no-leader', outcome.message))
        else resolve(reply === null ? nonsense() : ok(reply))
      },
    })
  })
}

const done = (text: string, fields: NonNullable<Answer['fields']> = {}): Answer => ({ outcome: 'done', text, fields })
const ONCE_MORE = 'It may still take effect. Look with `quorate data get KEY` before you do anything about it.'

/** Of what is answered with done, or why not. */
const plainly = (text: string, refused: Partial<Record<Reply['kind'], string>> = {}) => ({ kind }: Reply): Answer | null => {
  if (kind === 'done') return done(text)
  const why = refused[kind]
  return why !== undefined && (kind === 'mismatch' || kind === 'not-found' || kind === 'limit-reached') ? { outcome: kind, text: why } : null
}

export async function get(reached: Reached, key: string): Promise<CarriedOut> {
  const asked = await ask(reached, { kind: 'get', key })
  if (!asked.ok) return asked
  const { value: reply } = asked
  if (reply.kind === 'not-found') return ok({ outcome: 'not-found', text: `${key} holds nothing.`, fields: { key } })
  return reply.kind === 'value' ? ok(done(valueText(reply.value), { key, ...valueFields(reply.value) })) : nonsense()
}

export const put = (reached: Reached, key: string, value: Uint8Array): Promise<CarriedOut> =>
  change(reached, { kind: 'put', key, value }, plainly(`${key} was written.`), `${key} was written`, ONCE_MORE)

export const append = (reached: Reached, key: string, value: Uint8Array): Promise<CarriedOut> =>
  change(reached, { kind: 'append', key, value }, plainly(`${key} was appended to.`, { 'limit-reached': `${key} would become too large; nothing was changed.` }),
    `${key} was appended to`, ONCE_MORE)

/** `expected` null: only where the key holds nothing. */
export const compareAndSwap = (reached: Reached, key: string, expected: string | null, value: Uint8Array): Promise<CarriedOut> =>
  change(reached, { kind: 'compare-and-swap', key, expected: expected === null ? null : utf8Encode(expected), value },
    plainly(`${key} was written.`, { mismatch: `${key} holds ${expected === null ? 'something already' : 'something else'}; nothing was changed.` }),
    `${key} was written`, ONCE_MORE)

export const remove = (reached: Reached, key: string): Promise<CarriedOut> =>
  change(reached, { kind: 'delete', key }, plainly(`${key} was deleted.`, { 'not-found': `${key} held nothing.` }), `${key} was deleted`, ONCE_MORE)

export const enqueue = (reached: Reached, queue: string, value: Uint8Array): Promise<CarriedOut> =>
  change(reached, { kind: 'enqueue', key: queue, value }, plainly(`Put into ${queue}.`, { 'limit-reached': `${queue} is full; nothing was changed.` }),
    `the value was put into ${queue}`, 'It may still be. Doing it again may put it there twice.')

export const dequeue = (reached: Reached, queue: string): Promise<CarriedOut> => change(reached, { kind: 'dequeue', key: queue }, (reply) => {
  if (reply.kind === 'not-found') return { outcome: 'not-found', text: `${queue} is empty.` }
  return reply.kind === 'value' ? done(valueText(reply.value), valueFields(reply.value)) : null
}, `a value was taken out of ${queue}`, 'One may have been taken that nobody was given, or may still be. Whoever puts values there has to know which were worked on.')

export const add = (reached: Reached, counter: string, delta: number): Promise<CarriedOut> => change(reached, { kind: 'add', key: counter, delta }, (reply) => {
  if (reply.kind === 'limit-reached') return { outcome: 'limit-reached', text: `${counter} would pass the largest number; nothing was changed.` }
  return reply.kind === 'number' ? done(String(reply.value), { value: reply.value }) : null
}, `${counter} was added to`, 'It may still be. Look with `quorate data count COUNTER` before you add again.')

export async function count(reached: Reached, counter: string): Promise<CarriedOut> {
  const asked = await ask(reached, { kind: 'count', key: counter })
  if (!asked.ok) return asked
  return asked.value.kind === 'number' ? ok(done(String(asked.value.value), { counter, value: asked.value.value })) : nonsense()
}

export type LockState = Extract<Reply, { kind: 'lock' }>

export async function lockState(reached: Reached, lock: string): Promise<Result<LockState>> {
  const asked = await ask(reached, { kind: 'lock', key: lock })
  if (!asked.ok) return asked
  return asked.value.kind === 'lock' ? ok(asked.value) : nonsense()
}

export async function holder(reached: Reached, lock: string): Promise<CarriedOut> {
  const state = await lockState(reached, lock)
  if (!state.ok) return state
  const { holder: clientId, token, waiting } = state.value
  if (clientId === null) return ok({ outcome: 'not-found', text: `${lock} is free.`, fields: { lock, holder: null, waiting: 0 } })
  return ok(done(`${lock} is held by client ${clientId}, fencing token ${String(token)}; ${String(waiting.length)} waiting.`, { lock, holder: clientId, token, waiting: waiting.length }))
}

/** One answer holds no more than its limit in bytes: further ones are asked for, each of its own moment. */
export async function scan(reached: Reached, from: string, prefix: string, limit: number): Promise<CarriedOut> {
  const pairs: Pair[] = []
  let more = true
  for (let next = from; more && pairs.length < limit;) {
    const asked = await ask(reached, { kind: 'scan', prefix, from: next, to: null, limit: limit - pairs.length })
    if (!asked.ok) return asked
    if (asked.value.kind !== 'pairs') return nonsense()
    pairs.push(...asked.value.pairs)
    const last = asked.value.pairs.at(-1)
    more = asked.value.more && last !== undefined
    next = `${last?.key ?? ''}\0`
  }
  const last = pairs.at(-1)?.key ?? ''
  return ok({
    outcome: 'done', text: pairs.length === 0 ? 'Nothing is there.' : columns(pairs.map(({ key, value }) => [onOneLine(key), onOneLine(valueText(value))])),
    fields: { pairs: pairs.map(({ key, value }) => ({ key, ...valueFields(value) })), more },
    ...(more ? { remark: `There are more after ${onOneLine(last)}; see --limit.` } : {}),
  })
}
