import { describe, expect, it } from 'vitest'
import { TestCluster } from './cluster.fixture'

const ABC = ['a', 'b', 'c']

function withOneBehind(writes: number, limits = {}): { cluster: TestCluster; leader: string; behind: string } {
  const cluster = new TestCluster({ ids: ABC, limits })
  const leader = cluster.elect()
  const behind = ABC.find((id) => id !== leader) as string
  cluster.partition([behind], ABC.filter((id) => id !== behind))
  for (let i = 0; i < writes; i++) {
    cluster.propose(leader, `k${i % 7}=${i}`)
    cluster.run(1)
  }
  return { cluster, leader, behind }
}

describe('a member that missed slots', () => {
  it('asks for them and catches up from the log, in memory or on disk', () => {
    const { cluster, leader, behind } = withOneBehind(120)
    cluster.heal()
    cluster.run(60)
    expect(cluster.node(behind).installs).toBe(0)
    expect(cluster.node(behind).state.bytes()).toEqual(cluster.node(leader).state.bytes())
  })

  it('is given a snapshot where the log is trimmed, chunk by chunk, and then the slots after it', () => {
    const { cluster, leader, behind } = withOneBehind(60)
    for (const id of ABC) if (id !== behind) cluster.node(id).snapshot()
    cluster.settleDown()
    expect(cluster.node(leader).machine.status().firstIndex).toBeGreaterThan(40)
    cluster.propose(leader, 'late=1', 'late=2')
    cluster.heal()
    cluster.run(60)
    const node = cluster.node(behind)
    expect(node.installs).toBe(1)
    expect(node.state.bytes()).toEqual(cluster.node(leader).state.bytes())
    // And it is there after a restart.
    node.crash()
    node.restart()
    cluster.run(30)
    expect(node.state.bytes()).toEqual(cluster.node(leader).state.bytes())
  })

  it('begins again where the sender\'s snapshot was replaced under way', () => {
    const { cluster, leader, behind } = withOneBehind(60)
    for (const id of ABC) if (id !== behind) cluster.node(id).snapshot()
    cluster.settleDown()
    cluster.heal()
    let replaced = 0
    const send = cluster.send.bind(cluster)
    cluster.send = (from, to, kind, bytes) => {
      if (kind === 'snapshot-chunk' && replaced++ === 0) {
        cluster.propose(leader, 'k0=replaced')
        for (let i = 0; i < 20; i++) cluster.propose(leader, `k1=${i}`)
      }
      send(from, to, kind, bytes)
    }
    for (let i = 0; i < 60; i++) {
      cluster.run(1)
      if (replaced > 0 && i < 30) for (const id of ABC) if (id !== behind) cluster.node(id).snapshot()
    }
    expect(cluster.node(behind).installs).toBeGreaterThan(0)
    expect(cluster.node(behind).state.keys.get('k0')).toBe('replaced')
    expect(cluster.node(behind).state.bytes()).toEqual(cluster.node(leader).state.bytes())
  })

  it('that stopped in the middle of all this goes on from its disk', () => {
    const { cluster, leader, behind } = withOneBehind(50)
    cluster.heal()
    for (let i = 0; i < 8; i++) {
      cluster.run(2)
      cluster.node(behind).crash(1)
      cluster.node(behind).restart()
    }
    cluster.run(40)
    expect(cluster.node(behind).state.bytes()).toEqual(cluster.node(leader).state.bytes())
  })

  it('keeps a change of members that it learns while a snapshot from before it is on its way to the disk', () => {
    const cluster = new TestCluster({ ids: ABC, options: { alpha: 2 }, limits: { logWindowBytesMax: 1_000_000 } })
    const leader = cluster.elect()
    const [source, behind] = ABC.filter((id) => id !== leader) as [string, string]
    cluster.partition([behind], [leader, source])
    for (let i = 0; i < 20; i++) cluster.propose(leader, `x=${i}`)
    cluster.run(5)
    cluster.node(source).snapshot()
    cluster.settleDown()
    // Only the one that has trimmed its log can be asked.
    cluster.heal()
    cluster.cutLink(leader, behind)
    const { disk } = cluster.node(behind)
    const sync = disk.sync.bind(disk)
    const turn = (): void => {
      for (const node of cluster.nodes.values()) node.tick()
      for (let i = 0; i < 20; i++) {
        for (const packet of cluster.packets.splice(0)) cluster.deliver(packet)
        for (const node of cluster.nodes.values()) {
          node.flush()
          if (node.id !== behind) node.disk.sync()
        }
      }
    }
    for (let i = 0; i < 12; i++) turn()
    expect([cluster.node(behind).installs, disk.pending > 0]).toEqual([0, true])
    // The leader is back with all slots, and the change among them, before the snapshot is durable.
    cluster.heal()
    cluster.join('d')
    cluster.control(leader, { kind: 'change-members', changes: [{ kind: 'set', id: 'd', address: 'memory:d', member: 'voter', promote: false }], mode: 'auto' })
    for (let i = 0; i < 20; i++) turn()
    expect(cluster.node(behind).machine.status().committedIndex).toBeGreaterThan(20)
    sync()
    expect(cluster.node(behind).installs).toBe(1)
    const votersAt = (id: string): readonly string[] => cluster.node(id).machine.inspect.history.newest.configuration.quorum.voters
    expect(votersAt(behind)).toEqual(votersAt(leader))
    cluster.run(20)
    expect(cluster.node(behind).state.bytes()).toEqual(cluster.node(leader).state.bytes())
  })

  it('votes for no one\'s loss: what it accepted itself and was chosen without its knowledge is learned, not guessed', () => {
    const cluster = new TestCluster({ ids: ABC })
    const leader = cluster.elect()
    const [heir, third] = ABC.filter((id) => id !== leader) as [string, string]
    cluster.propose(leader, 'x=1')
    cluster.run(1)
    // The third accepts in the old ballot and hears nothing of the choice.
    cluster.propose(leader, 'x=2')
    cluster.node(leader).flush()
    for (const packet of cluster.packets.splice(0)) cluster.deliver(packet)
    for (const id of [heir, third]) {
      cluster.node(id).flush()
      cluster.node(id).disk.sync()
    }
    cluster.packets = []
    cluster.node(leader).crash()
    cluster.run(60)
    expect(cluster.node(heir).state.keys.get('x')).toBe('2')
    expect(cluster.node(third).state.keys.get('x')).toBe('2')
  })
})

describe('the log', () => {
  it('is trimmed behind a snapshot, but for the entries kept for members that are a little behind', () => {
    const cluster = new TestCluster({ ids: ['a'], limits: { trailingEntriesMax: 10 } })
    const leader = cluster.elect()
    for (let i = 0; i < 40; i++) {
      cluster.propose(leader, `x=${i}`)
      cluster.run(1)
    }
    cluster.node(leader).snapshot()
    cluster.settleDown()
    const { firstIndex, appliedIndex } = cluster.node(leader).machine.status()
    expect([firstIndex, appliedIndex]).toEqual([31, 40])
    expect(cluster.node(leader).machine.entries(1, 41).map(({ index }) => index)).toEqual(Array.from({ length: 10 }, (_, i) => 31 + i))
    cluster.node(leader).crash()
    cluster.node(leader).restart()
    expect(cluster.node(leader).state.keys.get('x')).toBe('39')
    expect(cluster.node(leader).machine.status()).toMatchObject({ committedIndex: 40, appliedIndex: 40 })
  })
})
