import { describe, expect, it } from 'vitest'
import { DrivenCluster } from './driven'

const ABC = ['a', 'b', 'c']
/** Snapshots after every twenty commands, whatever they weigh. */
const SNAPSHOTS = { snapshotAfterEntries: 20, snapshotExpansion: 0, snapshotChunkBytes: 256, trailingEntriesMax: 4, logWindowBytesMax: 4096 }

describe('three drivers that run Multi-Paxos', () => {
  it('replicate commands and serve linearizable reads', () => {
    const cluster = new DrivenCluster(ABC)
    const leader = cluster.elect()
    const puts = [cluster.put(leader, 'x', '1'), cluster.put(leader, 'x', '2')]
    cluster.run(5)
    expect(puts.map(([outcome]) => outcome?.kind)).toEqual(['applied', 'applied'])
    const read = cluster.get(leader, 'x')
    cluster.settle()
    expect(read.values).toEqual(['2'])
    expect(cluster.hashes().size).toBe(1)
    expect(cluster.node(leader).driver.describe()).toMatchObject({ role: 'leader', fence: { kind: 'ballot', label: `1.${leader}` } })
  })

  it('lose nothing that was acknowledged when the leader dies, and take it back', () => {
    const cluster = new DrivenCluster(ABC)
    const first = cluster.elect()
    const put = cluster.put(first, 'x', '1')
    cluster.settle()
    expect(put[0]?.kind).toBe('applied')
    cluster.crash(first)
    const second = cluster.elect()
    const read = cluster.get(second, 'x')
    cluster.run(5)
    expect(read.values).toEqual(['1'])
    cluster.put(second, 'x', '2')
    cluster.restart(first)
    cluster.run(20)
    expect(cluster.hashes().size).toBe(1)
  })

  it('all stop at once and go on from their disks', () => {
    const cluster = new DrivenCluster(ABC, {}, SNAPSHOTS)
    let leader = cluster.elect()
    for (let i = 0; i < 70; i++) {
      cluster.put(leader, `k${i % 5}`, String(i))
      cluster.run(1)
    }
    for (const id of ABC) cluster.crash(id)
    for (const id of ABC) cluster.restart(id)
    leader = cluster.elect()
    const read = cluster.get(leader, 'k4')
    cluster.run(10)
    expect(read.values).toEqual(['69'])
    expect(cluster.hashes().size).toBe(1)
    expect(cluster.node(leader).driver.status().snapshotIndex).toBeGreaterThan(20)
  })

  it('bring a member back by a snapshot where the log is trimmed, and the space is given back', () => {
    const cluster = new DrivenCluster(ABC, {}, SNAPSHOTS)
    const leader = cluster.elect()
    const behind = ABC.find((id) => id !== leader) as string
    cluster.cut.add(behind)
    for (let i = 0; i < 200; i++) {
      cluster.put(leader, `k${i % 5}`, `${i}${'.'.repeat(100)}`)
      cluster.run(1)
    }
    expect(cluster.node(leader).disk.bytesUsed()).toBeLessThan(20_000)
    cluster.cut.clear()
    cluster.run(60)
    const { driver } = cluster.node(behind)
    expect(driver.statistics().snapshots.installed).toBeGreaterThan(0)
    expect(cluster.hashes().size).toBe(1)
    cluster.crash(behind)
    cluster.restart(behind)
    cluster.run(30)
    expect(cluster.hashes().size).toBe(1)
  })

  it('change their members and hand over', () => {
    const cluster = new DrivenCluster(ABC, {}, SNAPSHOTS)
    const leader = cluster.elect()
    for (let i = 0; i < 60; i++) {
      cluster.put(leader, `k${i % 5}`, String(i))
      cluster.run(1)
    }
    cluster.add('d')
    const change = cluster.control(leader, {
      kind: 'change-members', mode: 'auto', changes: [{ kind: 'set', id: 'd', address: 'memory:d', member: 'voter', promote: false }],
    })
    cluster.run(60)
    expect(change).toEqual([{ kind: 'done' }])
    expect(cluster.hashes().size).toBe(1)
    const handover = cluster.control(leader, { kind: 'transfer-leadership', to: 'd' })
    cluster.run(5)
    expect(handover).toEqual([{ kind: 'done' }])
    expect(cluster.elect()).toBe('d')
    const put = cluster.put('d', 'x', 'by d')
    cluster.run(5)
    expect(put[0]?.kind).toBe('applied')
  })

  it('take proposals and reads at any member, where forwarding is on', () => {
    const cluster = new DrivenCluster(ABC, { forwarding: true })
    const leader = cluster.elect()
    cluster.run(5)
    const other = ABC.find((id) => id !== leader) as string
    const put = cluster.put(other, 'x', '1')
    cluster.run(5)
    expect(put[0]?.kind).toBe('applied')
    const read = cluster.get(other, 'x')
    cluster.run(3)
    expect(read.values).toEqual(['1'])
  })
})
