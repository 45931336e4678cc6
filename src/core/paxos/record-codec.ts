/** Binary form of what a member writes to its own disk, and of a forwarded command. Types and layouts are part of the format. */
import { ByteReader, ByteWriter, sizedSize, utf8Encode, varintSize } from '../base'
import type { LogRecord } from '../machine'
import { readRun, runSize, writeRun } from './entry-codec'
import type { Accepted, HardState } from './types'

export const RECORD_TYPES = { hardState: 1, accepted: 2 } as const

export function hardStateRecord({ promised, chosen }: HardState): LogRecord {
  const writer = new ByteWriter(varintSize(promised) + varintSize(chosen))
  writer.varint(promised)
  writer.varint(chosen)
  return { type: RECORD_TYPES.hardState, payload: writer.bytes }
}

export function decodeHardState(payload: Uint8Array): HardState | null {
  const reader = new ByteReader(payload)
  const promised = reader.varint()
  const chosen = reader.varint()
  return reader.finished ? { promised, chosen } : null
}

/** One run: consecutive slots of one ballot. */
export function acceptedRecord(run: readonly Accepted[]): LogRecord {
  const writer = new ByteWriter(runSize(run))
  writeRun(writer, run)
  return { type: RECORD_TYPES.accepted, payload: writer.bytes }
}

/** Null where the payload is none. Data are views of the payload. */
export function decodeAccepted(payload: Uint8Array): readonly Accepted[] | null {
  const reader = new ByteReader(payload)
  const run = readRun(reader)
  return run !== null && reader.finished ? run : null
}

export interface Forwarded {
  readonly nodeId: string
  readonly incarnation: number
  readonly sequence: number
  readonly command: Uint8Array
}

export function encodeForwarded({ nodeId, incarnation, sequence, command }: Forwarded): Uint8Array {
  const id = utf8Encode(nodeId)
  const writer = new ByteWriter(sizedSize(id) + varintSize(incarnation) + varintSize(sequence) + command.length)
  writer.sized(id)
  writer.varint(incarnation)
  writer.varint(sequence)
  writer.raw(command)
  return writer.bytes
}

export function decodeForwarded(data: Uint8Array): Forwarded | null {
  const reader = new ByteReader(data)
  const nodeId = reader.text()
  const incarnation = reader.varint()
  const sequence = reader.varint()
  if (reader.failed) return null
  return { nodeId, incarnation, sequence, command: reader.raw(reader.left) }
}
