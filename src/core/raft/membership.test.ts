import { describe, expect, it } from 'vitest'
import type { MemberChange } from '../machine'
import { Group } from './group.fixture'

const set = (id: string, member: 'voter' | 'learner' | 'witness', promote = false): MemberChange => ({ kind: 'set', id, address: `test:${id}`, member, promote })
const remove = (id: string): MemberChange => ({ kind: 'remove', id })
const led = (ids = ['a', 'b', 'c']): Group => {
  const group = new Group(ids)
  group.elect('a')
  group.propose('a', 'one', 'two')
  return group
}

describe('a change of members', () => {
  it('adds a learner that is brought level and promoted by itself', () => {
    const group = led()
    group.join('d', ['a', 'b', 'c'])
    const token = group.control('a', { kind: 'change-members', mode: 'auto', changes: [set('d', 'learner', true)] })
    expect(group.node('a').controls.get(token)).toEqual({ kind: 'done' })
    group.tick(20)
    expect(group.voters('a')).toEqual(['a', 'b', 'c', 'd'])
    expect(group.voters('d')).toEqual(['a', 'b', 'c', 'd'])
    expect(group.node('d').applied).toEqual(['one', 'two'])
  })

  it('does not promote a learner before it has caught up', () => {
    const group = led()
    group.join('d', ['a', 'b', 'c'])
    group.loses = (_from, to, { kind }) => to === 'd' && kind === 'append-request'
    group.control('a', { kind: 'change-members', mode: 'auto', changes: [set('d', 'learner', true)] })
    group.tick(30)
    expect(group.voters('a')).toEqual(['a', 'b', 'c'])
    group.loses = () => false
    group.tick(10)
    expect(group.voters('a')).toEqual(['a', 'b', 'c', 'd'])
  })

  it('replaces several voters at once through a joint configuration and leaves it by itself', () => {
    const group = led()
    for (const id of ['d', 'e']) group.join(id, ['a', 'b', 'c'])
    const token = group.control('a', { kind: 'change-members', mode: 'auto', changes: [set('d', 'voter'), set('e', 'voter'), remove('b'), remove('c')] })
    group.tick(30)
    expect(group.node('a').controls.get(token)).toEqual({ kind: 'done' })
    expect(group.voters('a')).toEqual(['a', 'd', 'e'])
    expect(group.node('b').events.some((event) => event.kind === 'removed')).toBe(true)
    group.node('b').crash()
    group.node('c').crash()
    const [proposal = 0] = group.propose('a', 'three')
    expect(group.node('a').outcomes.get(proposal)).toBe('applied')
  })

  it('counts in both halves while it is joint', () => {
    const group = led()
    for (const id of ['d', 'e']) group.join(id, ['a', 'b', 'c'])
    group.isolate('b')
    group.isolate('c')
    group.control('a', { kind: 'change-members', mode: 'joint', changes: [set('d', 'voter'), set('e', 'voter')] })
    const [proposal = 0] = group.propose('a', 'three')
    expect(group.node('a').outcomes.get(proposal)).toBeUndefined()
    group.heal()
    group.tick(12)
    expect(group.node('a').outcomes.get(proposal)).toBe('applied')
  })

  it('says of each voter whether it votes in one half only, while it is joint', () => {
    const group = led()
    group.join('d', ['a', 'b', 'c'])
    const halves = () => {
      const { members } = group.node('a').machine.describe()
      return 'unknown' in members ? [] : members.map(({ id, voter, half }) => [id, voter, half ?? 'both'])
    }
    group.isolate('b')
    group.isolate('c')
    group.control('a', { kind: 'change-members', mode: 'joint', changes: [set('d', 'voter'), remove('c')] })
    expect(halves()).toEqual([['a', true, 'both'], ['b', true, 'both'], ['c', true, 'outgoing'], ['d', true, 'incoming']])
    group.heal()
    group.tick(12)
    expect(halves()).toEqual([['a', true, 'both'], ['b', true, 'both'], ['d', true, 'both']])
  })

  it('is carried through by the one who is to be out by it, where no one else could win', () => {
    for (const change of [remove('d'), set('d', 'learner')]) {
      const group = led(['a', 'b', 'c', 'd'])
      // d alone hears of it, and the three that are left need its vote or its lead.
      group.loses = (from, to, { kind }) => from === 'a' && to !== 'd' && kind === 'append-request'
      group.control('a', { kind: 'change-members', mode: 'auto', changes: [change] })
      group.node('a').crash()
      group.tick(100)
      expect(group.voters(group.leader.id)).toEqual(['a', 'b', 'c'])
      expect(['b', 'c']).toContain(group.leader.id)
    }
  })

  it('takes one that was removed and comes back for one that holds nothing', () => {
    const group = led()
    group.node('c').crash()
    group.control('a', { kind: 'change-members', mode: 'auto', changes: [remove('c')] })
    group.nodes.delete('c')
    group.join('c', ['a', 'b'])
    group.control('a', { kind: 'change-members', mode: 'auto', changes: [set('c', 'learner', true)] })
    group.tick(20)
    expect(group.voters('a')).toEqual(['a', 'b', 'c'])
    expect(group.node('c').applied).toEqual(['one', 'two'])
  })

  it('is refused while another is under way, before a commit of this term, and where no quorum would be left', () => {
    const group = led()
    const change = (changes: MemberChange[], mode: 'auto' | 'single' = 'auto'): unknown =>
      group.node('a').controls.get(group.control('a', { kind: 'change-members', mode, changes }))
    expect(change([remove('x')])).toMatchObject({ code: 'no-such-member' })
    expect(change([set('b', 'voter')])).toMatchObject({ code: 'nothing-to-do' })
    expect(change([set('d', 'voter'), set('e', 'voter')], 'single')).toMatchObject({ code: 'not-supported' })
    expect(change([set('b', 'witness')])).toMatchObject({ code: 'not-supported' })
    expect(change([remove('a'), remove('b'), remove('c')])).toMatchObject({ code: 'would-lose-quorum' })
    group.isolate('b')
    group.tick(25)
    expect(change([remove('c')])).toMatchObject({ code: 'would-lose-quorum' })
    group.isolate('c')
    expect(change([remove('b')])).toBeUndefined()
    expect(change([set('d', 'learner')])).toMatchObject({ code: 'change-in-flight' })
  })

  it('is rolled back when its entry is truncated', () => {
    const group = led()
    group.isolate('a')
    group.control('a', { kind: 'change-members', mode: 'single', changes: [remove('b')] })
    expect(group.voters('a')).toEqual(['a', 'c'])
    group.tick(40)
    group.propose(group.leader.id, 'other')
    group.heal()
    group.tick(30)
    expect(group.voters('a')).toEqual(['a', 'b', 'c'])
  })

  it('lets a leader that is removed bring it to an end and then step down', () => {
    const group = led()
    const token = group.control('a', { kind: 'change-members', mode: 'auto', changes: [remove('a')] })
    expect(group.node('a').controls.get(token)).toEqual({ kind: 'done' })
    group.tick(60)
    expect(group.node('a').machine.status().isLeader).toBe(false)
    expect(['b', 'c']).toContain(group.leader.id)
    expect(group.voters(group.leader.id)).toEqual(['b', 'c'])
    const { term } = group.leader.machine.status()
    // It does not campaign: it knows that it is out.
    group.tick(100)
    expect(group.leader.machine.status().term).toBe(term)
  })
})

