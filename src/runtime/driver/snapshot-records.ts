/**
 * Binary form of snapshots in storage: chunks of the state, then one end record that makes them a snapshot. Both carry the number of
 * the snapshot within this log, so that they may lie between other records and what was never finished is told apart.
 */
import { ByteReader, ByteWriter, sizedSize, utf8Encode, varintSize } from '../../core/base'
import { MACHINE_RECORD_TYPE_MAX, type LogRecord, type SnapshotHead } from '../../core/machine'

/** Part of the format of the log. */
export const SNAPSHOT_RECORD_TYPES = { chunk: MACHINE_RECORD_TYPE_MAX + 1, end: MACHINE_RECORD_TYPE_MAX + 2 } as const

export interface ChunkRecord {
  readonly id: number
  /** 0 to `chunks - 1`. */
  readonly chunk: number
  readonly bytes: Uint8Array
}

export interface EndRecord {
  readonly id: number
  readonly head: SnapshotHead
}

export function encodeChunk({ id, chunk, bytes }: ChunkRecord): LogRecord {
  const writer = new ByteWriter(varintSize(id) + varintSize(chunk) + bytes.length)
  writer.varint(id)
  writer.varint(chunk)
  writer.raw(bytes)
  return { type: SNAPSHOT_RECORD_TYPES.chunk, payload: writer.bytes }
}

/** Null where the payload is none. The bytes are a view of it. */
export function decodeChunk(payload: Uint8Array): ChunkRecord | null {
  const reader = new ByteReader(payload)
  const id = reader.varint()
  const chunk = reader.varint()
  const bytes = reader.raw(reader.left)
  return reader.finished && id > 0 ? { id, chunk, bytes } : null
}

export function encodeEnd({ id, head }: EndRecord): LogRecord {
  const { index, meta, stateBytes, chunks } = head
  const stateHash = utf8Encode(head.stateHash)
  const writer = new ByteWriter(varintSize(id) + varintSize(index) + varintSize(stateBytes) + varintSize(chunks) + sizedSize(stateHash) + sizedSize(meta))
  for (const each of [id, index, stateBytes, chunks]) writer.varint(each)
  writer.sized(stateHash)
  writer.sized(meta)
  return { type: SNAPSHOT_RECORD_TYPES.end, payload: writer.bytes }
}

/** Null where the payload is none. The meta are a view of it. */
export function decodeEnd(payload: Uint8Array): EndRecord | null {
  const reader = new ByteReader(payload)
  const id = reader.varint()
  const index = reader.varint()
  const stateBytes = reader.varint()
  const chunks = reader.varint()
  const stateHash = reader.text()
  const meta = reader.sized()
  return reader.finished && id > 0 ? { id, head: { index, meta, stateBytes, stateHash, chunks } } : null
}
