/** The record of events, page by page, and its live tail. */
import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { Failure, Result } from '../../../../core/base'
import { useConsole } from '../../composables'
import { EMPTY_LIST, filterOf, withArrival, withPage, withWaitingShown, type EventList, type Filters } from './model'

const LIMITS = { pageRows: 300, settleMs: 200 } as const

export interface Events {
  readonly list: ShallowRef<EventList>
  readonly loading: Ref<boolean>
  readonly failure: Ref<Failure | null>
  /** Items that the tail lost because this window was slow; they are in the record. */
  readonly dropped: Ref<number>
  more(): Promise<void>
  showWaiting(): void
  retry(): void
  exportAs(format: 'csv' | 'ndjson'): Promise<Result<{ readonly text: string; readonly rows: number; readonly truncated: boolean }>>
}

/** `untilMs` is null while live; `atTop` says whether arrivals may be shown at once. */
export function useEvents(clusterId: string, filters: Readonly<Ref<Filters>>, untilMs: () => number | null, atTop: () => boolean): Events {
  const client = useConsole()
  const list = shallowRef<EventList>(EMPTY_LIST)
  const loading = shallowRef(true)
  const failure = shallowRef<Failure | null>(null)
  const dropped = shallowRef(0)
  let run: AbortController | null = null
  let closeTail: (() => void) | null = null
  const filter = (): ReturnType<typeof filterOf> => filterOf(clusterId, filters.value, untilMs())

  async function page(beforeId: number | null): Promise<void> {
    run?.abort()
    const mine = (run = new AbortController())
    loading.value = true
    const result = await client.call('history.events', { filter: filter(), beforeId, limit: LIMITS.pageRows }, { signal: mine.signal })
    if (run !== mine) return
    run = null
    loading.value = false
    failure.value = result.ok ? null : result.error
    if (result.ok) list.value = withPage(beforeId === null ? { ...EMPTY_LIST, waiting: list.value.waiting } : list.value, result.value.events, result.value.more)
  }
  function restart(): void {
    closeTail?.()
    closeTail = null
    list.value = { ...list.value, waiting: [] }
    dropped.value = 0
    if (untilMs() === null) {
      closeTail = client.open('history.tail', { filter: filter() }, (event, lost) => {
        dropped.value += lost
        list.value = withArrival(list.value, event, atTop() && !loading.value)
      })
    }
    void page(null)
  }
  let settle: ReturnType<typeof setTimeout> | undefined
  watch([filters, untilMs], () => {
    clearTimeout(settle)
    settle = setTimeout(restart, LIMITS.settleMs)
  })
  restart()
  onScopeDispose(() => {
    clearTimeout(settle)
    run?.abort()
    closeTail?.()
  })
  return {
    list, loading, failure, dropped,
    more: async () => {
      const last = list.value.rows.at(-1)
      if (list.value.more && !loading.value && last) await page(last.id)
    },
    showWaiting: () => void (list.value = withWaitingShown(list.value)),
    retry: restart,
    exportAs: (format) => client.call('history.exportEvents', { filter: filter(), format }),
  }
}