describe('a witness', () => {
  const withWitness = (): Group => {
    const group = new Group(['a', 'b', 'w'], {}, 1, ['w'])
    group.elect('a')
    return group
  }

  it('acknowledges without the data and never leads', () => {
    const group = withWitness()
    group.isolate('b')
    const [token = 0] = group.propose('a', 'secret')
    expect(group.node('a').outcomes.get(token)).toBe('applied')
    expect(group.node('w').applied).toEqual([])
    group.tick(2)
    expect(group.node('w').machine.entries(1, 10).map((entry) => entry.kind)).toEqual(['no-op', 'stripped'])
    group.node('a').crash()
    group.heal()
    group.tick(100)
    // b lacks an entry that w has acknowledged: w does not vote for it, so nothing that was acknowledged is lost.
    expect([...group.nodes.values()].filter((node) => node.isUp && node.machine.status().isLeader)).toEqual([])
    group.node('a').open()
    group.tick(60)
    expect(group.node('b').applied).toEqual(['secret'])
  })

  it('is never left with more than those who can lead when its leader leaves the group', () => {
    const group = withWitness()
    group.propose('a', 'one')
    // The witness gets the removal and more; b has the removal only, and its going is known when the witness answers.
    group.loses = (from, to, message) => (from === 'w' && message.kind === 'append-response') || (to === 'b' && message.kind === 'append-request' && message.entries.some(({ kind }) => kind === 'command'))
    const token = group.control('a', { kind: 'change-members', mode: 'single', changes: [remove('a')] })
    group.propose('a', 'two')
    group.loses = (_, to, message) => to === 'b' && message.kind === 'append-request'
    group.tick(6, 'a')
    expect(group.node('a').controls.get(token)).toEqual({ kind: 'done' })
    expect(group.node('a').machine.status().isLeader).toBe(false)
    group.loses = () => false
    group.tick(60)
    expect(group.leader.id).toBe('b')
  })

  it('follows the log behind a snapshot without getting the state', () => {
    const group = withWitness()
    group.isolate('w')
    for (let i = 0; i < 10; i++) group.propose('a', `command-${i}`)
    group.node('a').takeSnapshot()
    group.heal()
    group.tick(30)
    group.propose('a', 'more')
    group.tick(3)
    expect(group.node('w').applied).toEqual([])
    expect(group.node('w').machine.status()).toMatchObject({ lastIndex: group.node('a').machine.status().lastIndex })
    group.node('w').crash()
    group.node('w').open()
    group.isolate('b')
    const [token = 0] = group.propose('a', 'still')
    group.tick(10)
    expect(group.node('a').outcomes.get(token)).toBe('applied')
  })
})

