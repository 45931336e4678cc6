import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { AlertState } from '../../../../contract/health'
import { useStream } from '../connection/useStream'

const ORDER = { critical: 0, warning: 1, info: 2 } as const

/** Alerts that are pending or firing now, of all clusters, the gravest and newest first. null until the console has told. */
export const useAlerts = defineStore('alerts', () => {
  const active = shallowRef<readonly AlertState[] | null>(null)
  useStream('health.watch', {}, (alerts) => {
    active.value = alerts.toSorted((one, other) => ORDER[one.severity] - ORDER[other.severity] || other.sinceMs - one.sinceMs)
  })
  const firing = computed(() => (active.value ?? []).filter((alert) => alert.phase === 'firing'))
  /** Firing, and nobody has said yet that they know or want silence. */
  const asking = computed(() => firing.value.filter((alert) => !alert.acknowledged && (alert.silencedUntilMs ?? 0) < Date.now()))
  const firingOf = (clusterId: string): readonly AlertState[] => firing.value.filter((alert) => alert.clusterId === clusterId)
  return { active, firing, asking, firingOf }
})
