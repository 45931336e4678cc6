import { describe, expect, it } from 'vitest'
import type { MemberChange } from '../machine'
import { TestCluster } from './cluster.fixture'
import { decodeMessage, encodeMessage } from './message-codec'

const ABC = ['a', 'b', 'c']
const set = (id: string, member: 'voter' | 'learner' | 'witness' = 'voter', promote = false): MemberChange => ({ kind: 'set', id, address: `memory:${id}`, member, promote })
const remove = (id: string): MemberChange => ({ kind: 'remove', id })

function changed(cluster: TestCluster, at: string, ...changes: MemberChange[]): unknown {
  const token = cluster.control(at, { kind: 'change-members', changes, mode: 'auto' })
  cluster.run(20)
  const outcome = cluster.outcomes.get(token)
  return outcome?.kind === 'control' ? outcome.outcome : outcome
}

const votersAt = (cluster: TestCluster, id: string): string[] => {
  const { history } = cluster.node(id).machine.inspect
  return [...history.at(cluster.node(id).machine.status().committedIndex + 1).quorum.voters]
}

describe('a change of members', () => {
  it('is in force alpha slots after the one it is chosen in, and no-ops bring it there', () => {
    const cluster = new TestCluster({ ids: ABC, options: { alpha: 5 } })
    const leader = cluster.elect()
    cluster.join('d')
    expect(changed(cluster, leader, set('d'))).toEqual({ kind: 'done' })
    const { machine } = cluster.node(leader)
    expect(machine.entries(1, 100).map(({ kind }) => kind)).toEqual(['members', 'no-op', 'no-op', 'no-op', 'no-op'])
    expect(machine.inspect.history.newest.from).toBe(6)
    for (const id of [...ABC, 'd']) expect(votersAt(cluster, id)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('gives a new member all that was chosen before it came', () => {
    const cluster = new TestCluster({ ids: ABC })
    const leader = cluster.elect()
    for (let i = 0; i < 30; i++) {
      cluster.propose(leader, `x=${i}`)
      cluster.run(1)
    }
    cluster.join('d')
    changed(cluster, leader, set('d', 'learner'))
    expect(cluster.node('d').state.keys.get('x')).toBe('29')
    expect(cluster.node('d').machine.status().role).toBe('learner')
  })

  it('may replace all members at once', () => {
    const cluster = new TestCluster({ ids: ABC })
    const leader = cluster.elect()
    cluster.propose(leader, 'x=1')
    for (const id of ['d', 'e', 'f']) cluster.join(id)
    changed(cluster, leader, set('d'), set('e'), set('f'), ...ABC.map(remove))
    cluster.run(80)
    const next = cluster.leaders()[0] as string
    expect(['d', 'e', 'f']).toContain(next)
    for (const id of ABC) cluster.node(id).crash()
    const [token] = cluster.propose(next, 'x=2')
    cluster.run(20)
    expect(cluster.outcomes.get(token as number)?.kind).toBe('applied')
    expect(cluster.node(next).state.keys.get('x')).toBe('2')
  })

  it('tells a member that it is removed, and the leader hands over when it is the one', () => {
    const cluster = new TestCluster({ ids: ABC })
    const leader = cluster.elect()
    expect(changed(cluster, leader, remove(leader))).toEqual({ kind: 'done' })
    expect(cluster.node(leader).events.some(({ kind }) => kind === 'removed')).toBe(true)
    cluster.run(40)
    expect(cluster.leaders()).toHaveLength(1)
    expect(cluster.leaders()).not.toContain(leader)
    const rounds = cluster.node(cluster.leaders()[0] as string).machine.inspect.promised
    cluster.run(100)
    expect(cluster.node(cluster.leaders()[0] as string).machine.inspect.promised).toBe(rounds)
  })

  it('promotes a learner by itself once it has caught up', () => {
    const cluster = new TestCluster({ ids: ABC })
    const leader = cluster.elect()
    for (let i = 0; i < 30; i++) cluster.propose(leader, `x=${i}`)
    cluster.join('d')
    changed(cluster, leader, set('d', 'learner', true))
    cluster.run(30)
    expect(votersAt(cluster, leader)).toEqual(['a', 'b', 'c', 'd'])
    expect(cluster.node('d').machine.status().role).toBe('follower')
  })

  it('goes on under the next leader where the first one is gone', () => {
    const cluster = new TestCluster({ ids: ABC })
    const leader = cluster.elect()
    cluster.join('d')
    const token = cluster.control(leader, { kind: 'change-members', changes: [set('d')], mode: 'auto' })
    const node = cluster.node(leader)
    node.flush()
    for (const packet of cluster.packets.splice(0)) cluster.deliver(packet)
    for (const id of ABC) {
      cluster.node(id).flush()
      cluster.node(id).disk.sync()
    }
    cluster.packets = []
    node.crash()
    cluster.run(80)
    const next = cluster.leaders()[0] as string
    expect(cluster.outcomes.get(token)).toBeUndefined()
    expect(votersAt(cluster, next)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('brings voters who may know of choices that the leader does not: it learns those, and proposes nothing against them', () => {
    const cluster = new TestCluster({ ids: ABC, options: { alpha: 4 } })
    const leader = cluster.elect()
    cluster.join('d')
    const send = cluster.send.bind(cluster)
    cluster.send = (from, to, kind, bytes) => {
      const message = decodeMessage(bytes)
      const isReport = message?.kind === 'promise' && from === 'd'
      send(from, to, kind, isReport ? encodeMessage({ ...message, chosen: 20, entries: [] }) : bytes)
    }
    cluster.control(leader, { kind: 'change-members', changes: [set('d')], mode: 'auto' })
    cluster.run(1)
    const { lastIndex } = cluster.node(leader).machine.status()
    const [token] = cluster.propose(leader, 'x=1')
    cluster.run(5)
    expect(cluster.outcomes.get(token as number)).toBeUndefined()
    expect(cluster.node(leader).machine.status().lastIndex).toBe(lastIndex)
  })

  it('is refused for a reason that is said', () => {
    const cluster = new TestCluster({ ids: ABC })
    const leader = cluster.elect()
    const other = ABC.find((id) => id !== leader) as string
    expect(changed(cluster, other, set('d'))).toEqual({ kind: 'not-leader', leaderId: leader })
    expect(changed(cluster, leader, remove('z'))).toMatchObject({ code: 'no-such-member' })
    expect(changed(cluster, leader, set('a'))).toMatchObject({ code: 'nothing-to-do' })
    expect(changed(cluster, leader, set('d', 'witness'))).toMatchObject({ code: 'not-supported' })
    expect(changed(cluster, leader, ...ABC.map(remove))).toMatchObject({ code: 'would-lose-quorum' })
    cluster.control(leader, { kind: 'change-members', changes: [set('d', 'learner')], mode: 'auto' })
    expect(changed(cluster, leader, set('e'))).toMatchObject({ code: 'change-in-flight' })
    cluster.node(other).crash()
    cluster.run(15)
    const third = ABC.find((id) => id !== leader && id !== other) as string
    expect(changed(cluster, leader, remove(third))).toMatchObject({ code: 'would-lose-quorum' })
  })

  it('never gives an ordinal twice, so that ballots stay unique', () => {
    const cluster = new TestCluster({ ids: ABC })
    let leader = cluster.elect()
    const out = ABC.find((id) => id !== leader) as string
    changed(cluster, leader, remove(out))
    cluster.run(20)
    leader = cluster.elect()
    changed(cluster, leader, set(out))
    cluster.run(20)
    const { members } = cluster.node(leader).machine.inspect.history.newest.configuration
    expect(members.find(({ id }) => id === out)?.ordinal).toBe(3)
  })

  it('survives in snapshots, also while it is not yet in force', () => {
    const cluster = new TestCluster({ ids: ABC, options: { alpha: 6 } })
    const leader = cluster.elect()
    cluster.join('d')
    cluster.control(leader, { kind: 'change-members', changes: [set('d', 'learner')], mode: 'auto' })
    const node = cluster.node(leader)
    for (let i = 0; i < 20 && node.machine.status().appliedIndex < 1; i++) {
      for (const id of ABC) cluster.node(id).flush()
      for (const packet of cluster.packets.splice(0)) cluster.deliver(packet)
      for (const id of ABC) cluster.node(id).disk.sync(1)
    }
    node.snapshot()
    cluster.settleDown()
    node.crash()
    node.restart()
    expect(node.machine.members.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe('a handover', () => {
  it('goes to whom it is asked to, without a pause of an election', () => {
    const cluster = new TestCluster({ ids: ABC })
    const leader = cluster.elect()
    const to = ABC.find((id) => id !== leader) as string
    const token = cluster.control(leader, { kind: 'transfer-leadership', to })
    cluster.run(2)
    expect(cluster.leaders()).toEqual([to])
    expect(cluster.outcomes.get(token)).toEqual({ kind: 'control', outcome: { kind: 'done' } })
  })

  it('is given up where the target is gone, and the leader goes on', () => {
    const cluster = new TestCluster({ ids: ABC })
    const leader = cluster.elect()
    const to = ABC.find((id) => id !== leader) as string
    cluster.node(to).crash()
    const token = cluster.control(leader, { kind: 'transfer-leadership', to })
    const [busy] = cluster.propose(leader, 'x=1')
    cluster.run(30)
    expect(cluster.outcomes.get(busy as number)).toEqual({ kind: 'refused', refusal: { kind: 'busy' } })
    expect(cluster.outcomes.get(token)).toEqual({ kind: 'control', outcome: { kind: 'unknown', why: 'timed-out' } })
    const [later] = cluster.propose(leader, 'x=2')
    cluster.run(5)
    expect(cluster.outcomes.get(later as number)?.kind).toBe('applied')
  })

  it('is refused to who cannot lead', () => {
    const cluster = new TestCluster({ ids: ABC, learners: ['l'] })
    const leader = cluster.elect()
    cluster.run(10)
    const ask = (to: string): unknown => {
      const token = cluster.control(leader, { kind: 'transfer-leadership', to })
      cluster.settleDown()
      return cluster.outcomes.get(token)
    }
    expect(ask('z')).toMatchObject({ outcome: { code: 'no-such-member' } })
    expect(ask('l')).toMatchObject({ outcome: { code: 'not-a-voter' } })
    expect(ask(leader)).toMatchObject({ outcome: { kind: 'done' } })
  })
})
