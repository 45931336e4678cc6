import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JointQuorum, MajorityQuorum } from './index'

const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
const voters = fc.subarray(IDS)
const acks = fc.dictionary(fc.constantFrom(...IDS), fc.nat(12))
const votes = fc.dictionary(fc.constantFrom(...IDS), fc.boolean())

/** By definition: the largest number that more than half have reached. */
function committedByTrying(ids: readonly string[], acked: Record<string, number>): number {
  for (let index = 12; index > 0; index--) {
    if (ids.filter((id) => (acked[id] ?? 0) >= index).length * 2 > ids.length) return index
  }
  return 0
}

/** By definition: won if it is won however the rest votes, lost if it is lost however they do. */
function voteByTrying(isWon: (yes: ReadonlySet<string>) => boolean, ids: readonly string[], voted: Record<string, boolean>): string {
  const open = ids.filter((id) => voted[id] === undefined)
  const yes = ids.filter((id) => voted[id] === true)
  const outcomes = Array.from({ length: 1 << open.length }, (_, mask) => isWon(new Set([...yes, ...open.filter((_, i) => mask & (1 << i))])))
  if (outcomes.every((won) => won)) return 'won'
  return outcomes.some((won) => won) ? 'pending' : 'lost'
}

const isMajority = (ids: readonly string[]) => (yes: ReadonlySet<string>) => ids.length === 0 || ids.filter((id) => yes.has(id)).length * 2 > ids.length

describe('a majority', () => {
  it('commits what more than half acknowledged', () => {
    fc.assert(fc.property(voters, acks, (ids, acked) => {
      fc.pre(ids.length > 0)
      expect(new MajorityQuorum(ids).committed((id) => acked[id])).toBe(committedByTrying(ids, acked))
    }))
  })

  it('decides a vote when the open votes no longer matter', () => {
    fc.assert(fc.property(voters, votes, (ids, voted) => {
      expect(new MajorityQuorum(ids).vote((id) => voted[id])).toBe(voteByTrying(isMajority(ids), ids, voted))
    }))
  })

  it('says how many more may fail', () => {
    const quorum = new MajorityQuorum(['a', 'b', 'c', 'd', 'e'])
    expect(quorum.margin(() => true)).toBe(2)
    expect(quorum.margin((id) => id < 'd')).toBe(0)
    expect(quorum.margin((id) => id < 'c')).toBe(-1)
  })

  it('describes itself', () => {
    expect(new MajorityQuorum(['a', 'b', 'c']).describe((id) => ({ a: 7, b: 5 })[id])).toBe('a 7\nb 5\nc ?\ncommitted 5 by 2 of 3')
  })

  it('refuses a voter named twice', () => {
    expect(() => new MajorityQuorum(['a', 'a'])).toThrow('a voter is named once')
  })
})

describe('a joint quorum', () => {
  it('commits what both halves commit', () => {
    fc.assert(fc.property(voters, voters, acks, (incoming, outgoing, acked) => {
      fc.pre(incoming.length > 0)
      const joint = new JointQuorum(new MajorityQuorum(incoming), new MajorityQuorum(outgoing))
      const halves = [incoming, outgoing].filter((half) => half.length > 0).map((half) => committedByTrying(half, acked))
      expect(joint.committed((id) => acked[id])).toBe(Math.min(...halves))
    }))
  })

  it('is won by both halves and lost by either', () => {
    fc.assert(fc.property(voters, voters, votes, (incoming, outgoing, voted) => {
      const joint = new JointQuorum(new MajorityQuorum(incoming), new MajorityQuorum(outgoing))
      const each = [incoming, outgoing].map((ids) => voteByTrying(isMajority(ids), ids, voted))
      const expected = each.includes('lost') ? 'lost' : each.every((result) => result === 'won') ? 'won' : 'pending'
      expect(joint.vote((id) => voted[id])).toBe(expected)
    }))
  })
})
