/** The list of events and its filters. Pure. */
import type { EventFilter, RecordedEvent } from '../../../../contract/history'

export type Severity = RecordedEvent['severity']

export interface Filters {
  readonly kinds: readonly string[]
  readonly severities: readonly Severity[]
  readonly nodeIds: readonly string[]
  readonly text: string
}

export const NO_FILTERS: Filters = { kinds: [], severities: [], nodeIds: [], text: '' }
const TEXT_LENGTH_MAX = 200

/** `untilMs` is where the time bar stands; null while live. */
export function filterOf(clusterId: string, filters: Filters, untilMs: number | null): EventFilter {
  return {
    clusterId, nodeIds: [...filters.nodeIds], kinds: [...filters.kinds], severities: [...filters.severities], text: filters.text.trim().slice(0, TEXT_LENGTH_MAX),
    fromMs: null, toMs: untilMs === null ? null : Math.round(untilMs),
  }
}

export function toggled<Item>(items: readonly Item[], item: Item): readonly Item[] {
  return items.includes(item) ? items.filter((one) => one !== item) : [...items, item]
}

export const isFiltering = (filters: Filters): boolean => filters.kinds.length + filters.severities.length + filters.nodeIds.length > 0 || filters.text.trim() !== ''

/** Rows kept in the window; older ones are fetched again when scrolled to. */
export const ROWS_MAX = 20_000

export interface EventList {
  /** Newest first, each once. */
  readonly rows: readonly RecordedEvent[]
  /** Came while the reader was elsewhere in the list; shown when asked for. */
  readonly waiting: readonly RecordedEvent[]
  readonly more: boolean
}

export const EMPTY_LIST: EventList = { rows: [], waiting: [], more: false }

/** A page from the record, to follow behind what is there. */
export function withPage(list: EventList, page: readonly RecordedEvent[], more: boolean): EventList {
  const known = new Set(list.rows.map((row) => row.id))
  return { ...list, rows: [...list.rows, ...page.filter((row) => !known.has(row.id))].slice(0, ROWS_MAX), more: more && list.rows.length + page.length < ROWS_MAX }
}

/** One from the tail. While one reads further down, it waits, so that nothing moves under the eyes. */
export function withArrival(list: EventList, event: RecordedEvent, atTop: boolean): EventList {
  if (list.rows.some((row) => row.id === event.id) || list.waiting.some((row) => row.id === event.id)) return list
  if (!atTop) return { ...list, waiting: [event, ...list.waiting].slice(0, ROWS_MAX) }
  return { ...list, rows: inOrder([event, ...list.waiting, ...list.rows]).slice(0, ROWS_MAX), waiting: [] }
}

export function withWaitingShown(list: EventList): EventList {
  return { ...list, rows: inOrder([...list.waiting, ...list.rows]).slice(0, ROWS_MAX), waiting: [] }
}

const inOrder = (rows: readonly RecordedEvent[]): readonly RecordedEvent[] => [...rows].sort((a, b) => b.atMs - a.atMs || b.id - a.id)

/** Whether a day begins with this row, going down the list. */
export function startsDay(rows: readonly RecordedEvent[], index: number): boolean {
  const [row, above] = [rows[index], rows[index - 1]]
  if (!row) return false
  return !above || new Date(row.atMs).toDateString() !== new Date(above.atMs).toDateString()
}

/** Kinds by what they are about, for the filter. */
export const KIND_GROUPS = {
  leadership: ['leader-elected', 'leader-lost', 'election-started', 'epoch-changed', 'role-changed'],
  members: ['node-down', 'node-up', 'node-ended', 'member-added', 'member-removed', 'version-changed'],
  links: ['link-down', 'link-up'],
  quorum: ['quorum-lost', 'quorum-regained', 'disagreement', 'agreement', 'misbehaviour'],
  alarms: ['alarm-raised', 'alarm-cleared', 'alert-fired', 'alert-resolved', 'alert-acknowledged', 'alert-silenced', 'alert-unsilenced'],
  faults: ['fault-injected', 'fault-removed', 'fault-healed'],
  operations: [
    'operation-cluster-created', 'operation-cluster-attached', 'operation-cluster-started', 'operation-cluster-stopped', 'operation-load-started', 'operation-load-stopped',
    'operation-members-changed', 'operation-options-changed',
    'console-started', 'console-stopped', 'console-gap',
  ],
} as const
export type KindGroup = keyof typeof KIND_GROUPS
export const KIND_GROUP_NAMES = Object.keys(KIND_GROUPS) as readonly KindGroup[]

export function kindsOf(groups: readonly KindGroup[]): readonly string[] {
  return groups.flatMap((group) => KIND_GROUPS[group])
}
