import { describe, expect, it } from 'vitest'
import { TestCluster } from './cluster.fixture'
import { TAKEN_MAX, TakenNumbers } from './forwards'

const ABC = ['a', 'b', 'c']

function forwarding(): { cluster: TestCluster; leader: string; other: string } {
  const cluster = new TestCluster({ ids: ABC, options: { forwarding: true } })
  const leader = cluster.elect()
  cluster.run(4)
  return { cluster, leader, other: ABC.find((id) => id !== leader) as string }
}

describe('a proposal at a member that does not lead', () => {
  it('is settled there when that member applies it', () => {
    const { cluster, other } = forwarding()
    const tokens = cluster.propose(other, 'x=1', 'x=2')
    cluster.run(5)
    expect(tokens.map((token) => cluster.outcomes.get(token))).toMatchObject([{ kind: 'applied', command: 'x=1' }, { kind: 'applied', command: 'x=2' }])
    expect(cluster.node(other).machine.entries(1, 3).map(({ kind }) => kind)).toEqual(['command', 'command'])
  })

  it('is taken once, though its frame comes twice', () => {
    const { cluster, leader, other } = forwarding()
    cluster.propose(other, 'x=1')
    cluster.node(other).flush()
    const frames = cluster.packets.filter(({ kind }) => kind === 'forward')
    expect(frames).toHaveLength(1)
    cluster.packets.push(...frames, ...frames)
    cluster.run(5)
    expect(cluster.node(leader).state.count).toBe(1)
    cluster.packets.push(...frames)
    cluster.run(5)
    expect(cluster.node(leader).state.count).toBe(1)
  })

  it('is refused where the leader has stepped down, and never taken afterwards', () => {
    const { cluster, leader, other } = forwarding()
    const [token] = cluster.propose(other, 'x=1')
    cluster.node(other).flush()
    const frames = cluster.packets.filter(({ kind }) => kind === 'forward')
    cluster.packets = cluster.packets.filter(({ kind }) => kind !== 'forward')
    cluster.control(leader, { kind: 'transfer-leadership', to: null })
    cluster.run(3)
    expect(cluster.leaders()).not.toContain(leader)
    cluster.packets.push(...frames)
    cluster.settleDown()
    expect(cluster.outcomes.get(token as number)).toMatchObject({ kind: 'refused', refusal: { kind: 'not-leader' } })
    cluster.run(30)
    expect(cluster.node(other).state.count).toBe(0)
  })

  it('is unknown where nothing is heard of it', () => {
    const { cluster, other } = forwarding()
    const [token] = cluster.propose(other, 'x=1')
    cluster.node(other).flush()
    cluster.packets = []
    cluster.run(50)
    expect(cluster.outcomes.get(token as number)).toEqual({ kind: 'refused', refusal: { kind: 'unknown', why: 'timed-out' } })
  })

  it('is refused at once where no leader is known', () => {
    const cluster = new TestCluster({ ids: ABC, options: { forwarding: true } })
    const [token] = cluster.propose('a', 'x=1')
    cluster.settleDown()
    expect(cluster.outcomes.get(token as number)).toEqual({ kind: 'refused', refusal: { kind: 'not-leader', leaderId: null } })
  })
})

it('a leader remembers only so many of the numbers that it took, and takes none twice', () => {
  const taken = new TakenNumbers()
  for (let number = 1; number <= TAKEN_MAX + 2; number++) expect(taken.add(number)).toBe(true)
  for (const number of [1, 2, 3, TAKEN_MAX, TAKEN_MAX + 2]) expect(taken.add(number)).toBe(false)
  expect(taken.add(TAKEN_MAX + 3)).toBe(true)
})
