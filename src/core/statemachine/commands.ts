/** What clients ask of the key-value machine and what it answers, with their binary forms. Decoding is total. */
import { assert, ByteReader, ByteWriter, unreachable, utf8Encode, varintSize } from '../base'

export type Operation =
  | { readonly kind: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly kind: 'delete'; readonly key: string }
  /** Writes `value` (null deletes) if the key now holds `expected` (null: nothing). */
  | { readonly kind: 'compare-and-swap'; readonly key: string; readonly expected: Uint8Array | null; readonly value: Uint8Array | null }

export type Command =
  /** Opens the session of a client, or finds it open. */
  | { readonly kind: 'open-session'; readonly clientId: string }
  /**
   * One operation, applied exactly once however often it is sent. A client numbers its operations from 1 and names the
   * lowest one that it still waits for, so that older replies can be forgotten.
   */
  | {
    readonly kind: 'operate'
    readonly clientId: string
    readonly sequence: number
    readonly lowestOutstanding: number
    readonly operation: Operation
  }

export type Query =
  | { readonly kind: 'get'; readonly key: string }
  /** Pairs in the order of their keys (UTF-16 code units), from `from` on, at most `limit`. */
  | { readonly kind: 'list'; readonly from: string; readonly limit: number }

export interface Pair {
  readonly key: string
  readonly value: Uint8Array
}

export type Reply =
  | { readonly kind: 'done' }
  | { readonly kind: 'not-found' }
  /** compare-and-swap: the key holds something else; nothing was changed. */
  | { readonly kind: 'mismatch' }
  /** The session is not open (any more): open one; whether earlier unanswered operations took effect is unknown. */
  | { readonly kind: 'session-expired' }
  /** The operation was applied before, and its reply was discarded when the client said it no longer waits for it. */
  | { readonly kind: 'already-answered' }
  /** More operations outstanding than a session may have; nothing was changed. */
  | { readonly kind: 'too-many-outstanding' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'value'; readonly value: Uint8Array }
  | { readonly kind: 'pairs'; readonly pairs: readonly Pair[]; readonly more: boolean }

export const KEY_BYTES_MAX = 1024
export const CLIENT_ID_BYTES = 8

const COMMANDS = { openSession: 1, operate: 2 } as const
const OPERATIONS = { put: 1, delete: 2, compareAndSwap: 3 } as const
const QUERIES = { get: 1, list: 2 } as const
/** The order is the format: only ever append. */
const REPLIES: readonly Reply['kind'][] = [
  'done', 'not-found', 'mismatch', 'session-expired', 'already-answered', 'too-many-outstanding', 'malformed', 'value', 'pairs',
]
const CLIENT_ID = /^[0-9a-f]{16}$/

/** Throws on a client id that is not 16 hexadecimal digits or a key that is empty or too long: these are the caller's to check. */
export function encodeCommand(command: Command): Uint8Array {
  assert(CLIENT_ID.test(command.clientId), 'a client id is 16 lower-case hexadecimal digits')
  if (command.kind === 'open-session') {
    const writer = new ByteWriter(1 + CLIENT_ID_BYTES)
    writer.byte(COMMANDS.openSession)
    writeClientId(writer, command.clientId)
    return writer.bytes
  }
  const { sequence, lowestOutstanding, operation } = command
  const key = keyBytes(operation.key)
  const writer = new ByteWriter(
    1 + CLIENT_ID_BYTES + varintSize(sequence) + varintSize(lowestOutstanding) + 1 + sizedSize(key) + operationValueSize(operation),
  )
  writer.byte(COMMANDS.operate)
  writeClientId(writer, command.clientId)
  writer.varint(sequence)
  writer.varint(lowestOutstanding)
  switch (operation.kind) {
    case 'put':
      writer.byte(OPERATIONS.put)
      writer.sized(key)
      writer.sized(operation.value)
      break
    case 'delete':
      writer.byte(OPERATIONS.delete)
      writer.sized(key)
      break
    case 'compare-and-swap':
      writer.byte(OPERATIONS.compareAndSwap)
      writer.sized(key)
      writeOptional(writer, operation.expected)
      writeOptional(writer, operation.value)
      break
    default: return unreachable(operation)
  }
  return writer.bytes
}

function operationValueSize(operation: Operation): number {
  switch (operation.kind) {
    case 'put': return sizedSize(operation.value)
    case 'delete': return 0
    case 'compare-and-swap': return optionalSize(operation.expected) + optionalSize(operation.value)
    default: return unreachable(operation)
  }
}

export function readOperation(reader: ByteReader): Operation | null {
  const code = reader.byte()
  const key = readKey(reader)
  switch (code) {
    case OPERATIONS.put: return { kind: 'put', key, value: reader.sized() }
    case OPERATIONS.delete: return { kind: 'delete', key }
    case OPERATIONS.compareAndSwap: return { kind: 'compare-and-swap', key, expected: readOptional(reader), value: readOptional(reader) }
    default: return null
  }
}

