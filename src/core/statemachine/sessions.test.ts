import { describe, expect, it } from 'vitest'
import { add, CLIENT, Conversation, dequeue, enqueue, put, SECOND, text, THIRD } from './machine.fixture'
import type { Operation } from './operations'

const swap: Operation = { kind: 'compare-and-swap', key: 'x', expected: null, value: text('1') }
const [A, B, C, D] = [1, 2, 3, 4].map((each) => String(each).padStart(16, '0')) as [string, string, string, string]
const opened = (limits?: ConstructorParameters<typeof Conversation>[0]): Conversation => {
  const it = new Conversation(limits)
  it.open(CLIENT)
  return it
}

describe('a client session', () => {
  it('applies an operation once and gives its reply again', () => {
    const it = opened()
    expect([it.again(1, swap), it.again(1, swap), it.again(2, swap)].map(({ kind }) => kind)).toEqual(['done', 'done', 'mismatch'])
    expect([it.again(3, add(5)), it.again(3, add(5))]).toEqual([{ kind: 'number', value: 5 }, { kind: 'number', value: 5 }])
  })

  it('gives the reply again on a machine that was restored in between', () => {
    const it = opened()
    it.again(1, enqueue('first'))
    it.again(2, enqueue('second'))
    const reply = it.again(3, dequeue)
    const other = it.restored()
    expect(other.again(3, dequeue)).toEqual(reply)
    expect(other.again(4, dequeue)).toEqual({ kind: 'value', value: text('second') })
  })

  it('forgets replies that the client no longer waits for', () => {
    const it = opened()
    it.again(1, swap)
    it.again(2, put('y', '1'))
    expect(it.again(1, swap, 1).kind).toBe('already-answered')
  })

  it('bounds the replies it keeps, by number and by bytes', () => {
    const it = opened()
    expect([1, 2, 3, 4].map((sequence) => it.again(sequence, put('x', '1'), 1).kind)).toEqual(['done', 'done', 'done', 'too-many-outstanding'])
    const other = opened({ replyBytesMax: 10 })
    for (const sequence of [1, 2]) other.again(sequence, enqueue('0123456789'))
    expect([3, 4].map((sequence) => other.again(sequence, dequeue, 3).kind)).toEqual(['value', 'too-many-outstanding'])
    expect(other.again(4, dequeue).kind).toBe('value')
  })

  it('is evicted when it is the oldest-used of too many, and its client is told so', () => {
    const it = new Conversation({ sessionsMax: 2 })
    expect(it.again(1, swap, 1, A).kind).toBe('session-expired')
    it.open(A, B)
    it.again(1, swap, 1, A)
    it.open(C)
    expect(it.again(1, swap, 1, B).kind).toBe('session-expired')
    expect(it.again(1, swap, 1, A).kind).toBe('done')
  })

  it('is evicted in the same order after a restore', () => {
    const it = new Conversation({ sessionsMax: 3 })
    it.open(C, A, B)
    it.again(1, swap, 1, C)
    const other = it.restored()
    for (const each of [it, other]) {
      each.open(D)
      expect([A, B, C, D].map((id) => each.again(1, swap, 1, id).kind)).toEqual(['session-expired', 'mismatch', 'done', 'mismatch'])
    }
  })

  it('once ended is not opened again, so that a command of its past finds nothing', () => {
    const it = opened()
    it.again(1, add(1))
    expect(it.send({ kind: 'close-session', clientId: CLIENT }).kind).toBe('done')
    // The network kept both for long.
    for (const each of [it, it.restored()]) {
      expect(each.open(CLIENT)).toEqual(['session-expired'])
      expect(each.again(1, add(1)).kind).toBe('session-expired')
      expect(each.ask({ kind: 'count', key: 'n' })).toEqual({ kind: 'number', value: 1 })
    }
    expect(it.send({ kind: 'close-session', clientId: CLIENT }).kind).toBe('not-found')
  })

  it('remembers so many ended ones and no more', () => {
    const it = new Conversation({ endedMax: 2 })
    for (const clientId of [A, B, C]) {
      it.open(clientId)
      it.send({ kind: 'close-session', clientId })
    }
    expect(it.open(A, B, C)).toEqual(['done', 'session-expired', 'session-expired'])
  })

  it('expires only if it was not used since it was looked at', () => {
    const it = opened()
    it.open(SECOND, THIRD)
    const lastUseOf = (clientId: string): number => {
      const reply = it.ask({ kind: 'sessions' })
      return (reply.kind === 'sessions' && reply.sessions.find((each) => each.clientId === clientId)?.lastUse) || 0
    }
    const [first, second] = [lastUseOf(CLIENT), lastUseOf(SECOND)]
    it.operate(put('x', '1'))
    expect(it.send({ kind: 'expire-session', clientId: CLIENT, lastUse: first }).kind).toBe('mismatch')
    expect(it.send({ kind: 'expire-session', clientId: SECOND, lastUse: second }).kind).toBe('done')
    expect(it.ask({ kind: 'sessions' })).toMatchObject({ sessions: [{ clientId: THIRD }, { clientId: CLIENT }] })
    expect(it.operate(put('x', '2')).kind).toBe('done')
    expect(it.operate(put('x', '2'), SECOND).kind).toBe('session-expired')
  })
})
