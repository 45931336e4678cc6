import { describe, expect, it } from 'vitest'
import { consequenceOf, isLed, joiningKinds, memberActionsFor } from './membership'

type Member = Parameters<typeof memberActionsFor>[0]
const member = (id: string, over: Partial<Member> = {}): Member => ({ id, name: id, voter: true, role: id === 'n1' ? 'leader' : 'follower', reachability: 'ok', ...over })
const three = [member('n1'), member('n2'), member('n3')]

describe('a change of the members', () => {
  it('of three to four tolerates no more than before', () =>
    expect(consequenceOf({ kind: 'add' }, three)).toEqual({ now: { voters: 3, answering: 3, canLose: 1 }, after: { voters: 4, answering: 4, canLose: 1 }, silent: [] }))
  it('by a witness counts it, for it votes; by a learner nothing', () => {
    expect(consequenceOf({ kind: 'add', member: 'witness' }, three)?.after).toEqual({ voters: 4, answering: 4, canLose: 1 })
    expect(consequenceOf({ kind: 'add', member: 'learner' }, three)).toBeNull()
  })
  it('of three to two tolerates nothing', () => expect(consequenceOf({ kind: 'remove', nodeId: 'n3' }, three)?.after).toEqual({ voters: 2, answering: 2, canLose: 0 }))
  it('that takes out the one that is down makes room', () => {
    const down = [member('n1'), member('n2'), member('n3', { reachability: 'ended' })]
    expect(consequenceOf({ kind: 'remove', nodeId: 'n3' }, down)).toEqual({ now: { voters: 3, answering: 2, canLose: 0 }, after: { voters: 2, answering: 2, canLose: 0 }, silent: [] })
    expect(consequenceOf({ kind: 'remove', nodeId: 'n2' }, down)).toMatchObject({ after: { canLose: -1 }, silent: ['n3'] })
  })
  it('that puts a new one in the place of one that is down restores what was tolerated', () => {
    const down = [member('n1'), member('n2'), member('n3', { reachability: 'ended' })]
    expect(consequenceOf({ kind: 'replace', nodeId: 'n3' }, down)).toEqual({ now: { voters: 3, answering: 2, canLose: 0 }, after: { voters: 3, answering: 3, canLose: 1 }, silent: [] })
    expect(consequenceOf({ kind: 'replace', nodeId: 'n4' }, [...three, member('n4', { voter: false })])).toBeNull()
  })
  it('by a learner that goes changes nothing', () => expect(consequenceOf({ kind: 'remove', nodeId: 'n4' }, [...three, member('n4', { voter: false, role: 'learner' })])).toBeNull())
  it('by a learner that is promoted counts it', () => expect(consequenceOf({ kind: 'promote', nodeId: 'n4' }, [...three, member('n4', { voter: false })])?.after.voters).toBe(4))
  it('without the majority leaves one', () => {
    const lost = [member('n1'), member('n2', { reachability: 'ended' }), member('n3', { reachability: 'ended' })]
    expect(consequenceOf({ kind: 'recover' }, lost)).toEqual({ now: { voters: 3, answering: 1, canLose: -1 }, after: { voters: 1, answering: 1, canLose: 0 }, silent: ['n2', 'n3'] })
  })
})

describe('what can be asked of a member', () => {
  it('never to lead or to vote, of a witness', () => expect(memberActionsFor(member('n4', { role: 'witness' }), three, 'raft')).toEqual(['replace', 'remove']))
  it('never to lead where nobody can hand the lead on', () => {
    const leaderless = [member('n1', { reachability: 'timeout' }), member('n2'), member('n3')]
    expect([isLed(three), isLed(leaderless)]).toEqual([true, false])
    expect(memberActionsFor(leaderless[1] as Member, leaderless, 'raft')).toEqual(['replace', 'remove'])
  })
  it('to join as a witness, in Raft alone', () => {
    expect(joiningKinds('raft')).toEqual(['voter', 'learner', 'witness'])
    expect(joiningKinds('paxos')).toEqual(['voter', 'learner'])
  })
  it('is nothing where the protocol fixes the members', () => expect(memberActionsFor(three[1] as Member, three, 'pbft')).toEqual([]))
  it('is to lead, unless it does; to vote, unless it does; to go', () => {
    expect(memberActionsFor(three[0] as Member, three, 'raft')).toEqual(['replace', 'remove'])
    expect(memberActionsFor(three[1] as Member, three, 'paxos')).toEqual(['lead', 'replace', 'remove'])
    expect(memberActionsFor(member('n4', { voter: false }), three, 'raft')).toEqual(['promote', 'replace', 'remove'])
    expect(memberActionsFor(member('n2', { reachability: 'ended' }), three, 'raft')).toEqual(['replace', 'remove'])
    expect(memberActionsFor(member('n1'), [member('n1')], 'raft')).toEqual(['replace'])
  })
})
