/** What a replica writes before it speaks: the formats of its durable records. Reading is total. */
import { ByteReader } from '../base'
import type { LogRecord } from '../machine'
import {
  readCheckpointCertificate, readEntry, readNumber, readPrepared, writeCheckpointCertificate, writeEntry, writePrepared,
} from './certificate-codec'
import { decodeFrame } from './codec'
import { GrowingWriter } from './growing-writer'
import type { CheckpointCertificate, CommittedEntry, NewView, PrePrepare, PreparedCertificate } from './types'

/** The numbers are the format: only ever append. */
export const RECORD_TYPES = { prePrepare: 1, batch: 2, prepared: 3, committed: 4, viewChange: 5, newView: 6, stable: 7 } as const

export type PbftRecord =
  /** Accepted, or sent as primary: a prepare of this replica follows from it. */
  | { readonly kind: 'pre-prepare'; readonly message: PrePrepare }
  /** The batch of a pre-prepare that came inside a new-view. */
  | { readonly kind: 'batch'; readonly sequence: number; readonly batch: Uint8Array }
  /** Collected: a commit of this replica follows from it, and later view changes must carry it. */
  | { readonly kind: 'prepared'; readonly certificate: PreparedCertificate }
  | { readonly kind: 'committed'; readonly entry: CommittedEntry }
  /** Sent: this replica takes no part in earlier views any more. */
  | { readonly kind: 'view-change'; readonly view: number; readonly frame: Uint8Array }
  /** Accepted, or sent as primary. */
  | { readonly kind: 'new-view'; readonly message: NewView; readonly frame: Uint8Array }
  | { readonly kind: 'stable'; readonly certificate: CheckpointCertificate }

function written(type: number, write: (writer: GrowingWriter) => void): LogRecord {
  const writer = new GrowingWriter()
  write(writer)
  return { type, payload: writer.written }
}

export const prePrepareRecord = (frame: Uint8Array): LogRecord => ({ type: RECORD_TYPES.prePrepare, payload: frame })
export const viewChangeRecord = (frame: Uint8Array): LogRecord => ({ type: RECORD_TYPES.viewChange, payload: frame })
export const newViewRecord = (frame: Uint8Array): LogRecord => ({ type: RECORD_TYPES.newView, payload: frame })

export const batchRecord = (sequence: number, batch: Uint8Array): LogRecord => written(RECORD_TYPES.batch, (writer) => {
  writer.varint(sequence)
  writer.sized(batch)
})

export const preparedRecord = (certificate: PreparedCertificate): LogRecord =>
  written(RECORD_TYPES.prepared, (writer) => { writePrepared(writer, certificate) })

export const committedRecord = (entry: CommittedEntry): LogRecord => written(RECORD_TYPES.committed, (writer) => { writeEntry(writer, entry) })

export const stableRecord = (certificate: CheckpointCertificate): LogRecord =>
  written(RECORD_TYPES.stable, (writer) => { writeCheckpointCertificate(writer, certificate) })

/** Null where the record is none of ours. */
export function decodeRecord(record: LogRecord): PbftRecord | null {
  const { type, payload } = record
  if (type === RECORD_TYPES.prePrepare || type === RECORD_TYPES.viewChange || type === RECORD_TYPES.newView) return decodeFrameRecord(payload)
  const reader = new ByteReader(payload)
  const found = readRecord(reader, type)
  return found !== null && reader.finished ? found : null
}

function decodeFrameRecord(frame: Uint8Array): PbftRecord | null {
  const message = decodeFrame(frame)?.message
  switch (message?.kind) {
    case 'pre-prepare': return { kind: 'pre-prepare', message }
    case 'view-change': return { kind: 'view-change', view: message.view, frame }
    case 'new-view': return { kind: 'new-view', message, frame }
    default: return null
  }
}

function readRecord(reader: ByteReader, type: number): PbftRecord | null {
  switch (type) {
    case RECORD_TYPES.batch: return { kind: 'batch', sequence: readNumber(reader), batch: reader.sized() }
    case RECORD_TYPES.prepared: return { kind: 'prepared', certificate: readPrepared(reader) }
    case RECORD_TYPES.committed: return { kind: 'committed', entry: readEntry(reader) }
    case RECORD_TYPES.stable: return { kind: 'stable', certificate: readCheckpointCertificate(reader) }
    default: return null
  }
}
