import type { ClusterMoment, NodeObservation } from '../observation'

/** The moment after `observation` was made. An observation older than what is known of that member changes nothing. */
export function applyChange(moment: ClusterMoment, observation: NodeObservation): ClusterMoment {
  const index = moment.observations.findIndex((known) => known.nodeId === observation.nodeId)
  const known = moment.observations[index]
  if (known !== undefined && known.atMs > observation.atMs) return moment
  const observations = known === undefined ? [...moment.observations, observation] : moment.observations.with(index, observation)
  return { ...moment, atMs: Math.max(moment.atMs, observation.atMs), observations }
}
