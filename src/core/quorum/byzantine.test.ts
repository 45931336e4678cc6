import { describe, expect, it } from 'vitest'
import { ByzantineQuorum } from './index'

const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i}`)

describe('a Byzantine quorum', () => {
  it('is 2f + 1 of 3f + 1', () => {
    for (let f = 0; f < 6; f++) {
      const quorum = new ByzantineQuorum(ids(3 * f + 1))
      expect([quorum.faultsMax, quorum.size, quorum.weakSize]).toEqual([f, 2 * f + 1, f + 1])
    }
  })

  it('for any number of voters: two quorums share a correct one, and the correct ones are enough', () => {
    for (let count = 1; count <= 40; count++) {
      const { size, faultsMax } = new ByzantineQuorum(ids(count))
      expect(2 * size - count, `${count} voters`).toBeGreaterThan(faultsMax)
      expect(count - faultsMax, `${count} voters`).toBeGreaterThanOrEqual(size)
      // The smallest such: one less and two quorums might share liars only.
      expect(2 * (size - 1) - count, `${count} voters`).toBeLessThanOrEqual(faultsMax)
    }
  })

  it('answers what is committed, how a vote stands, and how many more may fail', () => {
    const quorum = new ByzantineQuorum(ids(4))
    const acked: Record<string, number> = { n0: 9, n1: 7, n2: 5 }
    expect(quorum.committed((id) => acked[id])).toBe(5)
    expect(quorum.vote((id) => (id < 'n3' ? true : undefined))).toBe('won')
    expect(quorum.vote((id) => (id < 'n2' ? true : undefined))).toBe('pending')
    expect(quorum.vote((id) => id < 'n2')).toBe('lost')
    expect(quorum.margin(() => true)).toBe(1)
    expect(quorum.describe((id) => acked[id])).toBe('n0 9\nn1 7\nn2 5\nn3 ?\ncommitted 5 by 3 of 4, of which 1 may lie')
  })
})
