import { describe, expect, it } from 'vitest'
import { Group } from './group.fixture'

/** A leader whose log has left behind what c lacks. */
function farBehind(): Group {
  const group = new Group(['a', 'b', 'c'])
  group.elect('a')
  group.propose('a', 'one')
  group.isolate('c')
  for (let i = 0; i < 10; i++) group.propose('a', `command-${i}`)
  group.node('a').takeSnapshot()
  return group
}

describe('a follower that lacks what the log no longer holds', () => {
  it('gets the snapshot chunk by chunk and goes on behind it', () => {
    const group = farBehind()
    expect(group.node('a').machine.status().firstIndex).toBe(11)
    group.heal()
    group.tick(12)
    group.propose('a', 'after')
    group.tick()
    expect(group.node('c').snapshotsInstalled).toBe(1)
    expect(group.node('c').applied).toEqual(group.node('a').applied)
    expect(group.delivered.filter((each) => each === 'a->c snapshot-chunk').length).toBeGreaterThan(10)
  })

  it('is served although every kind of message is lost now and then', () => {
    for (const kind of ['snapshot-chunk', 'snapshot-response', 'append-response'] as const) {
      const group = farBehind()
      let count = 0
      group.loses = (_from, _to, message) => message.kind === kind && ++count % 3 === 1
      group.heal()
      group.tick(600)
      expect(group.node('c').applied).toEqual(group.node('a').applied)
    }
  })

  it('begins again after a restart in the middle', () => {
    const group = farBehind()
    group.heal()
    let chunks = 0
    group.loses = (_from, to, message) => to === 'c' && message.kind === 'snapshot-chunk' && ++chunks > 4
    group.tick(12)
    group.node('c').crash()
    group.tick(5)
    group.node('c').open()
    group.loses = () => false
    group.tick(40)
    expect(group.node('c').applied).toEqual(group.node('a').applied)
  })

  it('gets the newer one where the snapshot was replaced on the way', () => {
    const group = farBehind()
    group.heal()
    let chunks = 0
    group.loses = (_from, to, message) => to === 'c' && message.kind === 'snapshot-chunk' && ++chunks > 4
    group.tick(12)
    for (let i = 0; i < 10; i++) group.propose('a', `newer-${i}`)
    group.node('a').takeSnapshot()
    group.loses = () => false
    group.tick(40)
    expect(group.node('c').snapshotsInstalled).toBe(1)
    expect(group.node('c').applied).toEqual(group.node('a').applied)
  })

  it('and keeps no state is given a newer place to begin at where the log has gone on meanwhile', () => {
    const group = new Group(['a', 'b', 'c'], {}, 1, ['c'])
    group.elect('a')
    group.isolate('c')
    const goOn = (name: string): void => {
      for (let i = 0; i < 10; i++) group.propose('a', `${name}-${i}`)
      group.node('a').takeSnapshot()
    }
    goOn('first')
    group.heal()
    group.loses = (from, _to, message) => from === 'c' && message.kind === 'append-response'
    group.tick(12)
    expect(group.node('c').machine.status().lastIndex).toBe(11)
    goOn('second')
    group.loses = () => false
    group.tick(40)
    expect(group.node('c').machine.status().lastIndex).toBe(group.node('a').machine.status().lastIndex)
  })

  it('finds its log as it left it after a restart, with a tail of another term in front of the snapshot', () => {
    const group = new Group(['a', 'b', 'c'])
    group.elect('c')
    group.isolate('c')
    for (let i = 0; i < 20; i++) group.propose('c', `lost-${i}`)
    group.tick(30)
    group.elect('a')
    for (let i = 0; i < 10; i++) group.propose('a', `kept-${i}`)
    group.node('a').takeSnapshot()
    group.heal()
    group.tick(40)
    expect(group.node('c').snapshotsInstalled).toBe(1)
    group.propose('a', 'behind')
    group.node('c').crash()
    group.node('c').open()
    group.tick(10)
    expect(group.node('c').applied).toEqual(group.node('a').applied)
    group.node('a').crash()
    group.tick(40)
    group.propose(group.leader.id, 'and on')
    group.tick()
    expect(group.node('c').applied.at(-1)).toBe('and on')
    expect(group.node('c').applied).toEqual(group.node('b').applied)
  })
})

describe('a log behind a snapshot', () => {
  it('keeps the entries that trail, over a restart too', () => {
    const group = new Group(['a'])
    group.elect('a')
    for (let i = 0; i < 9; i++) group.propose('a', `c${i}`)
    group.node('a').takeSnapshot()
    group.propose('a', 'last')
    const { firstIndex, lastIndex } = group.node('a').machine.status()
    expect([firstIndex, lastIndex]).toEqual([9, 11])
    group.node('a').crash()
    group.node('a').open()
    group.tick(20)
    expect(group.node('a').machine.status()).toMatchObject({ lastIndex: 12, isLeader: true })
    expect(group.node('a').applied).toHaveLength(10)
  })

  it('carries the members as of its index, not those of today', () => {
    const group = new Group(['a', 'b', 'c'])
    group.elect('a')
    group.propose('a', 'x')
    group.node('b').takeSnapshot()
    group.control('a', { kind: 'change-members', mode: 'auto', changes: [{ kind: 'remove', id: 'c' }] })
    group.tick(5)
    expect(group.voters('b')).toEqual(['a', 'b'])
    group.node('b').takeSnapshot()
    group.node('b').crash()
    group.node('b').open()
    expect(group.voters('b')).toEqual(['a', 'b'])
  })
})
