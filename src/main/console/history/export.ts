/** Events as a file for other programs. */
import type { RecordedEvent } from '../../../contract/history'
import { toPublicJson } from '../../../core/base'
import { HISTORY_LIMITS } from './limits'
import { inWords } from './words'

const COLUMNS = ['time', 'cluster', 'node', 'kind', 'severity', 'text'] as const

/**
 * One cell after RFC 4180. A cell that a spreadsheet would take for a formula gets a leading apostrophe (OWASP, CSV
 * injection): text in events comes from members, and members may lie.
 */
export function csvCell(text: string): string {
  const guarded = /^[\s]*[=+\-@]|^[\t\r\n]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(guarded) || guarded !== text ? `"${guarded.replaceAll('"', '""')}"` : guarded
}

function csvRow({ atMs, clusterId, nodeId, kind, severity, sentence }: RecordedEvent): string {
  return [new Date(atMs).toISOString(), clusterId ?? '', nodeId ?? '', kind, severity, inWords(sentence)].map(csvCell).join(',')
}

function jsonRow({ atMs, clusterId, nodeId, kind, severity, sentence }: RecordedEvent): string {
  return toPublicJson({ time: new Date(atMs).toISOString(), cluster: clusterId, node: nodeId, kind, severity, text: inWords(sentence), sentence })
}

/** As many rows as an answer can hold; `truncated` where that is not all. */
export function exportEvents(events: readonly RecordedEvent[], more: boolean, format: 'csv' | 'ndjson'): { text: string; rows: number; truncated: boolean } {
  const newline = format === 'csv' ? '\r\n' : '\n'
  const lines = format === 'csv' ? [COLUMNS.join(',')] : []
  let characters = 0
  let rows = 0
  for (const event of events) {
    const line = format === 'csv' ? csvRow(event) : jsonRow(event)
    characters += line.length + newline.length
    if (characters > HISTORY_LIMITS.answerCharactersMax) break
    lines.push(line)
    rows += 1
  }
  return { text: lines.map((line) => line + newline).join(''), rows, truncated: more || rows < events.length }
}
