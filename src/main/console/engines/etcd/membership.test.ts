import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressOf, afterAnswer, expectedOf, newMembership, targetsOf, type Answer, type Membership } from './membership'
import type { EtcdMember } from './protocol'

const member = (ID: string, more: Partial<EtcdMember> = {}): EtcdMember => ({
  ID, name: `n-${ID}`, peerURLs: [`http://10.0.0.${ID.charCodeAt(0)}:2380`], clientURLs: [`http://${ID}.example:2379`], isLearner: false, ...more,
})
const abc = [member('a'), member('b'), member('c')]
const says = (memberId: string, members: readonly EtcdMember[] | null, endpoint = `${memberId}.example:2379`): Answer => ({ endpoint,
  etcdClusterId: 'cafe', memberId, members })
const after = (start: Membership, ...answers: Answer[]): Membership => answers.reduce(afterAnswer, start)
const ids = (membership: Membership): string[] => expectedOf(membership).map((each) => each.id)

describe('before anybody answers', () => {
  test('the endpoints given stand for the members', () => {
    expect(expectedOf(newMembership(['x:1', 'y:2', 'x:1']))).toEqual([
      { id: 'x:1', name: 'x:1', endpoint: 'x:1', voter: true }, { id: 'y:2', name: 'y:2', endpoint: 'y:2', voter: true },
    ])
  })
})

describe('once one member answers', () => {
  const given = newMembership(['a.example:2379', 'b.example:2379', 'c.example:2379'])

  test('all members are expected by their own ids, the silent ones too', () => {
    const membership = after(given, says('a', abc))
    expect(ids(membership)).toEqual(['a', 'b', 'c'])
    expect(targetsOf(membership).map((target) => target.endpoint)).toEqual(['a.example:2379', 'b.example:2379', 'c.example:2379'])
  })

  test('members that were not given are found', () => {
    expect(targetsOf(after(newMembership(['a.example:2379']), says('a', abc))).map((target) => target.endpoint)).toEqual(['a.example:2379',
      'b.example:2379', 'c.example:2379'])
  })

  test('a given endpoint that answered is where its member is asked, whatever the member advertises', () => {
    const membership = after(newMembership(['tunnel:1']), says('a', abc, 'tunnel:1'))
    expect(targetsOf(membership).find((target) => target.nodeId === 'a')?.endpoint).toBe('tunnel:1')
  })

  test('an endpoint of which nobody knows whose it is is asked on, and is no further voter', () => {
    const membership = after(newMembership(['a.example:2379', 'alias:1']), says('a', abc))
    expect(ids(membership)).toEqual(['a', 'b', 'c'])
    expect(targetsOf(membership).filter((target) => target.memberId === null).map((target) => target.endpoint)).toEqual(['alias:1'])
    const known = after(membership, says('b', abc, 'alias:1'))
    expect(targetsOf(known).find((target) => target.nodeId === 'b')?.endpoint).toBe('alias:1')
    expect(targetsOf(known)).toHaveLength(3)
  })

  test('localhost and 127.0.0.1 are one address', () => {
    const local = [member('a', { clientURLs: ['http://127.0.0.1:1'] }), member('b', { clientURLs: ['http://127.0.0.1:2'] })]
    const membership = after(newMembership(['localhost:1', 'localhost:2']), says('a', local, 'localhost:1'))
    expect(targetsOf(membership).map((target) => [target.nodeId, target.endpoint])).toEqual([['a', 'localhost:1'], ['b', 'localhost:2']])
  })

  test('the same answer again changes nothing, not even the object', () => {
    const membership = after(given, says('a', abc))
    expect(afterAnswer(membership, says('a', abc))).toBe(membership)
  })
})

describe('a member that is removed', () => {
  const three = after(newMembership(['a.example:2379']), says('a', abc), says('b', abc), says('c', abc))
  const ab = [member('a'), member('b')]

  test('stays on one word', () => {
    expect(ids(after(three, says('a', ab)))).toEqual(['a', 'b', 'c'])
  })

  test("goes on the majority's word, and a stale list does not bring it back", () => {
    const without = after(three, says('a', ab), says('b', ab))
    expect(ids(without)).toEqual(['a', 'b'])
    expect(ids(after(without, says('c', abc)))).toEqual(['a', 'b'])
    expect(ids(after(without, says('b', abc)))).toEqual(['a', 'b'])
  })

  test('of two goes on the word of the one that is left', () => {
    const two = after(newMembership(['a.example:2379']), says('a', ab), says('b', ab))
    expect(ids(after(two, says('a', [member('a')])))).toEqual(['a'])
  })

  test('a learner that becomes a voter is told as one', () => {
    const learning = [...ab, member('c', { isLearner: true })]
    const membership = after(newMembership(['a.example:2379']), says('a', learning), says('b', learning))
    expect(expectedOf(membership).find((each) => each.id === 'c')?.voter).toBe(false)
    expect(expectedOf(after(membership, says('a', abc))).find((each) => each.id === 'c')?.voter).toBe(true)
  })

  test('nobody is forgotten in silence: without a majority for a smaller list, every member stays', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 }), (tellers) => {
      // Only one member ever tells the smaller list; the others keep theirs.
      const answers = tellers.map((teller) => says(teller, teller === 'a' ? ab : abc))
      expect(ids(after(three, ...answers))).toEqual(['a', 'b', 'c'])
    }))
  })
})

test('addresses of client URLs', () => {
  expect(addressOf('http://10.0.0.1:2379')).toBe('10.0.0.1:2379')
  expect(addressOf('https://[::1]:2379/')).toBe('[::1]:2379')
  expect(addressOf('https://etcd.example')).toBe('etcd.example:443')
  expect(addressOf('unix:///run/etcd.sock')).toBeNull()
})
