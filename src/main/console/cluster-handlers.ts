/** Handlers of contract/clusters.ts. */
import { fail, ok } from '../../core/base'
import type { ClusterInfo, clustersContract } from '../../contract/clusters'
import type { ClusterMoment } from '../../core/observation'
import type { Handlers } from './binder'
import type { Engines } from './engines'
import type { Live } from './live'
import type { Registry } from './registry'
import type { Topic } from './topic'

export interface ClusterHandlersOptions {
  readonly registry: Registry
  readonly engines: Engines
  readonly live: Live
  readonly lists: Topic<readonly ClusterInfo[]>
  readonly moments: Topic<ClusterMoment>
  readonly nowMs: () => number
}

export function clusterHandlers({ registry, engines, live, lists, moments, nowMs }: ClusterHandlersOptions): Handlers<typeof clustersContract> {
  return {
    'clusters.list': () => ok(registry.list()),
    'clusters.rename': ({ clusterId, name }) => {
      const renamed = registry.rename(clusterId, name)
      if (renamed.ok && engines.has(clusterId)) engines.rename(clusterId, name)
      return renamed
    },
    'clusters.mark': ({ clusterId, critical }) => registry.mark(clusterId, critical),
    'clusters.order': ({ clusterIds }) => registry.order(clusterIds),
    'clusters.moment': ({ clusterId }) => {
      if (!registry.get(clusterId)) return fail('not-found', 'There is no such cluster.')
      return ok(live.moment(clusterId) ?? { clusterId, atMs: nowMs(), expected: [], observations: [] })
    },
    'clusters.watch': (_input, sink) => {
      sink.push(registry.list())
      return ok(lists.subscribe((list) => sink.push(list)))
    },
    'clusters.moments': (_input, sink) => {
      for (const moment of live.moments()) sink.push(moment, moment.clusterId)
      return ok(moments.subscribe((moment) => sink.push(moment, moment.clusterId)))
    },
  }
}
