/** What stands in the fake console at the start: `?fake` or `?fake=fleet`, `?fake=one`, `?fake=empty`. */
import type { FakeClusterPlan } from './world'

export type SceneName = 'fleet' | 'one' | 'empty'
const MINUTE_MS = 60_000

export const SCENES: Readonly<Record<SceneName, { readonly clusters: readonly FakeClusterPlan[]; readonly pastMs: number }>> = {
  empty: { clusters: [], pastMs: 0 },
  one: { clusters: [{ id: 'local', name: 'Local cluster', kind: 'sandbox', nodes: 3 }], pastMs: 4 * MINUTE_MS },
  fleet: {
    pastMs: 20 * MINUTE_MS,
    clusters: [
      {
        id: 'orders', name: 'orders-etcd', kind: 'etcd', nodes: 5, critical: true, opsPerSecond: 340,
        story: [
          { beforeMs: 15 * MINUTE_MS, nodeId: 'n1', action: 'kill' }, { beforeMs: 14 * MINUTE_MS, nodeId: 'n1', action: 'start' },
          { beforeMs: 6 * MINUTE_MS, nodeId: 'n3', action: 'kill' }, { beforeMs: 5 * MINUTE_MS, nodeId: 'n3', action: 'start' },
        ],
      },
      { id: 'sessions', name: 'sessions', kind: 'etcd', nodes: 3, opsPerSecond: 90, story: [{ beforeMs: 48_000, nodeId: 'n3', action: 'kill' }] },
      {
        id: 'billing', name: 'billing-ledger', kind: 'etcd', nodes: 3, opsPerSecond: 60,
        story: [{ beforeMs: 4 * MINUTE_MS, nodeId: 'n2', action: 'kill' }, { beforeMs: 2 * MINUTE_MS, nodeId: 'n1', action: 'kill' }],
      },
      {
        id: 'local', name: 'Local cluster', kind: 'sandbox', nodes: 3, opsPerSecond: 180, slow: { n2: 176 },
        story: [
          { beforeMs: 11 * MINUTE_MS, nodeId: 'n1', action: 'pause' }, { beforeMs: 10.5 * MINUTE_MS, nodeId: 'n1', action: 'resume' },
          { beforeMs: 8 * MINUTE_MS, nodeId: 'n3', action: 'kill' }, { beforeMs: 7.5 * MINUTE_MS, nodeId: 'n3', action: 'start' },
        ],
      },
    ],
  },
}
export const sceneOf = (name: string | null): SceneName => (name === 'one' || name === 'empty' ? name : 'fleet')
