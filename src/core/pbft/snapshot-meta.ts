/** The protocol's part of a snapshot: what a checkpoint certificate vouches for, and the certificates known when it was written. */
import { ByteReader } from '../base'
import { readCheckpointCertificate, readDigest, readNumber, writeCheckpointCertificate } from './certificate-codec'
import { GrowingWriter } from './growing-writer'
import type { CheckpointCertificate } from './types'

const VERSION = 1

export interface SnapshotMeta {
  readonly sequence: number
  readonly stateDigest: Uint8Array
  /** The request window, encoded. */
  readonly window: Uint8Array
  /** Of this very state; null in a snapshot taken here, whose certificate is made of what the others say later. */
  readonly certificate: CheckpointCertificate | null
  /** The last stable checkpoint then known. */
  readonly stable: CheckpointCertificate | null
}

export function encodeSnapshotMeta(meta: SnapshotMeta): Uint8Array {
  const writer = new GrowingWriter()
  writer.byte(VERSION)
  writer.varint(meta.sequence)
  writer.raw(meta.stateDigest)
  writer.sized(meta.window)
  for (const certificate of [meta.certificate, meta.stable]) {
    writer.byte(certificate === null ? 0 : 1)
    if (certificate !== null) writeCheckpointCertificate(writer, certificate)
  }
  return writer.written
}

/** Null where the bytes are no such part. */
export function decodeSnapshotMeta(bytes: Uint8Array): SnapshotMeta | null {
  const reader = new ByteReader(bytes)
  if (reader.byte() !== VERSION) return null
  const sequence = readNumber(reader)
  const stateDigest = readDigest(reader)
  const window = reader.sized()
  const certificate = readOptional(reader)
  const stable = readOptional(reader)
  return reader.finished ? { sequence, stateDigest, window, certificate, stable } : null
}

function readOptional(reader: ByteReader): CheckpointCertificate | null {
  const flag = reader.byte()
  if (flag > 1) reader.fail()
  return flag === 1 ? readCheckpointCertificate(reader) : null
}
