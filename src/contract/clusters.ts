/** The clusters the console knows, and what their members say now. */
import * as v from 'valibot'
import type { ClusterMoment } from '../core/observation'
import { call, stream } from './define'
import { clusterId, clusterName } from './fields'

export interface ClusterInfo {
  readonly id: string
  readonly name: string
  readonly kind: 'sandbox' | 'etcd'
  /** What people compare: "Raft", "etcd 3.4.23". */
  readonly engine: string
  /** Marked by the user: dangerous operations ask for its name. */
  readonly critical: boolean
  readonly group: string | null
  readonly createdAtMs: number
  /** Stopped on purpose: no alerts are raised. */
  readonly paused: boolean
}

export const clustersContract = {
  'clusters.list': call<readonly ClusterInfo[]>()(v.object({}), []),
  'clusters.rename': call<null>()(v.object({ clusterId, name: clusterName }), ['name-taken']),
  'clusters.mark': call<null>()(v.object({ clusterId, critical: v.boolean() }), []),
  /** Clusters in the order given; ids left out keep their order behind. */
  'clusters.order': call<null>()(v.object({ clusterIds: v.array(clusterId) }), []),
  /** Where the cluster is now, once. */
  'clusters.moment': call<ClusterMoment>()(v.object({ clusterId }), []),
  'clusters.watch': stream<readonly ClusterInfo[]>()(v.object({}), { policy: 'coalesce', itemsMax: 1 }),
  /** Moments of all clusters as they change, the newest per cluster. */
  'clusters.moments': stream<ClusterMoment>()(v.object({}), { policy: 'coalesce', itemsMax: 256 }),
} as const
