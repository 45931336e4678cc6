import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { plant } from '../base'
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

describe('tentative replies', () => {
  const FOUR = ['a', 'b', 'c', 'd']
  afterEach(() => { plant(null) })

  it('need a quorum where f + 1 others would do', () => {
    const quorum = new ReplyQuorum(FOUR)
    expect(quorum.addTentative('a', bytes(1), 0)).toBeNull()
    expect(quorum.addTentative('b', bytes(1), 0)).toBeNull()
    expect(quorum.addTentative('b', bytes(1), 0)).toBeNull()
    expect(quorum.addTentative('stranger', bytes(1), 0)).toBeNull()
    expect(quorum.addTentative('c', bytes(1), 0)).toEqual(bytes(1))
    plant('pbft/tentative-reply-by-f-plus-one')
    const hasty = new ReplyQuorum(FOUR)
    hasty.addTentative('a', bytes(1), 0)
    expect(hasty.addTentative('b', bytes(1), 0)).toEqual(bytes(1))
  })

  it('of different views do not count together', () => {
    const quorum = new ReplyQuorum(FOUR)
    quorum.addTentative('a', bytes(1), 0)
    quorum.addTentative('b', bytes(1), 1)
    expect(quorum.addTentative('c', bytes(1), 2)).toBeNull()
    quorum.addTentative('a', bytes(1), 2)
    expect(quorum.decided).toBeNull()
    // Late, and of a view that it has left since.
    quorum.addTentative('c', bytes(1), 1)
    expect(quorum.decided).toBeNull()
    expect(quorum.addTentative('b', bytes(1), 2)).toEqual(bytes(1))
  })

  it('count together with those that are no longer tentative, which decide alone as ever', () => {
    const quorum = new ReplyQuorum(FOUR)
    quorum.addTentative('a', bytes(1), 3)
    quorum.addTentative('b', bytes(1), 3)
    expect(quorum.add('b', bytes(1))).toBeNull()
    expect(quorum.add('c', bytes(1))).toEqual(bytes(1))
    const other = new ReplyQuorum(FOUR)
    other.addTentative('a', bytes(1), 3)
    other.addTentative('b', bytes(1), 3)
    other.add('c', bytes(2))
    expect(other.add('d', bytes(2))).toEqual(bytes(2))
  })

  it('are owed a last word, and another one is no contradiction', () => {
    const quorum = new ReplyQuorum(FOUR)
    for (const id of FOUR) quorum.addTentative(id, bytes(FOUR.indexOf(id)), 0)
    expect([quorum.isSplit, quorum.missing]).toEqual([false, 2])
    quorum.add('a', bytes(9))
    expect(quorum.add('b', bytes(9))).toEqual(bytes(9))
    expect(quorum.conflicting()).toEqual([])
    quorum.add('c', bytes(2))
    expect(quorum.conflicting()).toEqual(['c'])
  })

  it('are never decided for what no quorum could have prepared in one view', () => {
    const told = fc.record({ id: fc.constantFrom(...IDS), reply: fc.nat(1), view: fc.option(fc.nat(2)) })
    fc.assert(fc.property(fc.array(told, { maxLength: 30 }), (all) => {
      const quorum = new ReplyQuorum(IDS)
      for (const { id, reply, view } of all) {
        if (view === null) quorum.add(id, bytes(reply))
        else quorum.addTentative(id, bytes(reply), view)
      }
      const { decided } = quorum
      if (decided === null) return
      const givers = (isOf: (view: number | null) => boolean): number => new Set(all.filter(({ reply, view }) => reply === decided[0] && isOf(view)).map(({ id }) => id)).size
      const isPrepared = [0, 1, 2].some((view) => givers((each) => each === null || each === view) >= 5)
      expect(isPrepared || givers((view) => view === null) >= 3).toBe(true)
    }))
  })
})
