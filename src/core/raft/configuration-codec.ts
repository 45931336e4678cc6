/** Binary form of a configuration, in entries of the log and in what a snapshot says of the protocol. Decoding is total. */
import { ByteReader, ByteWriter, sizedSize, utf8Encode, varintSize } from '../base'
import type { MemberKind } from '../machine'
import { sorted, type Configuration, type Member } from './configuration'
import type { LogBase } from './types'

/** The order is the format: only ever append. */
const KINDS: readonly MemberKind[] = ['voter', 'learner', 'witness']
const JOINT = 1
const FORCED = 2
/** Kind and promotion in one byte, three lengths and one byte of id, at least. */
const MEMBER_BYTES_MIN = 5
const PROMOTE = 8

export function encodeConfiguration({ members, outgoing, isForced }: Configuration): Uint8Array {
  const halves = [members, ...(outgoing === null ? [] : [outgoing])].map((half) => half.map(toParts))
  let size = 1
  for (const half of halves) {
    size += varintSize(half.length)
    for (const { texts } of half) size += 1 + texts.reduce((sum, text) => sum + sizedSize(text), 0)
  }
  const writer = new ByteWriter(size)
  writer.byte((outgoing === null ? 0 : JOINT) | (isForced ? FORCED : 0))
  for (const half of halves) {
    writer.varint(half.length)
    for (const { code, texts } of half) {
      writer.byte(code)
      for (const text of texts) writer.sized(text)
    }
  }
  return writer.bytes
}

function toParts(member: Member): { code: number; texts: Uint8Array[] } {
  return { code: KINDS.indexOf(member.kind) | (member.promote ? PROMOTE : 0), texts: [member.id, member.name, member.address].map(utf8Encode) }
}

/** The configuration, or null where the bytes are none. */
export function decodeConfiguration(bytes: Uint8Array): Configuration | null {
  const reader = new ByteReader(bytes)
  const found = readConfiguration(reader)
  return found !== null && reader.finished ? found : null
}

function readConfiguration(reader: ByteReader): Configuration | null {
  const flags = reader.byte()
  if (flags > (JOINT | FORCED)) return null
  const members = readMembers(reader)
  const outgoing = (flags & JOINT) !== 0 ? readMembers(reader) : null
  if (members === null || ((flags & JOINT) !== 0 && outgoing === null)) return null
  return { members, outgoing, isForced: (flags & FORCED) !== 0 }
}

function readMembers(reader: ByteReader): Member[] | null {
  const count = reader.varint()
  if (count * MEMBER_BYTES_MIN > reader.left) return null
  const members: Member[] = []
  for (let i = 0; i < count; i++) {
    const code = reader.byte()
    const kind = KINDS[code & ~PROMOTE]
    const [id, name, address] = [reader.text(), reader.text(), reader.text()]
    if (reader.failed || kind === undefined || id === '' || id <= (members.at(-1)?.id ?? '')) return null
    members.push({ id, name, address, kind, promote: (code & PROMOTE) !== 0 })
  }
  return members
}

/** What a snapshot at `index` says of the protocol: the term of its last entry and the configuration as of there. */
export function encodeSnapshotMeta({ term, configuration }: Pick<LogBase, 'term' | 'configuration'>): Uint8Array {
  const inner = encodeConfiguration({ ...configuration, members: sorted(configuration.members) })
  const writer = new ByteWriter(varintSize(term) + inner.length)
  writer.varint(term)
  writer.raw(inner)
  return writer.bytes
}

export function decodeSnapshotMeta(index: number, meta: Uint8Array): LogBase | null {
  const reader = new ByteReader(meta)
  const term = reader.varint()
  const configuration = readConfiguration(reader)
  return configuration !== null && reader.finished && term > 0 && index > 0 ? { index, term, configuration } : null
}

export function encodeLogBase(base: LogBase): Uint8Array {
  const meta = encodeSnapshotMeta(base)
  const writer = new ByteWriter(varintSize(base.index) + meta.length)
  writer.varint(base.index)
  writer.raw(meta)
  return writer.bytes
}

export function decodeLogBase(payload: Uint8Array): LogBase | null {
  const reader = new ByteReader(payload)
  const index = reader.varint()
  return reader.failed ? null : decodeSnapshotMeta(index, payload.subarray(reader.at))
}
