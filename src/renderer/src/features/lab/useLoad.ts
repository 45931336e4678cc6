/** The load generator of a cluster, live. */
import { shallowRef, type ShallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { LoadSettings, LoadState } from '../../../../contract/load'
import { useConsole, useStream, useToasts } from '../../composables'

export interface Load {
  /** null until the console has told. */
  readonly state: ShallowRef<LoadState | null>
  readonly busy: ShallowRef<boolean>
  start(settings: LoadSettings): Promise<void>
  adjust(settings: LoadSettings): Promise<void>
  stop(): Promise<void>
}

export function useLoad(clusterId: string): Load {
  const { t } = useI18n()
  const client = useConsole()
  const toasts = useToasts()
  const state = shallowRef<LoadState | null>(null)
  const busy = shallowRef(false)
  useStream('load.watch', { clusterId }, (next) => (state.value = next))

  async function act(title: string, call: () => ReturnType<typeof client.call<'load.start' | 'load.adjust' | 'load.stop'>>): Promise<void> {
    busy.value = true
    const result = await call()
    busy.value = false
    if (!result.ok) toasts.fail(title, result.error)
  }
  return {
    state, busy,
    start: (settings) => act(t('lab.load.failed.start'), () => client.call('load.start', { clusterId, settings })),
    adjust: (settings) => act(t('lab.load.failed.adjust'), () => client.call('load.adjust', { clusterId, settings })),
    stop: () => act(t('lab.load.failed.stop'), () => client.call('load.stop', { clusterId })),
  }
}
