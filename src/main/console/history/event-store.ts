import type { EventFilter, RecordedEvent } from '../../../contract/history'
import type { Sqlite } from './database'
import { inWords } from './words'

interface EventRow {
  readonly id: number
  readonly at_ms: number
  readonly cluster_id: string | null
  readonly node_id: string | null
  readonly kind: string
  readonly severity: string
  readonly sentence: string
}

type Clause = readonly [sql: string, ...values: (string | number)[]]

const marks = (count: number): string => Array.from({ length: count }, () => '?').join(', ')
const asPattern = (text: string): string => `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`

function clausesOf(filter: EventFilter): Clause[] {
  const clauses: Clause[] = []
  if (filter.clusterId !== null) clauses.push(['cluster_id = ?', filter.clusterId])
  if (filter.nodeIds.length > 0) clauses.push([`node_id IN (${marks(filter.nodeIds.length)})`, ...filter.nodeIds])
  if (filter.kinds.length > 0) clauses.push([`kind IN (${marks(filter.kinds.length)})`, ...filter.kinds])
  if (filter.severities.length > 0) clauses.push([`severity IN (${marks(filter.severities.length)})`, ...filter.severities])
  const text = filter.text.trim()
  if (text !== '') clauses.push([`(words LIKE ? ESCAPE '\\' OR kind LIKE ? ESCAPE '\\')`, asPattern(text), asPattern(text)])
  if (filter.fromMs !== null) clauses.push(['at_ms >= ?', filter.fromMs])
  if (filter.toMs !== null) clauses.push(['at_ms <= ?', filter.toMs])
  return clauses
}

/** The same filter, for events as they come in. */
export function matches(event: RecordedEvent, filter: EventFilter): boolean {
  const listed = <Value>(values: readonly Value[], value: Value): boolean => values.length === 0 || values.includes(value)
  const text = filter.text.trim().toLowerCase()
  return (
    (filter.clusterId === null || filter.clusterId === event.clusterId) &&
    (filter.nodeIds.length === 0 || (event.nodeId !== null && filter.nodeIds.includes(event.nodeId))) &&
    listed(filter.kinds, event.kind) && listed(filter.severities, event.severity) &&
    (text === '' || inWords(event.sentence).toLowerCase().includes(text) || event.kind.includes(text)) &&
    (filter.fromMs === null || event.atMs >= filter.fromMs) && (filter.toMs === null || event.atMs <= filter.toMs)
  )
}

function sentenceFrom(text: string): RecordedEvent['sentence'] | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('key' in value) || typeof value.key !== 'string') return null
    const parameters = 'parameters' in value && typeof value.parameters === 'object' && value.parameters !== null ? value.parameters : {}
    return { key: value.key, parameters: parameters as RecordedEvent['sentence']['parameters'] }
  } catch {
    return null
  }
}

const SEVERITIES = ['info', 'warning', 'critical'] as const

function eventFrom(row: EventRow): RecordedEvent[] {
  const sentence = sentenceFrom(row.sentence)
  const severity = SEVERITIES.find((each) => each === row.severity)
  if (sentence === null || severity === undefined) return []
  return [{ id: row.id, atMs: row.at_ms, clusterId: row.cluster_id, nodeId: row.node_id, kind: row.kind, severity, sentence }]
}

export class EventStore {
  private readonly db: Sqlite

  constructor(db: Sqlite) {
    this.db = db
  }

  lastId(): number {
    return Number(this.db.prepare('SELECT max(id) FROM event').pluck().get() ?? 0)
  }

  insert({ id, atMs, clusterId, nodeId, kind, severity, sentence }: RecordedEvent): void {
    this.db
      .prepare('INSERT OR REPLACE INTO event (id, at_ms, cluster_id, node_id, kind, severity, sentence, words) VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
      .run(id, atMs, clusterId, nodeId, kind, severity, JSON.stringify(sentence), inWords(sentence))
  }

  /** Newest first, older than `beforeId` where that is given; one more than asked for tells that there are more. */
  list(filter: EventFilter, beforeId: number | null, limit: number): { events: RecordedEvent[]; more: boolean } {
    const clauses = clausesOf(filter)
    if (beforeId !== null) clauses.push(['id < ?', beforeId])
    const where = clauses.length === 0 ? '' : `WHERE ${clauses.map(([sql]) => sql).join(' AND ')}`
    const values = clauses.flatMap(([, ...each]) => each)
    const rows = this.db
      .prepare<(string | number)[], EventRow>(`SELECT id, at_ms, cluster_id, node_id, kind, severity, sentence FROM event ${where} ORDER BY id DESC LIMIT ?`)
      .all(...values, limit + 1)
    return { events: rows.slice(0, limit).flatMap(eventFrom), more: rows.length > limit }
  }

  dropBefore(cutoffMs: number, rowsMax: number): boolean {
    return this.db.prepare('DELETE FROM event WHERE id IN (SELECT id FROM event WHERE at_ms < ? LIMIT ?)').run(cutoffMs, rowsMax).changes === rowsMax
  }
}
