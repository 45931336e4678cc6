/** What a client may ask without changing anything, and its binary form. Decoding is total. */
import { ByteReader, ByteWriter, sizedSize, unreachable, utf8Decode, utf8Encode, varintSize } from '../base'
import { keyBytes, optionalSize, readKey, readOptional, writeOptional } from './codec'

export type Query =
  | { readonly kind: 'get'; readonly key: string }
  /** Pairs in the order of their keys (UTF-16 code units), from `from` on, at most `limit`. */
  | { readonly kind: 'list'; readonly from: string; readonly limit: number }
  /** The same, of the keys that begin with `prefix` and come before `to`; null: to the end. */
  | { readonly kind: 'scan'; readonly prefix: string; readonly from: string; readonly to: string | null; readonly limit: number }
  /** Who holds a lock, by which fencing token, and who waits. */
  | { readonly kind: 'lock'; readonly key: string }
  /** The head of a queue, which stays there. */
  | { readonly kind: 'peek'; readonly key: string }
  | { readonly kind: 'length'; readonly key: string }
  /** A counter; 0 where nothing was added. */
  | { readonly kind: 'count'; readonly key: string }
  /** The open sessions in the order of their last use, the oldest first. */
  | { readonly kind: 'sessions' }

/** These numbers are the format. */
const CODES = { get: 1, list: 2, scan: 3, lock: 4, peek: 5, length: 6, count: 7, sessions: 8 } as const

export function encodeQuery(query: Query): Uint8Array {
  switch (query.kind) {
    case 'list': return listQuery(query.from, query.limit)
    case 'scan': return scanQuery(query)
    case 'sessions': return Uint8Array.of(CODES.sessions)
    case 'get':
    case 'lock':
    case 'peek':
    case 'length':
    case 'count': {
      const key = keyBytes(query.key)
      const writer = new ByteWriter(1 + sizedSize(key))
      writer.byte(CODES[query.kind])
      writer.sized(key)
      return writer.bytes
    }
    default: return unreachable(query)
  }
}

function listQuery(text: string, limit: number): Uint8Array {
  const from = utf8Encode(text)
  const writer = new ByteWriter(1 + sizedSize(from) + varintSize(limit))
  writer.byte(CODES.list)
  writer.sized(from)
  writer.varint(limit)
  return writer.bytes
}

function scanQuery(query: Extract<Query, { kind: 'scan' }>): Uint8Array {
  const prefix = utf8Encode(query.prefix)
  const from = utf8Encode(query.from)
  const to = query.to === null ? null : utf8Encode(query.to)
  const writer = new ByteWriter(1 + sizedSize(prefix) + sizedSize(from) + optionalSize(to) + varintSize(query.limit))
  writer.byte(CODES.scan)
  writer.sized(prefix)
  writer.sized(from)
  writeOptional(writer, to)
  writer.varint(query.limit)
  return writer.bytes
}

/** Null where the bytes are no query. */
export function decodeQuery(bytes: Uint8Array): Query | null {
  const reader = new ByteReader(bytes)
  const query = readQuery(reader)
  return reader.finished ? query : null
}

function readQuery(reader: ByteReader): Query | null {
  switch (reader.byte()) {
    case CODES.get: return { kind: 'get', key: readKey(reader) }
    case CODES.list: return { kind: 'list', from: reader.text(), limit: reader.varint() }
    case CODES.scan: return { kind: 'scan', prefix: reader.text(), from: reader.text(), to: readOptionalText(reader), limit: reader.varint() }
    case CODES.lock: return { kind: 'lock', key: readKey(reader) }
    case CODES.peek: return { kind: 'peek', key: readKey(reader) }
    case CODES.length: return { kind: 'length', key: readKey(reader) }
    case CODES.count: return { kind: 'count', key: readKey(reader) }
    case CODES.sessions: return { kind: 'sessions' }
    default: return null
  }
}

function readOptionalText(reader: ByteReader): string | null {
  const bytes = readOptional(reader)
  const text = bytes === null ? null : utf8Decode(bytes)
  if (bytes !== null && text === null) reader.fail()
  return text
}
