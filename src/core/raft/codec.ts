/**
 * Binary form of messages between members. A frame is one byte of kind and varints; entries follow with their data under
 * a length. Decoding is total: null for anything that is not exactly one message. Entries of a decoded message are views
 * of the frame, not copies.
 */
import { ByteReader, ByteWriter, sizedSize, unreachable, utf8Encode, varintSize } from '../base'
import type { SnapshotHead } from '../machine'
import { decodeSnapshotMeta } from './configuration-codec'
import { entriesSize, readEntries, writeEntries } from './entry-codec'
import type { AppendRequest, Message, MessageKind, ProposeRequest, SnapshotChunk } from './messages'

/** The order is the wire format: only ever append. The first is 1, so that a frame of zeros means nothing. */
const KINDS: readonly MessageKind[] = [
  'pre-vote-request', 'vote-request', 'pre-vote-response', 'vote-response', 'append-request', 'append-response',
  'heartbeat-request', 'heartbeat-response', 'snapshot-chunk', 'snapshot-response', 'timeout-now', 'read-request', 'read-response',
  'propose-request', 'propose-response',
]
const CODES = Object.fromEntries(KINDS.map((kind, i) => [kind, i + 1])) as Record<MessageKind, number>
/** Kind, a flag and five varints of at most eight bytes. */
const SMALL_BYTES_MAX = 42

export function encodeMessage(message: Message): Uint8Array {
  switch (message.kind) {
    case 'append-request': return encodeAppend(message)
    case 'snapshot-chunk': return encodeChunk(message)
    case 'propose-request': return encodePropose(message)
    default: return encodeSmall(message)
  }
}

function encodeSmall(message: Exclude<Message, AppendRequest | SnapshotChunk | ProposeRequest>): Uint8Array {
  const writer = new ByteWriter(SMALL_BYTES_MAX)
  writer.byte(CODES[message.kind])
  writer.varint(message.term)
  switch (message.kind) {
    case 'pre-vote-request':
    case 'vote-request':
      writer.varint(message.lastIndex)
      writer.varint(message.lastTerm)
      writer.byte(message.isTransfer === true ? 1 : 0)
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
    case 'snapshot-response':
      writer.varint(message.index)
      writer.varint(message.next)
      break
    case 'timeout-now': break
    case 'read-request':
      writer.varint(message.id)
      break
    case 'read-response':
      writer.varint(message.id)
      writer.byte(message.index === null ? 0 : 1)
      if (message.index !== null) writer.varint(message.index)
      break
    case 'propose-response':
      writer.varint(message.id)
      writer.varint(message.firstIndex)
      writer.varint(message.accepted)
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

function encodeChunk({ term, head, chunk, data }: SnapshotChunk): Uint8Array {
  const hash = utf8Encode(head.stateHash)
  const size = 1 + [term, head.index, head.stateBytes, head.chunks, chunk].reduce((sum, value) => sum + varintSize(value), 0) +
    [hash, head.meta, data].reduce((sum, bytes) => sum + sizedSize(bytes), 0)
  const writer = new ByteWriter(size)
  writer.byte(CODES['snapshot-chunk'])
  for (const value of [term, head.index, head.stateBytes, head.chunks, chunk]) writer.varint(value)
  for (const bytes of [hash, head.meta, data]) writer.sized(bytes)
  return writer.bytes
}

function encodePropose({ term, id, commands }: ProposeRequest): Uint8Array {
  const size = 1 + varintSize(term) + varintSize(id) + varintSize(commands.length) +
    commands.reduce((sum, { length }) => sum + varintSize(length) + length, 0)
  const writer = new ByteWriter(size)
  writer.byte(CODES['propose-request'])
  for (const value of [term, id, commands.length]) writer.varint(value)
  for (const command of commands) writer.sized(command)
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
    case 'vote-request': {
      const [lastIndex, lastTerm] = [reader.varint(), reader.varint()]
      return { kind, term, lastIndex, lastTerm, ...(readFlag(reader) ? { isTransfer: true } : {}) }
    }
    case 'pre-vote-response':
    case 'vote-response': return { kind, term, granted: readFlag(reader) }
    case 'append-request': return readAppend(reader, term)
    case 'append-response':
      return {
        kind, term, rejected: readFlag(reader), index: reader.varint(), hintIndex: reader.varint(), hintTerm: reader.varint(),
      }
    case 'heartbeat-request': return { kind, term, commit: reader.varint(), readRound: reader.varint() }
    case 'heartbeat-response': return { kind, term, readRound: reader.varint() }
    case 'snapshot-chunk': return readChunk(reader, term)
    case 'snapshot-response': return { kind, term, index: reader.varint(), next: reader.varint() }
    case 'timeout-now': return { kind, term }
    case 'read-request': return { kind, term, id: reader.varint() }
    case 'read-response': return { kind, term, id: reader.varint(), index: readFlag(reader) ? reader.varint() : null }
    case 'propose-request': return readPropose(reader, term)
    case 'propose-response': return { kind, term, id: reader.varint(), firstIndex: reader.varint(), accepted: reader.varint() }
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

function readChunk(reader: ByteReader, term: number): SnapshotChunk | null {
  const [index, stateBytes, chunks, chunk] = [reader.varint(), reader.varint(), reader.varint(), reader.varint()]
  const stateHash = reader.text()
  const meta = reader.sized()
  const data = reader.sized()
  if (reader.failed) return null
  const base = decodeSnapshotMeta(index, meta)
  if (base === null || base.term > term || (chunk >= chunks && chunk > 0) || data.length > stateBytes || chunks > stateBytes) return null
  const head: SnapshotHead = { index, meta, stateBytes, stateHash, chunks }
  return { kind: 'snapshot-chunk', term, head, chunk, data }
}

function readPropose(reader: ByteReader, term: number): ProposeRequest | null {
  const id = reader.varint()
  const count = reader.varint()
  if (count === 0 || count > reader.left) return null
  const commands: Uint8Array[] = []
  for (let i = 0; i < count; i++) commands.push(reader.sized())
  return reader.failed ? null : { kind: 'propose-request', term, id, commands }
}

function readFlag(reader: ByteReader): boolean {
  const flag = reader.byte()
  if (flag > 1) reader.fail()
  return flag === 1
}
