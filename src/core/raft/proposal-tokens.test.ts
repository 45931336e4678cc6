import { describe, expect, it } from 'vitest'
import { ProposalTokens } from './proposal-tokens'

describe('the tokens of proposals', () => {
  it('keep their places where entries of others lie between', () => {
    const tokens = new ProposalTokens()
    const lost: number[] = []
    tokens.appended(5, 2, [11, 12], 2)
    // 7 is a change of members, 8 was forwarded by a follower.
    tokens.appended(9, 2, [13], 1)
    expect([5, 6, 7, 8, 9, 10].map((index) => tokens.take(index, 2, lost))).toEqual([11, 12, 0, 0, 13, 0])
    expect([lost, tokens.isEmpty]).toEqual([[], true])
  })

  it('are lost where an entry of another term took the place, but for those between', () => {
    const tokens = new ProposalTokens()
    const lost: number[] = []
    tokens.appended(5, 2, [11], 1)
    tokens.appended(7, 2, [12], 1)
    expect([5, 6, 7].map((index) => tokens.take(index, 3, lost))).toEqual([0, 0, 0])
    expect(lost).toEqual([11, 12])
    tokens.appended(8, 3, [13], 1)
    tokens.appended(10, 3, [14], 1)
    expect(tokens.takeAll()).toEqual([13, 14])
  })

  it('of forwarded proposals are settled by index and term, and lost behind a snapshot', () => {
    const tokens = new ProposalTokens()
    const lost: number[] = []
    tokens.placed({ token: 21, index: 4, term: 1 })
    tokens.placed({ token: 22, index: 4, term: 2 })
    tokens.placed({ token: 23, index: 6, term: 2 })
    expect([tokens.take(4, 2, lost), lost]).toEqual([22, [21]])
    expect(tokens.skipTo(6)).toEqual([23])
  })

  it('of forwarded proposals are lost with the leader that placed them: its places may never be filled', () => {
    const tokens = new ProposalTokens()
    for (const [token, index, term] of [[21, 4, 1], [22, 4, 2], [23, 6, 1]] as const) tokens.placed({ token, index, term })
    expect(tokens.leaderChanged(1)).toEqual([])
    expect(tokens.leaderChanged(2)).toEqual([21, 23])
    expect([tokens.take(4, 2, []), tokens.skipTo(9)]).toEqual([22, []])
  })
})
