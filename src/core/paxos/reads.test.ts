import { describe, expect, it } from 'vitest'
import { ballotOf } from './ballot'
import { TestCluster } from './cluster.fixture'
import { encodeMessage } from './message-codec'
import type { Message } from './types'

const ABC = ['a', 'b', 'c']

/** Reads at `leader` succeed at first, and none does any more once another one leads. */
function expectReadsToEndBeforeAnotherLeads(cluster: TestCluster, leader: string): void {
  let lastRead = 0
  let firstOther = 0
  for (let tick = 1; tick <= 80; tick++) {
    const read = cluster.read(leader)
    cluster.run(1)
    if (read !== null && cluster.outcomes.get(read)?.kind === 'read') lastRead = tick
    if (firstOther === 0 && cluster.leaders().some((id) => id !== leader)) firstOther = tick
  }
  expect(lastRead).toBeGreaterThan(0)
  expect(firstOther).toBeGreaterThan(lastRead)
}

describe('a read', () => {
  it('sees every write that was acknowledged before it', () => {
    const cluster = new TestCluster({ ids: ABC })
    const leader = cluster.elect()
    const [write] = cluster.propose(leader, 'x=1')
    cluster.run(2)
    const read = cluster.read(leader) as number
    cluster.settleDown()
    expect(cluster.outcomes.get(write as number)).toMatchObject({ kind: 'applied', index: 1 })
    expect(cluster.outcomes.get(read)).toEqual({ kind: 'read', index: 1 })
  })

  it('is not answered by a leader that a quorum does not confirm', () => {
    const cluster = new TestCluster({ ids: ABC })
    const leader = cluster.elect()
    cluster.partition([leader], ABC.filter((id) => id !== leader))
    const read = cluster.read(leader) as number
    cluster.settleDown()
    expect(cluster.outcomes.get(read)).toBeUndefined()
    cluster.run(20)
    expect(cluster.outcomes.get(read)).toEqual({ kind: 'dropped' })
  })

  it('asks again where the answers were lost', () => {
    const cluster = new TestCluster({ ids: ABC })
    const leader = cluster.elect()
    const read = cluster.read(leader) as number
    cluster.node(leader).flush()
    cluster.packets = []
    cluster.run(4)
    expect(cluster.outcomes.get(read)).toMatchObject({ kind: 'read' })
  })

  it('waits at a new leader until what phase 1 found is chosen', () => {
    const cluster = new TestCluster({ ids: ABC })
    const first = cluster.elect()
    const [heir, third] = ABC.filter((id) => id !== first) as [string, string]
    cluster.propose(first, 'x=1')
    cluster.node(first).flush()
    for (const packet of cluster.packets.splice(0)) cluster.deliver(packet)
    for (const id of [heir, third]) {
      cluster.node(id).flush()
      cluster.node(id).disk.sync()
    }
    // It is chosen, and only the acceptors know; the leader is gone before it hears of it.
    cluster.packets = []
    cluster.node(first).crash()
    let read: number | null = null
    for (let i = 0; i < 80 && read === null; i++) {
      for (const id of [heir, third]) cluster.node(id).tick()
      for (const packet of cluster.packets.splice(0)) cluster.deliver(packet)
      for (const id of [heir, third]) {
        cluster.node(id).flush()
        cluster.node(id).disk.sync()
        if (cluster.node(id).machine.status().isLeader) read ??= cluster.read(id)
      }
    }
    expect(read).not.toBeNull()
    cluster.settleDown()
    expect(cluster.outcomes.get(read as number)).toEqual({ kind: 'read', index: 1 })
  })

  it('goes from any member to the leader, where forwarding is on', () => {
    const cluster = new TestCluster({ ids: ABC, options: { forwarding: true } })
    const leader = cluster.elect()
    const other = ABC.find((id) => id !== leader) as string
    cluster.propose(leader, 'x=1')
    cluster.run(5)
    const read = cluster.read(other) as number
    cluster.settleDown()
    expect(cluster.outcomes.get(read)).toEqual({ kind: 'read', index: 1 })
  })

  it('is refused beyond the limit of those that wait', () => {
    const cluster = new TestCluster({ ids: ABC, limits: { readsWaitingMax: 2 } })
    const leader = cluster.elect()
    const { machine } = cluster.node(leader)
    expect([1, 2, 3].map(() => machine.read(cluster.token()).kind)).toEqual(['waiting', 'waiting', 'busy'])
  })
})

