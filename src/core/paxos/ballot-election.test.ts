import { describe, expect, it } from 'vitest'
import { TestCluster } from './cluster.fixture'
import { roundOf } from './ballot'

const FIVE = ['a', 'b', 'c', 'd', 'e']
const roundsOf = (cluster: TestCluster): number => Math.max(...[...cluster.nodes.values()].map(({ machine }) => roundOf(machine.inspect.promised)))

describe('a quiet cluster', () => {
  it('elects one leader and keeps it', () => {
    const cluster = new TestCluster({ ids: FIVE })
    const leader = cluster.elect()
    const rounds = roundsOf(cluster)
    cluster.run(200)
    expect(cluster.leaders()).toEqual([leader])
    expect(roundsOf(cluster)).toBe(rounds)
    for (const { machine } of cluster.nodes.values()) expect(machine.status().leaderId).toBe(leader)
  })

  it('of one member needs no one else', () => {
    const cluster = new TestCluster({ ids: ['a'] })
    expect(cluster.elect()).toBe('a')
    const [token] = cluster.propose('a', 'x=1')
    cluster.run(1)
    expect(cluster.outcomes.get(token as number)).toMatchObject({ kind: 'applied', command: 'x=1' })
  })

  it('replaces a leader that is gone', () => {
    const cluster = new TestCluster({ ids: FIVE })
    const first = cluster.elect()
    cluster.node(first).crash()
    cluster.run(1)
    const second = cluster.elect()
    expect(second).not.toBe(first)
    cluster.node(first).restart()
    cluster.run(40)
    expect(cluster.leaders()).toEqual([second])
  })
})

/** The three cases in which elections by terms and heartbeats alone get stuck (OmniPaxos, section 2). */
describe('under partial connectivity', () => {
  it('a leader that lost its quorum gives way to the one member that has one (quorum loss)', () => {
    const cluster = new TestCluster({ ids: FIVE })
    const first = cluster.elect()
    const hub = FIVE.find((id) => id !== first) as string
    for (const one of FIVE) for (const other of FIVE) if (one < other && one !== hub && other !== hub) cluster.cutLink(one, other)
    cluster.run(80)
    expect(cluster.leaders()).toEqual([hub])
    const [token] = cluster.propose(hub, 'x=1')
    cluster.run(5)
    expect(cluster.outcomes.get(token as number)?.kind).toBe('applied')
  })

  it('a member that lacks what was chosen can lead once it has learned it (constrained election)', () => {
    const cluster = new TestCluster({ ids: FIVE })
    const first = cluster.elect()
    const hub = FIVE.find((id) => id !== first) as string
    cluster.partition([hub], FIVE.filter((id) => id !== hub))
    cluster.propose(first, 'x=1', 'x=2')
    cluster.run(5)
    cluster.heal()
    for (const one of FIVE) for (const other of FIVE) if (one < other && one !== hub && other !== hub) cluster.cutLink(one, other)
    cluster.cutLink(first, hub)
    cluster.run(120)
    expect(cluster.leaders()).toContain(hub)
    expect(cluster.node(hub).state.keys.get('x')).toBe('2')
  })

  it('two members that do not hear each other do not depose each other for ever (chained)', () => {
    const cluster = new TestCluster({ ids: ['a', 'b', 'c'] })
    const first = cluster.elect()
    const [middle, end] = ['a', 'b', 'c'].filter((id) => id !== first) as [string, string]
    cluster.cutLink(first, end)
    cluster.run(60)
    const rounds = roundsOf(cluster)
    cluster.run(200)
    expect(roundsOf(cluster)).toBe(rounds)
    const leaders = cluster.leaders()
    expect(leaders).toHaveLength(1)
    const [token] = cluster.propose(leaders[0] as string, 'x=1')
    cluster.run(30)
    expect(cluster.outcomes.get(token as number)?.kind).toBe('applied')
    // Who does not hear the leader learns from who does.
    for (const id of [first, middle, end]) expect(cluster.node(id).state.keys.get('x')).toBe('1')
  })

  it('a member that was cut off does not disturb a healthy leader when it comes back', () => {
    const cluster = new TestCluster({ ids: ['a', 'b', 'c'] })
    const leader = cluster.elect()
    const other = ['a', 'b', 'c'].find((id) => id !== leader) as string
    const rounds = roundsOf(cluster)
    cluster.partition([other], ['a', 'b', 'c'].filter((id) => id !== other))
    cluster.run(200)
    cluster.heal()
    cluster.run(60)
    expect(cluster.leaders()).toEqual([leader])
    expect(roundsOf(cluster)).toBe(rounds)
  })

  it('a leader in a minority steps down and says so', () => {
    const cluster = new TestCluster({ ids: FIVE })
    const first = cluster.elect()
    const other = FIVE.find((id) => id !== first) as string
    cluster.partition([first, other], FIVE.filter((id) => id !== first && id !== other))
    cluster.run(15)
    expect(cluster.node(first).machine.status().isLeader).toBe(false)
    cluster.run(60)
    expect(cluster.leaders()).toHaveLength(1)
    expect(cluster.leaders()).not.toContain(first)
  })
})
