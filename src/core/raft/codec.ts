/**
 * Binary form of messages between members. A frame is one byte of kind and varints; entries follow with their data under
 * a length. Decoding is total: null for anything that is not exactly one message. Entries of a decoded message are views
 * of the frame, not copies.
 */
import { ByteReader, ByteWriter, unreachable, varintSize } from '../base'
import { entriesSize, readEntries, writeEntries } from './entry-codec'
import type { AppendRequest, Message, MessageKind } from './types'

/** The order is the wire format: only ever append. The first is 1, so that a frame of zeros means nothing. */
const KINDS: readonly MessageKind[] = [
  'pre-vote-request', 'vote-request', 'pre-vote-response', 'vote-response', 'append-request', 'append-response',
  'heartbeat-request', 'heartbeat-response',
]
const CODES = Object.fromEntries(KINDS.map((kind, i) => [kind, i + 1])) as Record<MessageKind, number>
/** Kind, a flag and five varints of at most eight bytes. */
const SMALL_BYTES_MAX = 42

export function encodeMessage(message: Message): Uint8Array {
  if (message.kind === 'append-request') return encodeAppend(message)
  const writer = new ByteWriter(SMALL_BYTES_MAX)
  writer.byte(CODES[message.kind])
  writer.varint(message.term)
  switch (message.kind) {
    case 'pre-vote-request':
    case 'vote-request':
      writer.varint(message.lastIndex)
      writer.varint(message.lastTerm)
      break
    case 'pre-vote-response':
    case 'vote-response':
      writer.byte(message.granted ? 1 : 0)
      break
    case 'append-response':
      writer.byte(message.rejected ? 1 : 0)
      writer.varint(message.index)
      writer.varint(message.hintIndex)
      writer.varint(message.hintTerm)
      break
    case 'heartbeat-request':
      writer.varint(message.commit)
      writer.varint(message.readRound)
      break
    case 'heartbeat-response':
      writer.varint(message.readRound)
      break
    default: return unreachable(message)
  }
  return writer.bytes.subarray(0, writer.at)
}

function encodeAppend(message: AppendRequest): Uint8Array {
  const { term, prevIndex, prevTerm, commit, entries } = message
  const size = 1 + varintSize(term) + varintSize(prevIndex) + varintSize(prevTerm) + varintSize(commit) + entriesSize(entries)
  const writer = new ByteWriter(size)
  writer.byte(CODES['append-request'])
  writer.varint(term)
  writer.varint(prevIndex)
  writer.varint(prevTerm)
  writer.varint(commit)
  writeEntries(writer, entries)
  return writer.bytes
}

/** The message, or null where the frame is none. */
export function decodeMessage(frame: Uint8Array): Message | null {
  const reader = new ByteReader(frame)
  const kind = KINDS[reader.byte() - 1]
  if (kind === undefined) return null
  const message = readBody(reader, kind)
  return message !== null && reader.finished ? message : null
}

function readBody(reader: ByteReader, kind: MessageKind): Message | null {
  const term = reader.varint()
  switch (kind) {
    case 'pre-vote-request':
    case 'vote-request': return { kind, term, lastIndex: reader.varint(), lastTerm: reader.varint() }
    case 'pre-vote-response':
    case 'vote-response': return { kind, term, granted: readFlag(reader) }
    case 'append-request': return readAppend(reader, term)
    case 'append-response':
      return {
        kind, term, rejected: readFlag(reader), index: reader.varint(), hintIndex: reader.varint(), hintTerm: reader.varint(),
      }
    case 'heartbeat-request': return { kind, term, commit: reader.varint(), readRound: reader.varint() }
    case 'heartbeat-response': return { kind, term, readRound: reader.varint() }
    default: return unreachable(kind)
  }
}

function readAppend(reader: ByteReader, term: number): AppendRequest | null {
  const prevIndex = reader.varint()
  const prevTerm = reader.varint()
  const commit = reader.varint()
  const entries = readEntries(reader)
  if (entries === null) return null
  // What a leader can send: entries that follow prevIndex, in terms that never fall and are not after its own.
  const first = entries[0]
  if (first && (first.index !== prevIndex + 1 || first.term < prevTerm)) return null
  if (prevTerm > term || (entries.at(-1)?.term ?? 0) > term) return null
  return { kind: 'append-request', term, prevIndex, prevTerm, commit, entries }
}

function readFlag(reader: ByteReader): boolean {
  const flag = reader.byte()
  if (flag > 1) reader.fail()
  return flag === 1
}
