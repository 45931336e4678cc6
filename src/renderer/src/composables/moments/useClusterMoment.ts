import { computed, toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue'
import type { Failure } from '../../../../core/base'
import type { ClusterMoment } from '../../../../core/observation'
import type { ClusterDerivation } from '../../../../core/observe'
import { useMoments, type ViewStatus } from './moments'

/** The cluster at the moment of the time bar. While a past stretch loads the last moment shown stays, with status `loading`. */
export function useClusterMoment(clusterId: MaybeRefOrGetter<string>): {
  readonly moment: ComputedRef<ClusterMoment | null>
  readonly status: ComputedRef<ViewStatus>
  readonly failure: ComputedRef<Failure | null>
} {
  const moments = useMoments()
  const view = computed(() => moments.viewOf(toValue(clusterId)).value)
  return {
    moment: computed(() => view.value.view?.moment ?? null),
    status: computed(() => view.value.status),
    failure: computed(() => moments.failures.get(toValue(clusterId)) ?? null),
  }
}

/** What the derivations make of the cluster at the moment of the time bar; null until something is known. */
export function useDerivation(clusterId: MaybeRefOrGetter<string>): ComputedRef<ClusterDerivation | null> {
  const moments = useMoments()
  return computed(() => moments.derivationOf(toValue(clusterId)).value)
}