describe('a group that lost its majority', () => {
  it('goes on from one survivor that was told so, once', () => {
    const group = led(['a', 'b', 'c', 'd', 'e'])
    for (const id of ['a', 'b', 'c']) group.node(id).crash()
    group.tick(50)
    const survivor = group.node('d')
    const { lastIndex } = survivor.machine.status()
    survivor.crash()
    const members = ['d', 'e'].map((id) => ({ id, name: id, address: `test:${id}`, voter: id === 'd' }))
    survivor.options = { forcedMembers: { members, lastIndex, acceptDataLoss: true } }
    survivor.open()
    group.tick(60)
    expect(group.leader.id).toBe('d')
    expect(group.voters('d')).toEqual(['d', 'e'])
    group.propose('d', 'on')
    group.tick(5)
    expect(group.node('e').applied).toEqual(['one', 'two', 'on'])
    const { term } = survivor.machine.status()
    survivor.crash()
    const { options } = survivor
    for (const wrong of [{ lastIndex: lastIndex - 1 }, { lastIndex: lastIndex + 50 }, { members: members.map((member) => ({ ...member, voter: true })) }]) {
      survivor.options = { forcedMembers: { members, lastIndex, acceptDataLoss: true, ...wrong } }
      expect(() => { survivor.open() }).toThrow(/ends at|only voter/)
    }
    survivor.options = options
    survivor.open()
    group.tick(60)
    expect(group.voters('d')).toEqual(['d', 'e'])
    expect(group.leader.machine.status().term).toBeLessThan(term + 10)
  })
  it('does not go on from a witness, which has the places of commands and not what they did', () => {
    const group = new Group(['a', 'b', 'w'], {}, 1, ['w'])
    group.elect('a')
    group.propose('a', 'one')
    group.tick(3)
    for (const id of ['a', 'b', 'w']) group.node(id).crash()
    const witness = group.node('w')
    const { lastIndex } = witness.machine.status()
    witness.options = { forcedMembers: { members: [{ id: 'w', name: 'w', address: 'test:w', voter: true }], lastIndex, acceptDataLoss: true } }
    expect(() => { witness.open() }).toThrow(/keeps no data/)
  })
})
