/** What the machine answers, and its binary form. Decoding is total. */
import { ByteReader, ByteWriter, sizedSize, utf8Encode, varintSize } from '../base'
import { CLIENT_ID_BYTES, readClientId, writeClientId } from './client-id'
import { integerSize, readFlag, readInteger, writeInteger } from './codec'

export interface Pair {
  readonly key: string
  readonly value: Uint8Array
}

export interface SessionUse {
  readonly clientId: string
  /** Rises with every command of any session; names this use of this session and no other. */
  readonly lastUse: number
}

export type BareReply =
  | { readonly kind: 'done' }
  | { readonly kind: 'not-found' }
  /** The key holds something else (compare-and-swap), or the session was used since (expire-session); nothing was changed. */
  | { readonly kind: 'mismatch' }
  /** The session is not open (any more): open one under a new id; whether earlier unanswered operations took effect is unknown. */
  | { readonly kind: 'session-expired' }
  /** The operation was applied before, and its reply was discarded when the client said it no longer waits for it. */
  | { readonly kind: 'already-answered' }
  /** More operations, or bytes of replies, outstanding than a session may have; nothing was changed. */
  | { readonly kind: 'too-many-outstanding' }
  | { readonly kind: 'malformed' }
  /** Another client has the lock. */
  | { readonly kind: 'held' }
  /** The client does not have the lock by this token. */
  | { readonly kind: 'not-held' }
  /** A named limit of the object would be passed; nothing was changed. */
  | { readonly kind: 'limit-reached' }

export type Reply = BareReply
  | { readonly kind: 'value'; readonly value: Uint8Array }
  | { readonly kind: 'pairs'; readonly pairs: readonly Pair[]; readonly more: boolean }
  /** The client has the lock. Every grant of any lock has a greater token than all before it. */
  | { readonly kind: 'granted'; readonly token: number }
  /** The client waits for the lock; 1 is next. */
  | { readonly kind: 'waiting'; readonly position: number }
  | { readonly kind: 'number'; readonly value: number }
  /** `holder` is null, and `token` 0, where the lock is free. `waiting` in the order in which they will get it. */
  | { readonly kind: 'lock'; readonly holder: string | null; readonly token: number; readonly waiting: readonly string[] }
  | { readonly kind: 'sessions'; readonly sessions: readonly SessionUse[] }

/** The order is the format: only ever append. */
const KINDS: readonly Reply['kind'][] = [
  'done', 'not-found', 'mismatch', 'session-expired', 'already-answered', 'too-many-outstanding', 'malformed', 'value', 'pairs',
  'held', 'not-held', 'limit-reached', 'granted', 'waiting', 'number', 'lock', 'sessions',
]

const bare = (kind: BareReply['kind']): Uint8Array => Uint8Array.of(KINDS.indexOf(kind))

/** Replies that carry nothing are encoded once. They are never written to. */
export const BARE = {
  'done': bare('done'), 'not-found': bare('not-found'), 'mismatch': bare('mismatch'), 'session-expired': bare('session-expired'),
  'already-answered': bare('already-answered'), 'too-many-outstanding': bare('too-many-outstanding'), 'malformed': bare('malformed'),
  'held': bare('held'), 'not-held': bare('not-held'), 'limit-reached': bare('limit-reached'),
} satisfies Record<BareReply['kind'], Uint8Array>

const BARE_BY_CODE = new Map(Object.values(BARE).map((bytes) => [bytes[0], bytes]))

/** The same bytes, shared where they carry nothing, and a copy otherwise. */
export const keptReply = (bytes: Uint8Array): Uint8Array => (bytes.length === 1 ? BARE_BY_CODE.get(bytes[0]) : undefined) ?? bytes.slice()

export function encodeReply(reply: Reply): Uint8Array {
  switch (reply.kind) {
    case 'value': {
      const writer = begin(reply, reply.value.length)
      writer.raw(reply.value)
      return writer.bytes
    }
    case 'pairs': return encodePairs(reply)
    case 'granted': return encodeNumber(reply, reply.token)
    case 'waiting': return encodeNumber(reply, reply.position)
    case 'number': {
      const writer = begin(reply, integerSize(reply.value))
      writeInteger(writer, reply.value)
      return writer.bytes
    }
    case 'lock': return encodeLock(reply)
    case 'sessions': return encodeSessions(reply)
    default: return Uint8Array.of(KINDS.indexOf(reply.kind))
  }
}

