import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReplyQuorum } from './reply-quorum'

const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

describe('replies at a client', () => {
  it('are decided by f + 1 equal ones of different replicas', () => {
    const quorum = new ReplyQuorum(IDS)
    expect(quorum.add('a', bytes(1))).toBeNull()
    expect(quorum.add('a', bytes(1))).toBeNull()
    expect(quorum.add('stranger', bytes(1))).toBeNull()
    expect(quorum.add('b', bytes(2))).toBeNull()
    expect(quorum.add('c', bytes(1))).toBeNull()
    expect(quorum.missing).toBe(1)
    expect(quorum.add('d', bytes(1))).toEqual(bytes(1))
    expect(quorum.add('e', bytes(2))).toEqual(bytes(1))
    expect(quorum.verdict()).toEqual({ reply: bytes(1), conflicting: ['b', 'e'] })
  })

  it('tell who gave two', () => {
    const quorum = new ReplyQuorum(['a', 'b', 'c', 'd'])
    quorum.add('a', bytes(1))
    quorum.add('a', bytes(2))
    quorum.add('b', bytes(1))
    expect(quorum.conflicting()).toEqual(['a'])
  })

  it('say when no reply can be decided any more', () => {
    const quorum = new ReplyQuorum(['a', 'b', 'c', 'd'], 3)
    quorum.add('a', bytes(1))
    quorum.add('b', bytes(2))
    expect(quorum.isSplit).toBe(false)
    quorum.add('c', bytes(1))
    expect(quorum.isSplit).toBe(false)
    quorum.add('d', bytes(2))
    expect(quorum.isSplit).toBe(true)
  })

  it('are never decided for liars alone, however many replies come in which order', () => {
    fc.assert(fc.property(fc.shuffledSubarray(IDS), fc.array(fc.nat(2), { minLength: 7, maxLength: 7 }), fc.shuffledSubarray(IDS, { maxLength: 2 }), (order, lies, liars) => {
      const quorum = new ReplyQuorum(IDS)
      for (const id of order) quorum.add(id, liars.includes(id) ? bytes(lies[IDS.indexOf(id)] ?? 0) : bytes(9))
      const { decided } = quorum
      if (decided !== null) expect(decided).toEqual(bytes(9))
      expect(order.filter((id) => !liars.includes(id)).length >= 3).toBe(decided !== null)
    }))
  })
})
