import { describe, expect, it } from 'vitest'
import { unknown, type NodeObservation, type Role } from '../../../core/observation'
import { said } from './agents.fixture'
import { canSpare, committedAmong, hasCaughtUp, leaderLast, preferredLeader } from './rollout-rules'

const at = (value: bigint) => ({ unit: 'entries', lineage: 'g', value }) as const
const none = unknown('not-reported')
const word = (role: Role, leaderId: string | null, committed: bigint, applied: bigint): NodeObservation => ({
  ...said, groups: [{ groupId: 'g', role, fence: { kind: 'raft-term', value: 1n }, leaderId, members: [], peers: [], log: { firstAvailable: none, last: none, persisted: none, committed: at(committed), applied: at(applied) } }],
})
const cluster = (canLose: number | null, voters: Readonly<Record<string, boolean>>) => ({
  margin: { voters: 3, answering: 3, agreeing: 3, faulty: 0, needed: 2, canLose, critical: [] },
  topology: { links: [], nodes: Object.entries(voters).map(([id, voter]) => ({ id, name: id, endpoint: '', role: 'follower' as const, reachability: 'ok' as const, voter, expected: true, stale: false, ageMs: 0, fence: none })) },
})

it('whoever leads is restarted last, wherever it stands', () => {
  expect(leaderLast(['n1', 'n2', 'n3'], 'n1')).toEqual(['n2', 'n3', 'n1'])
  expect(leaderLast(['n1', 'n2'], null)).toEqual(['n1', 'n2'])
  expect(leaderLast(['n2'], 'n1')).toEqual(['n2'])
})

it('the first of those that are preferred that votes, keeps data and answers is the one to lead', () => {
  const { topology: { nodes: [node] } } = cluster(1, { n2: true })
  if (node === undefined) throw new Error('there is a node')
  const topology = { links: [], nodes: [{ ...node, id: 'n1', reachability: 'refused' as const }, node, { ...node, id: 'n3', role: 'witness' as const }, { ...node, id: 'n4', voter: false }] }
  expect(preferredLeader({ topology }, ['n9', 'n1', 'n3', 'n4', 'n2'])).toBe('n2')
  expect(preferredLeader({ topology }, ['n1', 'n4'])).toBeNull()
})

describe('a member can be spared', () => {
  it('where another voter may fail', () => expect(canSpare(cluster(1, { n1: true }), 'n1')).toBe(true))
  it('not where a quorum needs it', () => expect(canSpare(cluster(0, { n1: true }), 'n1')).toBe(false))
  it('that does not vote, while there is a quorum', () => {
    expect(canSpare(cluster(0, { n4: false }), 'n4')).toBe(true)
    expect(canSpare(cluster(-1, { n4: false }), 'n4')).toBe(false)
  })
  it('not while that is not known, nor where nobody says whether it votes', () => {
    expect(canSpare(cluster(null, { n4: false }), 'n4')).toBe(false)
    expect(canSpare(cluster(0, {}), 'n9')).toBe(false)
  })
})

describe('a member that was restarted is back', () => {
  it('once it follows the leader and has applied what was committed', () => {
    expect(hasCaughtUp(word('follower', 'n1', 9n, 9n), 'n1', 9n)).toBe(true)
    expect(hasCaughtUp(word('leader', 'n2', 9n, 10n), 'n2', 9n)).toBe(true)
  })
  it('not before', () => {
    expect(hasCaughtUp(word('follower', 'n1', 9n, 8n), 'n1', 9n)).toBe(false)
    expect(hasCaughtUp(word('follower', null, 9n, 9n), 'n1', 9n)).toBe(false)
    expect(hasCaughtUp(word('follower', 'n3', 9n, 9n), 'n1', 9n)).toBe(false)
    expect(hasCaughtUp(word('follower', 'n1', 9n, 9n), null, 9n)).toBe(false)
    expect(hasCaughtUp({ ...word('follower', 'n1', 9n, 9n), reachability: 'timeout' }, 'n1', 9n)).toBe(false)
    expect(hasCaughtUp(undefined, 'n1', 9n)).toBe(false)
  })
  it('a witness as soon as it follows, for it applies nothing', () => expect(hasCaughtUp(word('witness', 'n1', 9n, 0n), 'n1', 9n)).toBe(true))
})

it('what is committed is the furthest that a member that answers says', () => {
  expect(committedAmong([word('leader', 'n1', 9n, 9n), { ...word('follower', 'n1', 99n, 9n), reachability: 'timeout' }, word('follower', 'n1', 7n, 7n)])).toBe(9n)
  expect(committedAmong([said])).toBe(null)
})
