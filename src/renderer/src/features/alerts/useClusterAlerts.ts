/** The alerts of a cluster at the moment of the time bar, and what a person may say of them. */
import { computed, onScopeDispose, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Failure } from '../../../../core/base'
import type { AlertRule, AlertState } from '../../../../contract/health'
import { useAlerts, useConsole, useTime, useToasts } from '../../composables'
import { listsOf, type AlertLists } from './model'

const LIMITS = { resolvedMax: 200, resolvedSpanMs: 7 * 24 * 3_600_000, pastSettleMs: 150 } as const

export interface ClusterAlerts {
  /** null until the console has told. */
  readonly lists: ComputedRef<AlertLists | null>
  readonly failure: Ref<Failure | null>
  readonly busy: Ref<string | null>
  acknowledge(alertId: string, note: string): Promise<boolean>
  silence(alertId: string, forMs: number): Promise<boolean>
  unsilence(alertId: string): Promise<boolean>
}

export function useClusterAlerts(clusterId: string): ClusterAlerts {
  const { t } = useI18n()
  const client = useConsole()
  const time = useTime()
  const live = useAlerts()
  const toasts = useToasts()
  const resolved = shallowRef<readonly AlertState[]>([])
  const past = shallowRef<readonly AlertState[] | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const busy = shallowRef<string | null>(null)

  async function readResolved(): Promise<void> {
    const result = await client.call('health.list', { clusterId, resolvedSinceMs: Date.now() - LIMITS.resolvedSpanMs, limit: LIMITS.resolvedMax })
    if (result.ok) resolved.value = result.value.filter((alert) => alert.phase === 'resolved')
    failure.value = result.ok ? null : result.error
  }
  let settle: ReturnType<typeof setTimeout> | undefined
  let asked = 0
  async function readPast(atMs: number): Promise<void> {
    const mine = (asked += 1)
    const result = await client.call('health.at', { clusterId, atMs })
    if (mine !== asked) return
    failure.value = result.ok ? null : result.error
    if (result.ok) past.value = result.value
  }
  watch(() => time.viewMs, (viewMs) => {
    clearTimeout(settle)
    if (viewMs === null) past.value = null
    else settle = setTimeout(() => void readPast(viewMs), LIMITS.pastSettleMs)
  }, { immediate: true })
  // An alert that leaves the list of the active ones has been resolved.
  watch(() => (live.active ?? []).filter((alert) => alert.clusterId === clusterId).map((alert) => alert.id).join(), () => void readResolved(), { immediate: true })
  onScopeDispose(() => clearTimeout(settle))

  const lists = computed(() => {
    if (time.viewMs !== null) return past.value === null ? null : listsOf(past.value, clusterId, time.viewMs)
    return live.active === null ? null : listsOf([...live.active, ...resolved.value], clusterId, time.nowMs)
  })
  async function say(alertId: string, title: string, call: () => ReturnType<typeof client.call<'health.acknowledge'>>): Promise<boolean> {
    busy.value = alertId
    const result = await call()
    busy.value = null
    if (!result.ok) toasts.fail(title, result.error)
    return result.ok
  }
  return {
    lists, failure, busy,
    acknowledge: (alertId, note) => say(alertId, t('alerts.failed.acknowledge'), () => client.call('health.acknowledge', { alertId, note })),
    silence: (alertId, forMs) => say(alertId, t('alerts.failed.silence'), () => client.call('health.silence', { alertId, forMs })),
    unsilence: (alertId) => say(alertId, t('alerts.failed.unsilence'), () => client.call('health.unsilence', { alertId })),
  }
}

export function useRules(): {
  readonly rules: Ref<readonly AlertRule[] | null>
  readonly failure: Ref<Failure | null>
  set(rule: Omit<AlertRule, 'limit'> & { readonly limit: number | null }): Promise<boolean>
} {
  const { t } = useI18n()
  const client = useConsole()
  const toasts = useToasts()
  const rules = shallowRef<readonly AlertRule[] | null>(null)
  const failure = shallowRef<Failure | null>(null)
  async function read(): Promise<void> {
    const result = await client.call('health.rules', {})
    failure.value = result.ok ? null : result.error
    if (result.ok) rules.value = result.value
  }
  void read()
  return {
    rules, failure,
    async set(rule) {
      const result = await client.call('health.setRule', rule)
      if (!result.ok) toasts.fail(t('alerts.failed.rule'), result.error)
      await read()
      return result.ok
    },
  }
}
