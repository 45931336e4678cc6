import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import type { RecordedEvent } from '../../../../contract/history'
import { useConsole, useSentence } from '../../composables'
import type { TimeTick, TimeWindow } from './time-scale'

const EVENTS_MAX = 500
const AGAIN_MS = 4_000
const KINDS: Readonly<Record<string, TimeTick['kind']>> = {
  'election-started': 'election', 'leader-elected': 'leader', 'leader-lost': 'lost', 'quorum-lost': 'lost', 'alert-fired': 'alert', 'node-down': 'alert',
}

/** Elections and alerts in the window of the time bar, for one cluster or all. */
export function useTimeTicks(window: Ref<TimeWindow>, clusterId: Ref<string | null>): Ref<readonly TimeTick[]> {
  const client = useConsole()
  const tell = useSentence()
  const ticks = shallowRef<readonly TimeTick[]>([])
  let current: AbortController | null = null
  const kindOf = (event: RecordedEvent): TimeTick['kind'] => KINDS[event.kind] ?? 'alert'
  async function load(): Promise<void> {
    current?.abort()
    const mine = (current = new AbortController())
    const { fromMs, toMs } = window.value
    const filter = { clusterId: clusterId.value, nodeIds: [], kinds: Object.keys(KINDS), severities: [], text: '', fromMs: Math.max(0, Math.floor(fromMs)), toMs: Math.ceil(toMs) }
    const result = await client.call('history.events', { filter, beforeId: null, limit: EVENTS_MAX }, { signal: mine.signal })
    if (mine !== current || !result.ok) return
    ticks.value = result.value.events.map((event) => ({ atMs: event.atMs, kind: kindOf(event), text: tell(event.sentence) })).toReversed()
  }
  // A window that grows with a young console is read again when it has doubled, not at every second.
  watch([clusterId, () => Math.round(Math.log2(window.value.toMs - window.value.fromMs))], () => void load(), { immediate: true })
  const timer = setInterval(() => void load(), AGAIN_MS)
  onScopeDispose(() => {
    clearInterval(timer)
    current?.abort()
  })
  return ticks
}
