/** Binary form of what a member writes to its own disk. A record has a type beside its bytes; types are part of the format. */
import { ByteReader, ByteWriter, sizedSize, utf8Encode, varintSize } from '../base'
import { entriesSize, readEntries, writeEntries } from './entry-codec'
import type { Entry, HardState } from './types'

export { decodeLogBase, encodeLogBase } from './configuration-codec'

export const RECORD_TYPES = { hardState: 1, entries: 2, base: 3 } as const

export function encodeHardState(hardState: HardState): Uint8Array {
  const vote = utf8Encode(hardState.vote ?? '')
  const writer = new ByteWriter(varintSize(hardState.term) + varintSize(hardState.commit) + sizedSize(vote))
  writer.varint(hardState.term)
  writer.varint(hardState.commit)
  writer.sized(vote)
  return writer.bytes
}

export function decodeHardState(payload: Uint8Array): HardState | null {
  const reader = new ByteReader(payload)
  const term = reader.varint()
  const commit = reader.varint()
  const vote = reader.text()
  return reader.finished ? { term, commit, vote: vote === '' ? null : vote } : null
}

export function encodeEntries(entries: readonly Entry[]): Uint8Array {
  const writer = new ByteWriter(entriesSize(entries))
  writeEntries(writer, entries)
  return writer.bytes
}

/** At least one entry; null where the payload is none. Data are views of the payload. */
export function decodeEntries(payload: Uint8Array): readonly Entry[] | null {
  const reader = new ByteReader(payload)
  const entries = readEntries(reader)
  return entries !== null && entries.length > 0 && reader.finished ? entries : null
}
