import { describe, expect, it } from 'vitest'
import { TestCluster } from './cluster.fixture'

const ABC = ['a', 'b', 'c']
const place = (value: bigint): unknown => ({ unit: 'entries', lineage: 'group', value })

describe('what a member says of itself', () => {
  it('before anything has happened is that it has promised nothing', () => {
    const cluster = new TestCluster({ ids: ABC })
    expect(cluster.node('a').machine.describe()).toMatchObject({ role: 'follower', leaderId: null, fence: { unknown: 'not-measured' }, peers: [] })
  })

  it('as a leader is its ballot, its log and how far each other member is', () => {
    const cluster = new TestCluster({ ids: ABC, learners: ['l'] })
    const leader = cluster.elect()
    cluster.propose(leader, 'x=1', 'x=2')
    cluster.run(10)
    const other = ABC.find((id) => id !== leader) as string
    cluster.node(other).crash()
    cluster.propose(leader, 'x=3')
    cluster.run(6)
    const said = cluster.node(leader).machine.describe()
    const ballot = cluster.node(leader).machine.inspect.promised
    expect(said.fence).toEqual({ kind: 'ballot', value: BigInt(ballot), label: `${Math.floor(ballot / 1024)}.${leader}` })
    expect(said.log).toMatchObject({ last: place(3n), committed: place(3n), applied: place(3n), persisted: place(3n), firstAvailable: place(1n) })
    const lost = said.peers.find(({ id }) => id === other)
    expect(lost).toMatchObject({ position: place(2n), stage: 'flushed', lag: { entries: 1n, silentForMs: 60, basis: 'leader-progress' } })
    expect(lost?.lag.bytes).toBe(27n)
    expect(said.peers.filter(({ id }) => id !== other).map(({ lag }) => lag.entries)).toEqual([0n, 0n])
    expect(cluster.node('l').machine.describe()).toMatchObject({ role: 'learner', leaderId: leader, fence: { label: said.fence && 'label' in said.fence ? said.fence.label : '' } })
  })

  it('tells how long what a member lacks has existed', () => {
    const cluster = new TestCluster({ ids: ABC })
    const leader = cluster.elect()
    cluster.propose(leader, 'x=1')
    cluster.run(10)
    const other = ABC.find((id) => id !== leader) as string
    cluster.node(other).crash()
    cluster.propose(leader, 'x=2')
    cluster.run(8)
    const seconds = cluster.node(leader).machine.describe().peers.find(({ id }) => id === other)?.lag.seconds
    // Eight ticks of ten milliseconds, to the precision of two.
    expect(seconds).toBeGreaterThanOrEqual(0.06)
    expect(seconds).toBeLessThanOrEqual(0.08)
  })
})