function begin(reply: Reply, size: number): ByteWriter {
  const writer = new ByteWriter(1 + size)
  writer.byte(KINDS.indexOf(reply.kind))
  return writer
}

function encodeNumber(reply: Reply, value: number): Uint8Array {
  const writer = begin(reply, varintSize(value))
  writer.varint(value)
  return writer.bytes
}

function encodePairs(reply: Extract<Reply, { kind: 'pairs' }>): Uint8Array {
  const keys = reply.pairs.map((pair) => utf8Encode(pair.key))
  const size = reply.pairs.reduce((sum, pair, i) => sum + sizedSize(keys[i] as Uint8Array) + sizedSize(pair.value), 1 + varintSize(keys.length))
  const writer = begin(reply, size)
  writer.byte(reply.more ? 1 : 0)
  writer.varint(keys.length)
  for (const [i, pair] of reply.pairs.entries()) {
    writer.sized(keys[i] as Uint8Array)
    writer.sized(pair.value)
  }
  return writer.bytes
}

function encodeLock(reply: Extract<Reply, { kind: 'lock' }>): Uint8Array {
  const { holder, token, waiting } = reply
  if (holder === null) return begin(reply, 1).bytes
  const writer = begin(reply, 1 + CLIENT_ID_BYTES + varintSize(token) + varintSize(waiting.length) + waiting.length * CLIENT_ID_BYTES)
  writer.byte(1)
  writeClientId(writer, holder)
  writer.varint(token)
  writer.varint(waiting.length)
  for (const clientId of waiting) writeClientId(writer, clientId)
  return writer.bytes
}

function encodeSessions(reply: Extract<Reply, { kind: 'sessions' }>): Uint8Array {
  const { sessions } = reply
  const size = sessions.reduce((sum, { lastUse }) => sum + CLIENT_ID_BYTES + varintSize(lastUse), varintSize(sessions.length))
  const writer = begin(reply, size)
  writer.varint(sessions.length)
  for (const { clientId, lastUse } of sessions) {
    writeClientId(writer, clientId)
    writer.varint(lastUse)
  }
  return writer.bytes
}

/** Null where the bytes are no reply. Values are views. */
export function decodeReply(bytes: Uint8Array): Reply | null {
  const reader = new ByteReader(bytes)
  const kind = KINDS[reader.byte()]
  if (kind === undefined || reader.failed) return null
  const reply = readReply(kind, reader)
  return reader.finished ? reply : null
}

function readReply(kind: Reply['kind'], reader: ByteReader): Reply {
  switch (kind) {
    case 'value': return { kind, value: reader.raw(reader.left) }
    case 'pairs': {
      const more = readFlag(reader)
      return { kind, pairs: readMany(reader, 2, () => ({ key: reader.text(), value: reader.sized() })), more }
    }
    case 'granted': return { kind, token: reader.varint() }
    case 'waiting': return { kind, position: reader.varint() }
    case 'number': return { kind, value: readInteger(reader) }
    case 'lock':
      if (!readFlag(reader)) return { kind, holder: null, token: 0, waiting: [] }
      return { kind, holder: readClientId(reader), token: reader.varint(), waiting: readMany(reader, CLIENT_ID_BYTES, () => readClientId(reader)) }
    case 'sessions':
      return { kind, sessions: readMany(reader, CLIENT_ID_BYTES + 1, () => ({ clientId: readClientId(reader), lastUse: reader.varint() })) }
    default: return { kind }
  }
}

/** A count, then as many items of at least `itemBytesMin` each: a count that cannot be true allocates nothing. */
function readMany<Item>(reader: ByteReader, itemBytesMin: number, read: () => Item): Item[] {
  const count = reader.varint()
  if (count * itemBytesMin <= reader.left) return Array.from({ length: count }, read)
  reader.fail()
  return []
}
