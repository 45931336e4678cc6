/**
 * Binary form of messages between replicas. A frame is the signed part (kind, sender, body), the signature under its length, and what
 * needs no signature of its own because a digest or another signature covers it: the batch of a pre-prepare, the primary's signature in a
 * prepare. Decoding is total: null for anything that is not exactly one message.
 */
import { ByteReader, ByteWriter, sizedSize, unreachable, utf8Encode, varintSize } from '../base'
import {
  readCheckpointCertificate, readDigest, readEntry, readNumber, readPrepared, readProposal, readSignature,
  writeCheckpointCertificate, writeEntry, writePrepared, writeProposal,
} from './certificate-codec'
import { GrowingWriter } from './growing-writer'
import { SNAPSHOT_CHUNKS_MAX, STATUS_SLOTS_MAX } from './limits'
import type { Message, MessageKind, NewView, SignedMessage, Statement, StatementKind, Status, ViewChange } from './types'

/** The order is the wire format: only ever append. The first is 1, so that a frame of zeros means nothing. */
const KINDS: readonly MessageKind[] = [
  'pre-prepare', 'prepare', 'commit', 'checkpoint', 'request', 'view-change', 'new-view', 'status', 'fetch', 'entries', 'stable', 'offer',
  'fetch-chunk', 'chunk', 'fetch-batch', 'batch', 'evidence',
]
const CODES = Object.fromEntries(KINDS.map((kind, i) => [kind, i + 1])) as Record<MessageKind, number>
export const REPLICAS_MAX = 255

/** A message before it is signed. */
export type Unsigned = Exclude<Message, { readonly signature: Uint8Array }>

/** The bytes that a replica signs for one of the four statements; equal to the signed part of its frame. */
export function encodeStatement(sender: number, statement: Statement): Uint8Array {
  const { kind, view, sequence, digest } = statement
  const writer = new ByteWriter(2 + varintSize(view) + varintSize(sequence) + digest.length)
  writer.byte(CODES[kind])
  writer.byte(sender)
  writer.varint(view)
  writer.varint(sequence)
  writer.raw(digest)
  return writer.bytes
}

/** A statement with its signature; `tail` is the batch of a pre-prepare or the primary's signature of a prepare. */
export function encodeStatementFrame(signed: Uint8Array, signature: Uint8Array, tail: Uint8Array | null): Uint8Array {
  const writer = new ByteWriter(signed.length + sizedSize(signature) + (tail === null ? 0 : sizedSize(tail)))
  writer.raw(signed)
  writer.sized(signature)
  if (tail !== null) writer.sized(tail)
  return writer.bytes
}

/** The signed part of a message that is no statement. */
export function encodeBody(sender: number, message: Unsigned): Uint8Array {
  const writer = new GrowingWriter()
  writer.byte(CODES[message.kind])
  writer.byte(sender)
  writeBody(writer, message)
  return writer.written
}

function writeBody(writer: GrowingWriter, message: Unsigned): void {
  switch (message.kind) {
    case 'request': return writer.sized(message.items)
    case 'view-change': return writeViewChange(writer, message)
    case 'new-view': return writeNewView(writer, message)
    case 'status': return writeStatus(writer, message)
    case 'fetch': return writer.varint(message.from)
    case 'entries':
      writer.varint(message.entries.length)
      for (const entry of message.entries) writeEntry(writer, entry)
      return
    case 'stable': return writeCheckpointCertificate(writer, message.certificate)
    case 'offer':
      writer.varint(message.index)
      writer.sized(message.meta)
      writer.varint(message.stateBytes)
      writer.sized(utf8Encode(message.stateHash))
      return writer.varint(message.chunks)
    case 'fetch-chunk':
      writer.varint(message.index)
      return writer.varint(message.chunk)
    case 'chunk':
      writer.varint(message.index)
      writer.varint(message.chunk)
      return writer.sized(message.data)
    case 'fetch-batch':
      writer.varint(message.sequence)
      return writer.raw(message.digest)
    case 'batch':
      writer.varint(message.sequence)
      return writer.sized(message.batch)
    case 'evidence':
      writeProposal(writer, message.one)
      return writeProposal(writer, message.other)
    default: return unreachable(message)
  }
}

function writeViewChange(writer: GrowingWriter, message: ViewChange): void {
  writer.varint(message.view)
  writer.byte(message.stable === null ? 0 : 1)
  if (message.stable !== null) writeCheckpointCertificate(writer, message.stable)
  writer.varint(message.prepared.length)
  for (const certificate of message.prepared) writePrepared(writer, certificate)
}

function writeNewView(writer: GrowingWriter, message: NewView): void {
  writer.varint(message.view)
  writer.varint(message.viewChanges.length)
  for (const frame of message.viewChanges) writer.sized(frame)
  writer.varint(message.proposals.length)
  for (const proposal of message.proposals) writeProposal(writer, proposal)
}

