/** Binary form of a run of consecutive entries: count, first index, then per entry term, kind and data under its length. */
import { varintSize, type ByteReader, type ByteWriter } from '../base'
import { decodeConfiguration } from './configuration-codec'
import type { Entry, EntryKind } from './types'

/** The order is the format: only ever append. */
const KINDS: readonly EntryKind[] = ['command', 'no-op', 'configuration', 'stripped']
const CODES = { 'command': 0, 'no-op': 1, 'configuration': 2, 'stripped': 3 } as const satisfies Record<EntryKind, number>
/** Term, kind and length of an entry, at least. */
const ENTRY_BYTES_MIN = 3

export function entriesSize(entries: readonly Entry[]): number {
  let size = varintSize(entries.length)
  if (entries.length > 0) size += varintSize((entries[0] as Entry).index)
  for (const entry of entries) size += varintSize(entry.term) + 1 + varintSize(entry.data.length) + entry.data.length
  return size
}

export function writeEntries(writer: ByteWriter, entries: readonly Entry[]): void {
  writer.varint(entries.length)
  if (entries.length > 0) writer.varint((entries[0] as Entry).index)
  for (const entry of entries) {
    writer.varint(entry.term)
    writer.byte(CODES[entry.kind])
    writer.sized(entry.data)
  }
}

/** Null where the bytes are no entries. Data are views. */
export function readEntries(reader: ByteReader): Entry[] | null {
  const count = reader.varint()
  if (count === 0) return reader.failed ? null : []
  if (count * ENTRY_BYTES_MIN > reader.left) return null
  const firstIndex = reader.varint()
  if (firstIndex === 0 || !Number.isSafeInteger(firstIndex + count)) return null
  const entries: Entry[] = []
  let lastTerm = 1
  for (let i = 0; i < count; i++) {
    const term = reader.varint()
    const kind = KINDS[reader.byte()]
    const data = reader.sized()
    if (reader.failed || kind === undefined || term < lastTerm) return null
    if (kind === 'configuration' && decodeConfiguration(data) === null) return null
    lastTerm = term
    entries.push({ index: firstIndex + i, term, kind, data })
  }
  return entries
}
