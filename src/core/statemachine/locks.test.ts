import { describe, expect, it } from 'vitest'
import { acquire, CLIENT, CLIENTS, Conversation, release, SECOND, THIRD } from './machine.fixture'
import { LOCKS_PER_SESSION_MAX } from './locks'

const three = (): Conversation => {
  const it = new Conversation()
  it.open(CLIENT, SECOND, THIRD)
  return it
}
const granted = (token: number) => ({ kind: 'granted', token })
const lock = (holder: string, token: number, ...waiting: string[]) => ({ kind: 'lock', holder, token, waiting })
const FREE = { kind: 'lock', holder: null, token: 0, waiting: [] }
const QUESTION = { kind: 'lock', key: 'l' } as const

describe('a lock', () => {
  it('has one holder, and goes to those who wait in the order in which they came, with a greater token each time', () => {
    const it = three()
    expect(it.operate(acquire())).toEqual(granted(1))
    expect(it.operate(acquire(), THIRD)).toEqual({ kind: 'waiting', position: 1 })
    expect(it.operate(acquire(), SECOND)).toEqual({ kind: 'waiting', position: 2 })
    expect(it.operate(acquire(), SECOND)).toEqual({ kind: 'waiting', position: 2 })
    expect(it.ask(QUESTION)).toEqual(lock(CLIENT, 1, THIRD, SECOND))
    expect(it.operate(release(1)).kind).toBe('done')
    expect(it.ask(QUESTION)).toEqual(lock(THIRD, 2, SECOND))
    expect(it.operate(acquire(), THIRD)).toEqual(granted(2))
    expect(it.operate(release(2), THIRD).kind).toBe('done')
    expect(it.operate(release(3), SECOND).kind).toBe('done')
    expect(it.ask(QUESTION)).toEqual(FREE)
    expect(it.operate(acquire())).toEqual(granted(4))
  })

  it('is tried without waiting', () => {
    const it = three()
    it.operate(acquire())
    expect(it.operate(acquire('l', false), SECOND).kind).toBe('held')
    expect(it.ask(QUESTION)).toEqual(lock(CLIENT, 1))
  })

  it('is not released by a client of the past', () => {
    const it = three()
    it.operate(acquire())
    it.operate(release(1))
    it.operate(acquire(), SECOND)
    it.operate(release(2), SECOND)
    expect(it.operate(acquire())).toEqual(granted(3))
    expect(it.operate(release(1)).kind).toBe('not-held')
    expect(it.operate(release(3), SECOND).kind).toBe('not-held')
    expect(it.ask(QUESTION)).toEqual(lock(CLIENT, 3))
  })

  it('is no longer waited for by a client that gives up', () => {
    const it = three()
    it.operate(acquire())
    it.operate(acquire(), SECOND)
    it.operate(acquire(), THIRD)
    expect(it.operate(release(), SECOND).kind).toBe('done')
    it.operate(release(1))
    expect(it.ask(QUESTION)).toEqual(lock(THIRD, 2))
  })

  it.each([
    ['closed', (it: Conversation) => it.send({ kind: 'close-session', clientId: CLIENT })],
    ['expired', (it: Conversation) => it.send({ kind: 'expire-session', clientId: CLIENT, lastUse: 5 })],
    ['evicted', (it: Conversation) => it.open(CLIENTS[3])],
  ])('passes on when the session of its holder is %s', (_how, end) => {
    const it = three()
    it.operate(acquire('m'))
    it.operate(acquire())
    it.operate(acquire(), SECOND)
    it.operate(acquire('l'), THIRD)
    end(it)
    expect(it.ask(QUESTION)).toEqual(lock(SECOND, 3, THIRD))
    expect(it.ask({ kind: 'lock', key: 'm' })).toEqual(FREE)
  })

  it('loses those who wait with their sessions', () => {
    const it = three()
    it.operate(acquire())
    it.operate(acquire(), SECOND)
    it.send({ kind: 'close-session', clientId: SECOND })
    it.operate(release(1))
    expect(it.ask(QUESTION)).toEqual(FREE)
  })

  it('has greater tokens after a restore than before it', () => {
    const it = three()
    it.operate(acquire())
    it.operate(release(1))
    expect(it.restored().operate(acquire(), SECOND)).toEqual(granted(2))
  })

  it('is one of so many that a session may have', () => {
    const it = three()
    for (let i = 0; i < LOCKS_PER_SESSION_MAX; i++) it.operate(acquire(`l${i}`))
    expect(it.operate(acquire('one more')).kind).toBe('limit-reached')
    it.operate(release(null, 'l0'))
    expect(it.operate(acquire('one more')).kind).toBe('granted')
  })
})
