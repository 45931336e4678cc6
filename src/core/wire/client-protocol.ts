/**
 * What a client and a node say to each other, one frame each. Commands and queries are bytes of the state machine's own
 * codec; the node replicates them without looking inside.
 *
 *     request: kind u8 | request id varint | command or query
 *     reply:   code u8 | request id varint | what belongs to the code
 *
 * The numbers of kinds and codes are the format: only ever append. Every request is answered once, but for `tentative`, which may come
 * before that, and only from a group that was told to execute tentatively.
 */
import { ByteReader, ByteWriter, sizedSize, utf8Encode, varintSize } from '../base'

export type ClientRequest =
  | { readonly kind: 'propose' | 'read'; readonly id: number; readonly payload: Uint8Array }
  /** Who leads? Answered with `leading` or `not-leader`. */
  | { readonly kind: 'who-leads'; readonly id: number; readonly payload: Uint8Array }

export type ClientReply =
  | { readonly code: 'ok'; readonly id: number; readonly payload: Uint8Array }
  /** The answer, if the group decides as it is about to in view `view`: no single member can tell. Another reply follows. */
  | { readonly code: 'tentative'; readonly id: number; readonly view: number; readonly payload: Uint8Array }
  | { readonly code: 'leading'; readonly id: number; readonly term: number }
  /** Nothing was done. `leaderId` is empty where this node knows no leader. */
  | { readonly code: 'not-leader'; readonly id: number; readonly leaderId: string; readonly host: string; readonly port: number }
  /** Nothing was done. */
  | { readonly code: 'busy' | 'too-large' | 'stopped' | 'malformed'; readonly id: number }
  /** A command was appended and its fate is not known to this node; a read was not answered. */
  | { readonly code: 'unknown'; readonly id: number }

const REQUEST_KINDS = ['propose', 'read', 'who-leads'] as const
const REPLY_CODES = ['ok', 'leading', 'not-leader', 'busy', 'too-large', 'stopped', 'malformed', 'unknown', 'tentative'] as const

const codeOf = new Map<string, number>(REPLY_CODES.map((code, index) => [code, index]))

export function encodeRequest(request: ClientRequest): Uint8Array {
  const writer = new ByteWriter(1 + varintSize(request.id) + request.payload.length)
  writer.byte(request.kind === 'propose' ? 0 : request.kind === 'read' ? 1 : 2)
  writer.varint(request.id)
  writer.raw(request.payload)
  return writer.bytes
}

export function decodeRequest(frame: Uint8Array): ClientRequest | undefined {
  const reader = new ByteReader(frame)
  const kind = REQUEST_KINDS[reader.byte()]
  const id = reader.varint()
  if (kind === undefined || reader.failed) return undefined
  return { kind, id, payload: reader.raw(reader.left) }
}

export function encodeReply(reply: ClientReply): Uint8Array {
  const code = codeOf.get(reply.code) as number
  const head = 1 + varintSize(reply.id)
  if (reply.code === 'ok') {
    const writer = begin(code, reply.id, head + reply.payload.length)
    writer.raw(reply.payload)
    return writer.bytes
  }
  if (reply.code === 'tentative') {
    const writer = begin(code, reply.id, head + varintSize(reply.view) + reply.payload.length)
    writer.varint(reply.view)
    writer.raw(reply.payload)
    return writer.bytes
  }
  if (reply.code === 'leading') {
    const writer = begin(code, reply.id, head + varintSize(reply.term))
    writer.varint(reply.term)
    return writer.bytes
  }
  if (reply.code === 'not-leader') {
    const leaderId = utf8Encode(reply.leaderId)
    const host = utf8Encode(reply.host)
    const size = head + sizedSize(leaderId) + sizedSize(host) + varintSize(reply.port)
    const writer = begin(code, reply.id, size)
    writer.sized(leaderId)
    writer.sized(host)
    writer.varint(reply.port)
    return writer.bytes
  }
  return begin(code, reply.id, head).bytes
}

function begin(code: number, id: number, size: number): ByteWriter {
  const writer = new ByteWriter(size)
  writer.byte(code)
  writer.varint(id)
  return writer
}

export function decodeReply(frame: Uint8Array): ClientReply | undefined {
  const reader = new ByteReader(frame)
  const code = REPLY_CODES[reader.byte()]
  const id = reader.varint()
  if (code === undefined || reader.failed) return undefined
  if (code === 'ok') return { code, id, payload: reader.raw(reader.left) }
  if (code === 'tentative') {
    const view = reader.varint()
    return reader.failed ? undefined : { code, id, view, payload: reader.raw(reader.left) }
  }
  const reply: ClientReply = code === 'leading'
    ? { code, id, term: reader.varint() }
    : code === 'not-leader'
      ? { code, id, leaderId: reader.text(), host: reader.text(), port: reader.varint() }
      : { code, id }
  return reader.finished ? reply : undefined
}