function writeStatus(writer: GrowingWriter, message: Status): void {
  writer.varint(message.view)
  writer.byte(message.isChanging ? 1 : 0)
  writer.varint(message.stable)
  writer.varint(message.executed)
  writer.varint(message.slots.length)
  for (const flags of message.slots) writer.byte(flags)
  writer.varint(message.viewChanges.length)
  for (const flag of message.viewChanges) writer.byte(flag ? 1 : 0)
}

export const kindOf = (frame: Uint8Array): MessageKind | null => KINDS[(frame[0] ?? 0) - 1] ?? null

/** The message, or null where the frame is none. Byte arrays in it are views of the frame. */
export function decodeFrame(frame: Uint8Array): SignedMessage | null {
  const kind = kindOf(frame)
  if (kind === null) return null
  const reader = new ByteReader(frame, 1)
  const sender = reader.byte()
  if (kind === 'pre-prepare' || kind === 'prepare' || kind === 'commit' || kind === 'checkpoint') return readStatementFrame(reader, kind, sender)
  const message = readBody(reader, kind)
  const signed = frame.subarray(0, reader.at)
  const signature = readSignature(reader)
  return message !== null && reader.finished ? { sender, message, signed, signature } : null
}

function readStatementFrame(reader: ByteReader, kind: StatementKind, sender: number): SignedMessage | null {
  const view = readNumber(reader)
  const sequence = readNumber(reader)
  const digest = readDigest(reader)
  const signed = reader.bytes.subarray(0, reader.at)
  const signature = readSignature(reader)
  if (sequence === 0) reader.fail()
  let message: Message
  switch (kind) {
    case 'pre-prepare':
      message = { kind, view, sequence, digest, signature, batch: reader.sized() }
      break
    case 'prepare':
      message = { kind, view, sequence, digest, signature, proposal: readSignature(reader) }
      break
    case 'commit':
      message = { kind, view, sequence, digest, signature }
      break
    case 'checkpoint':
      if (view !== 0) reader.fail()
      message = { kind, sequence, digest, signature }
      break
    default: return unreachable(kind)
  }
  return reader.finished ? { sender, message, signed, signature } : null
}

function readBody(reader: ByteReader, kind: Exclude<MessageKind, StatementKind>): Message | null {
  switch (kind) {
    case 'request': return { kind, items: reader.sized() }
    case 'view-change': return readViewChange(reader)
    case 'new-view': return readNewView(reader)
    case 'status': return readStatus(reader)
    case 'fetch': return { kind, from: readNumber(reader) }
    case 'entries': return { kind, entries: readList(reader, readEntry) }
    case 'stable': return { kind, certificate: readCheckpointCertificate(reader) }
    case 'offer': {
      const index = readNumber(reader)
      const meta = reader.sized()
      const stateBytes = readNumber(reader)
      const stateHash = reader.text()
      const chunks = readNumber(reader)
      return chunks > SNAPSHOT_CHUNKS_MAX ? null : { kind, index, meta, stateBytes, stateHash, chunks }
    }
    case 'fetch-chunk': return { kind, index: readNumber(reader), chunk: readNumber(reader) }
    case 'chunk': return { kind, index: readNumber(reader), chunk: readNumber(reader), data: reader.sized() }
    case 'fetch-batch': return { kind, sequence: readNumber(reader), digest: readDigest(reader) }
    case 'batch': return { kind, sequence: readNumber(reader), batch: reader.sized() }
    case 'evidence': return { kind, one: readProposal(reader), other: readProposal(reader) }
    default: return unreachable(kind)
  }
}

/** As many as the count says, which the frame must be able to hold: each takes at least one byte. */
export function readList<Value>(reader: ByteReader, read: (reader: ByteReader) => Value): Value[] {
  const count = reader.varint()
  if (count > reader.left) reader.fail()
  const list: Value[] = []
  for (let i = 0; i < count && !reader.failed; i++) list.push(read(reader))
  return list
}

function readFlag(reader: ByteReader): boolean {
  const flag = reader.byte()
  if (flag > 1) reader.fail()
  return flag === 1
}

function readViewChange(reader: ByteReader): Message {
  const view = readNumber(reader)
  const stable = readFlag(reader) ? readCheckpointCertificate(reader) : null
  return { kind: 'view-change', view, stable, prepared: readList(reader, readPrepared) }
}

function readNewView(reader: ByteReader): Message {
  return {
    kind: 'new-view', view: readNumber(reader), viewChanges: readList(reader, (from) => from.sized()), proposals: readList(reader, readProposal),
  }
}

function readStatus(reader: ByteReader): Message | null {
  const view = readNumber(reader)
  const isChanging = readFlag(reader)
  const stable = readNumber(reader)
  const executed = readNumber(reader)
  const slots = readList(reader, (from) => from.byte())
  const viewChanges = readList(reader, readFlag)
  if (slots.length > STATUS_SLOTS_MAX || viewChanges.length > REPLICAS_MAX) return null
  return { kind: 'status', view, isChanging, stable, executed, slots, viewChanges }
}
