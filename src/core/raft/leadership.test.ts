import { describe, expect, it } from 'vitest'
import { Group } from './group.fixture'
import { encodeMessage, type Message } from './index'

const led = (options: ConstructorParameters<typeof Group>[1] = {}): Group => {
  const group = new Group(['a', 'b', 'c'], options)
  group.elect('a')
  group.propose('a', 'one')
  group.tick()
  return group
}

describe('leadership', () => {
  it('is handed to the voter that was asked for, within one round trip and without an election timeout', () => {
    const group = led()
    const token = group.control('a', { kind: 'transfer-leadership', to: 'c' })
    expect(group.leader.id).toBe('c')
    group.tick(2)
    expect(group.node('a').controls.get(token)).toEqual({ kind: 'done' })
  })

  it('goes to the most up-to-date voter where no one is named', () => {
    const group = led()
    group.isolate('b')
    group.propose('a', 'two')
    group.control('a', { kind: 'transfer-leadership', to: null })
    expect(group.leader.id).toBe('c')
  })

  it('goes to the preferred voter where no one is named, if that can be brought level', () => {
    const group = led({ priorities: new Map([['c', 2], ['b', 1]]) })
    group.loses = (_from, to, message) => to === 'c' && message.kind === 'append-request'
    group.propose('a', 'two')
    group.loses = () => false
    group.control('a', { kind: 'transfer-leadership', to: null })
    group.tick(3)
    expect(group.leader.id).toBe('c')
    // One that is not heard of, or is far behind, is no help: another one is.
    const other = led({ priorities: new Map([['c', 1]]), promoteWithinEntries: 0 })
    other.loses = (_from, to, message) => to === 'c' && message.kind === 'append-request'
    other.propose('a', 'two')
    other.control('a', { kind: 'transfer-leadership', to: null })
    expect(other.leader.id).toBe('b')
  })

  it('finds a successor at every moment, also right after the leader has counted who is there', () => {
    for (let ticks = 0; ticks < 10; ticks++) {
      const group = led()
      group.tick(ticks)
      // The answers to this tick's heartbeats are still under way.
      group.node('a').machine.tick()
      const token = group.control('a', { kind: 'transfer-leadership', to: null })
      expect(group.node('a').controls.get(token)?.kind).not.toBe('refused')
    }
  })

  it('refuses proposals while it is handed over, and is given up after an election timeout', () => {
    const group = led()
    group.isolate('b')
    group.propose('a', 'two')
    const token = group.control('a', { kind: 'transfer-leadership', to: 'b' })
    const [proposal = 0] = group.propose('a', 'three')
    expect(group.node('a').outcomes.get(proposal)).toEqual({ kind: 'busy' })
    group.tick(11)
    expect(group.node('a').controls.get(token)).toMatchObject({ kind: 'refused', code: 'not-ready' })
    const [later = 0] = group.propose('a', 'four')
    expect(group.node('a').outcomes.get(later)).toBe('applied')
  })

  it('refuses one who cannot lead', () => {
    const group = led()
    const outcome = (to: string): unknown => group.node('a').controls.get(group.control('a', { kind: 'transfer-leadership', to }))
    expect(outcome('x')).toMatchObject({ code: 'no-such-member' })
    expect(outcome('a')).toEqual({ kind: 'done' })
    const token = group.control('b', { kind: 'transfer-leadership', to: 'c' })
    expect(group.node('b').controls.get(token)).toEqual({ kind: 'not-leader', leaderId: 'a' })
  })

  it('is asked for in the name of the old leader once only: whoever failed asks as everyone does', () => {
    const group = led()
    const asked: Message[] = []
    group.loses = (from, _to, message) => {
      if (from === 'b' && message.kind.endsWith('vote-request')) asked.push(message)
      return from === 'b'
    }
    group.control('a', { kind: 'transfer-leadership', to: 'b' })
    group.tick(20, 'b')
    expect(asked.map((message) => [message.kind, 'isTransfer' in message]).slice(0, 4)).toEqual([
      ['vote-request', true], ['vote-request', true], ['pre-vote-request', false], ['pre-vote-request', false],
    ])
  })

  it('goes to the member of the highest priority when the leader is lost', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const group = new Group(['a', 'b', 'c'], { priorities: new Map([['a', 1], ['b', 1]]) }, seed)
      group.elect('a')
      group.node('a').crash()
      group.tick(60)
      expect(group.leader.id).toBe('b')
    }
  })
})

describe('a leader', () => {
  it('is found whatever the members are called', () => {
    const ids = ['constructor', '__proto__', '']
    const group = new Group(ids)
    group.tick(60)
    expect(ids).toContain(group.leader.id)
  })
})