/** Null where the bytes are no command. Values are views; `clientId` is 8 bytes as four UTF-16 code units, see sessions.ts. */
export function decodeCommand(bytes: Uint8Array): Command | null {
  const reader = new ByteReader(bytes)
  const code = reader.byte()
  const clientId = reader.raw(CLIENT_ID_BYTES)
  if (reader.failed) return null
  const packed = packClientId(clientId)
  if (code === COMMANDS.openSession) return reader.finished ? { kind: 'open-session', clientId: packed } : null
  if (code !== COMMANDS.operate) return null
  const sequence = reader.varint()
  const lowestOutstanding = reader.varint()
  const operation = readOperation(reader)
  if (!reader.finished || operation === null || lowestOutstanding === 0 || lowestOutstanding > sequence) return null
  return { kind: 'operate', clientId: packed, sequence, lowestOutstanding, operation }
}

export function encodeQuery(query: Query): Uint8Array {
  const key = query.kind === 'get' ? keyBytes(query.key) : utf8Encode(query.from)
  const limit = query.kind === 'list' ? query.limit : 0
  const writer = new ByteWriter(1 + sizedSize(key) + (query.kind === 'list' ? varintSize(limit) : 0))
  writer.byte(query.kind === 'get' ? QUERIES.get : QUERIES.list)
  writer.sized(key)
  if (query.kind === 'list') writer.varint(limit)
  return writer.bytes
}

export function decodeQuery(bytes: Uint8Array): Query | null {
  const reader = new ByteReader(bytes)
  const code = reader.byte()
  if (code !== QUERIES.get && code !== QUERIES.list) return null
  const query: Query = code === QUERIES.get
    ? { kind: 'get', key: readKey(reader) }
    : { kind: 'list', from: reader.text(), limit: reader.varint() }
  return reader.finished ? query : null
}

export function encodeReply(reply: Reply): Uint8Array {
  const code = REPLIES.indexOf(reply.kind)
  if (reply.kind === 'value') {
    const writer = new ByteWriter(1 + reply.value.length)
    writer.byte(code)
    writer.raw(reply.value)
    return writer.bytes
  }
  if (reply.kind !== 'pairs') return Uint8Array.of(code)
  const keys = reply.pairs.map((pair) => utf8Encode(pair.key))
  const size = reply.pairs.reduce((sum, pair, i) => sum + sizedSize(keys[i] as Uint8Array) + sizedSize(pair.value), 2 + varintSize(keys.length))
  const writer = new ByteWriter(size)
  writer.byte(code)
  writer.byte(reply.more ? 1 : 0)
  writer.varint(keys.length)
  for (const [i, pair] of reply.pairs.entries()) {
    writer.sized(keys[i] as Uint8Array)
    writer.sized(pair.value)
  }
  return writer.bytes
}

/** Null where the bytes are no reply. Values are views. */
export function decodeReply(bytes: Uint8Array): Reply | null {
  const reader = new ByteReader(bytes)
  const kind = REPLIES[reader.byte()]
  if (kind === undefined || reader.failed) return null
  if (kind === 'value') return { kind, value: reader.raw(reader.left) }
  if (kind !== 'pairs') return reader.finished ? { kind } : null
  const more = reader.byte() === 1
  const count = reader.varint()
  if (count > reader.left) return null
  const pairs = Array.from({ length: count }, () => ({ key: reader.text(), value: reader.sized() }))
  return reader.finished ? { kind, pairs, more } : null
}

function keyBytes(key: string): Uint8Array {
  const bytes = utf8Encode(key)
  assert(bytes.length > 0 && bytes.length <= KEY_BYTES_MAX, `a key has 1 to ${KEY_BYTES_MAX} bytes`)
  return bytes
}

function readKey(reader: ByteReader): string {
  const from = reader.at
  const key = reader.text()
  if (key === '' || reader.at - from > KEY_BYTES_MAX + 2) reader.fail()
  return key
}

const sizedSize = (bytes: Uint8Array): number => varintSize(bytes.length) + bytes.length
const optionalSize = (bytes: Uint8Array | null): number => (bytes === null ? 1 : 1 + sizedSize(bytes))

function writeOptional(writer: ByteWriter, bytes: Uint8Array | null): void {
  writer.byte(bytes === null ? 0 : 1)
  if (bytes !== null) writer.sized(bytes)
}

function readOptional(reader: ByteReader): Uint8Array | null {
  const flag = reader.byte()
  if (flag > 1) reader.fail()
  return flag === 1 ? reader.sized() : null
}

function writeClientId(writer: ByteWriter, clientId: string): void {
  for (let i = 0; i < CLIENT_ID_BYTES * 2; i += 2) writer.byte(Number.parseInt(clientId.slice(i, i + 2), 16))
}

/** Eight bytes as a four-character string: a map key that costs no hexadecimal text per command. */
function packClientId(bytes: Uint8Array): string {
  const unit = (at: number): number => ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
  return String.fromCharCode(unit(0), unit(2), unit(4), unit(6))
}