describe('with leases', () => {
  const options = { reads: 'lease', leaseTicks: 10, leaseDriftTicks: 3 } as const

  it('a read takes no message', () => {
    const cluster = new TestCluster({ ids: ABC, options })
    const leader = cluster.elect()
    cluster.run(6)
    cluster.partition([leader], ABC.filter((id) => id !== leader))
    const read = cluster.read(leader) as number
    cluster.node(leader).flush()
    expect(cluster.outcomes.get(read)).toMatchObject({ kind: 'read' })
  })

  it('a leader that hears no one stops answering before any other can lead', () => {
    const cluster = new TestCluster({ ids: ABC, options })
    const leader = cluster.elect()
    cluster.run(6)
    cluster.partition([leader], ABC.filter((id) => id !== leader))
    expectReadsToEndBeforeAnotherLeads(cluster, leader)
  })

  it('an acceptor that comes back refuses others for as long as it may have granted', () => {
    const cluster = new TestCluster({ ids: ABC, options })
    const leader = cluster.elect()
    cluster.run(6)
    const others = ABC.filter((id) => id !== leader)
    cluster.partition([leader], others)
    for (const id of others) {
      cluster.node(id).crash()
      cluster.node(id).restart()
    }
    cluster.run(9)
    for (const id of others) expect(cluster.node(id).machine.status().role).toBe('follower')
    cluster.run(60)
    expect(cluster.leaders()).toHaveLength(1)
  })

  it('an acceptor that comes back remembers a leader that it granted a lease and was never asked to promise', () => {
    const cluster = new TestCluster({ ids: ABC, options })
    cluster.partition(['a', 'b'], ['c'])
    const leader = cluster.elect()
    const [other] = ['a', 'b'].filter((id) => id !== leader) as [string]
    // From here on the lease is that of the third, which had no part in the election.
    cluster.heal()
    cluster.cutLink(leader, other)
    cluster.run(12)
    cluster.node('c').crash()
    cluster.node('c').restart()
    cluster.cutLink(leader, 'c')
    expectReadsToEndBeforeAnotherLeads(cluster, leader)
  })

  it.each([['it has heard of as its leader', []], ['it has accepted from', ['accept']]] as const)(
    'an acceptor keeps the lease that it granted even from a later leader that %s', (_, more) => {
      const cluster = new TestCluster({ ids: ABC, options })
      const { machine, disk } = cluster.node('c')
      const heartbeat = { isQuorumConnected: true, isTrusting: true, hearsYou: true, chosen: 0, last: 0 }
      const [ballot, later] = [ballotOf(1, 0), ballotOf(2, 1)]
      const hear = (from: string, ...messages: Message[]): string[] => {
        for (const message of messages) machine.receive(from, encodeMessage(message))
        cluster.node('c').flush()
        disk.sync()
        return cluster.packets.splice(0).filter(({ to }) => to === from).map(({ kind }) => kind)
      }
      expect(hear('a', { kind: 'heartbeat', ...heartbeat, leads: ballot, leader: ballot }, { kind: 'confirm', ballot, round: 1 })).toContain('confirmed')
      // Prepared by members of an earlier configuration, among which the lease holder has no say.
      const accept: Message = { kind: 'accept', ballot: later, chosen: 0, entries: [{ slot: 1, ballot: later, origin: later, kind: 'no-op', data: new Uint8Array(0) }] }
      hear('b', { kind: 'heartbeat', ...heartbeat, leads: later, leader: later }, ...more.map(() => accept))
      const prepare = { kind: 'prepare', ballot: later, from: 1, released: 0 } as const
      for (let tick = 0; tick < options.leaseTicks; tick++) {
        const heard = hear('b', { kind: 'confirm', ballot: later, round: 1 }, prepare)
        expect(heard.filter((kind) => kind === 'promise' || kind === 'confirmed')).toEqual([])
        machine.tick()
      }
      expect(hear('b', prepare)).toContain('promise')
    })

  it('a handover gives the lease up at once and for good', () => {
    const cluster = new TestCluster({ ids: ABC, options })
    const leader = cluster.elect()
    cluster.run(6)
    const to = ABC.find((id) => id !== leader) as string
    const token = cluster.control(leader, { kind: 'transfer-leadership', to })
    const read = cluster.read(leader)
    cluster.node(leader).flush()
    expect(read === null ? undefined : cluster.outcomes.get(read)).toBeUndefined()
    cluster.run(10)
    expect(cluster.outcomes.get(token)).toEqual({ kind: 'control', outcome: { kind: 'done' } })
    expect(cluster.leaders()).toEqual([to])
  })
})