describe('a read', () => {
  it('at a follower waits until the index that the leader named is applied', () => {
    const group = led({ followerReads: true })
    group.loses = (_from, to, message) => to === 'c' && message.kind === 'append-request'
    group.propose('a', 'two')
    const token = group.read('c')
    group.settle()
    expect(group.node('c').readAnswers.get(token)).toBeUndefined()
    group.loses = () => false
    group.tick(10)
    expect(group.node('c').readAnswers.get(token)).toBe('one,two')
  })

  it('at a follower asks the leader once for all of a turn, and is dropped where no answer comes', () => {
    const group = led({ followerReads: true })
    const tokens = [group.read('b'), group.read('b'), group.read('b')]
    group.settle()
    expect(tokens.map((token) => group.node('b').readAnswers.get(token))).toEqual(['one', 'one', 'one'])
    expect(group.delivered.filter((each) => each === 'b->a read-request')).toHaveLength(1)
    group.loses = (_from, _to, message) => message.kind === 'read-response'
    const lost = group.read('b')
    group.tick(30)
    expect(group.node('b').readAnswers.get(lost)).toBe('dropped')
  })

  it('by lease needs no message while the lease holds, and is not answered by it after', () => {
    const group = led({ reads: 'lease', leaseDriftTicks: 2 })
    group.tick(4)
    group.isolate('a')
    const early = group.read('a')
    group.settle()
    expect(group.node('a').readAnswers.get(early)).toBe('one')
    group.tick(8, 'a')
    const late = group.read('a')
    group.settle()
    expect(group.node('a').readAnswers.get(late)).toBeUndefined()
  })

  it('by lease is over once someone was told to stand for election', () => {
    const group = led({ reads: 'lease' })
    group.tick(4)
    group.loses = (from) => from === 'b'
    group.control('a', { kind: 'transfer-leadership', to: 'b' })
    group.isolate('a')
    const token = group.read('a')
    group.settle()
    expect(group.node('a').readAnswers.get(token)).toBeUndefined()
  })

  it('by lease is protected by those who have heard of a later term since they answered the leader', () => {
    const group = led({ reads: 'lease' })
    group.tick(4)
    const { term, lastIndex } = group.node('a').machine.status()
    const b = group.node('b').machine
    // c stands already; b, which had asked it before it heard of a again, is told of the term before it is asked for its vote.
    b.receive('c', encodeMessage({ kind: 'pre-vote-response', term: term + 1, granted: false }))
    expect(b.status().term).toBe(term + 1)
    b.receive('c', encodeMessage({ kind: 'vote-request', term: term + 1, lastIndex, lastTerm: term }))
    group.settle()
    expect(b.inspect.vote).toBeNull()
    for (let i = 0; i < 10; i++) b.tick()
    b.receive('c', encodeMessage({ kind: 'vote-request', term: term + 1, lastIndex, lastTerm: term }))
    expect(b.inspect.vote).toBe('c')
  })

  it('by lease is protected by those who have just been started', () => {
    const group = led({ reads: 'lease' })
    group.tick(4)
    group.node('b').crash()
    group.node('b').open()
    group.isolate('a')
    // c campaigns at once, as if its clock had run ahead; b does not help it before an election timeout is over.
    for (let i = 0; i < 9; i++) group.tick(1, 'b')
    for (let i = 0; i < 25; i++) group.tick(1, 'c')
    expect(group.node('c').machine.status().isLeader).toBe(false)
  })

  it('by lease rests on no one who would not know of its promise after a crash', () => {
    const group = new Group(['a', 'b', 'c'], { reads: 'lease' })
    group.isolate('c')
    group.elect('a')
    group.propose('a', 'one')
    group.tick(12, 'a')
    group.heal()
    group.isolate('b')
    // The first that c hears of any leader; its disk is slow, and then all that it had heard is gone.
    group.node('c').isDiskHeld = true
    group.tick(9, 'a')
    expect(group.node('a').machine.inspect.holdsLease).toBe(false)
    group.node('c').isDiskHeld = false
    group.tick(4, 'a')
    expect(group.node('a').machine.inspect.holdsLease).toBe(true)
  })
})

describe('a proposal at a follower', () => {
  it('goes on to the leader and is settled here when it is applied here', () => {
    const group = led({ forwardProposals: true })
    const tokens = group.propose('b', 'two', 'three')
    group.tick()
    expect(tokens.map((token) => group.node('b').outcomes.get(token))).toEqual(['applied', 'applied'])
    expect(group.node('c').applied).toEqual(['one', 'two', 'three'])
  })

  it('is appended once though its message comes twice, and unknown where no answer comes', () => {
    const group = led({ forwardProposals: true })
    group.loses = (_from, _to, message) => message.kind === 'propose-response'
    group.doubles = (_from, _to, message) => message.kind === 'propose-request'
    const [token = 0] = group.propose('b', 'two')
    const sent = group.delivered.filter((each) => each === 'b->a propose-request')
    expect(sent).toHaveLength(2)
    group.tick(25)
    expect(group.node('b').outcomes.get(token)).toEqual({ kind: 'unknown', why: 'timed-out' })
    expect(group.node('a').applied).toEqual(['one', 'two'])
  })

  it('is refused without the option, with the name of the leader', () => {
    const group = led()
    const [token = 0] = group.propose('b', 'two')
    expect(group.node('b').outcomes.get(token)).toEqual({ kind: 'not-leader', leaderId: 'a' })
  })
})
