import { describe, expect, it } from 'vitest'
import type { ClusterInfo } from '../../../../contract/clusters'
import { derive } from '../../../../core/observe'
import { createCluster, advance, act } from '../../bridge/fake/simulation'
import { observeCluster } from '../../bridge/fake/observe'
import { changesIn, filterRows, onGrid, rowOf } from './model'

const info = (name: string): ClusterInfo => ({ id: name, name, kind: 'sandbox', engine: 'Raft', critical: false, group: null, createdAtMs: 0, paused: false })
const clusterAfter = (ms: number, ...kills: string[]) => {
  const cluster = createCluster('c1', ['n1', 'n2', 'n3'], 1, 1_000_000)
  advance(cluster, 1_000_000 + 5_000)
  for (const kill of kills) act(cluster, kill, 'kill')
  advance(cluster, 1_000_000 + 5_000 + ms)
  const moment = observeCluster(cluster, 'sandbox')
  return derive(moment, moment.atMs)
}

describe('a row of the overview', () => {
  it('tells leader, epoch and margin of a healthy cluster', () => {
    const row = rowOf(info('orders'), clusterAfter(5_000), [], 1)
    expect(row).toMatchObject({ state: 'quorate', canLose: 1, voters: 3, answering: 3 })
    expect(row.leaderName).toMatch(/^n[123]$/)
    expect(row.fence).toMatchObject({ kind: 'raft-term' })
  })
  it('says that there is no leader, rather than naming the last one, once the quorum is lost', () => {
    const row = rowOf(info('orders'), clusterAfter(8_000, 'n1', 'n2'), [], 1)
    expect(row.state).toBe('no-quorum')
    expect(row.leaderName).toBeNull()
    expect(row.lag).toEqual({ unknown: 'unreachable' })
  })
  it('knows nothing of a cluster that was never heard', () => {
    expect(rowOf(info('orders'), null, [], null)).toMatchObject({ state: 'unknown', canLose: null, lag: { unknown: 'not-measured' } })
  })
})

describe('filtering', () => {
  const rows = [rowOf(info('orders-etcd'), clusterAfter(5_000), [], 1), rowOf(info('billing'), clusterAfter(8_000, 'n1', 'n2'), [], 1)]
  it('finds by part of the name, in any case', () => expect(filterRows(rows, 'ORDERS', 'all').map((row) => row.cluster.name)).toEqual(['orders-etcd']))
  it('narrows to one state', () => expect(filterRows(rows, '', 'no-quorum').map((row) => row.cluster.name)).toEqual(['billing']))
})

describe('trends', () => {
  it('count changes of the epoch across gaps', () => expect(changesIn([3, 3, null, 4, 4, null, 6])).toBe(2))
  it('leave a gap where nothing was measured, never a zero', () => {
    expect(onGrid([{ atMs: [0, 90], last: [5, 7] }], 0, 100, 4)).toEqual([5, null, null, 7])
  })
})
