/**
 * Binary form of messages between members: one byte of kind, then varints, flags, texts and entries. Decoding is total: null for
 * anything that is not exactly one message. Data of a decoded message are views of the frame, not copies.
 */
import { ByteReader, ByteWriter, unreachable, utf8Encode, varintSize } from '../base'
import { readRuns, runsOf, runsSize, writeRuns } from './entry-codec'
import type { Accepted, Heartbeat, Message, MessageKind } from './types'

/** The order is the wire format: only ever append. The first is 1, so that a frame of zeros means nothing. */
export const MESSAGE_KINDS: readonly MessageKind[] = [
  'prepare', 'promise', 'accept', 'accepted', 'refusal', 'heartbeat', 'chosen', 'confirm', 'confirmed', 'learn', 'decided',
  'snapshot-offer', 'snapshot-request', 'snapshot-chunk', 'take-over', 'forward', 'forward-refused', 'read-request', 'read-index',
]
const CODES = Object.fromEntries(MESSAGE_KINDS.map((kind, i) => [kind, i + 1])) as Record<MessageKind, number>

/** The fields that are plain numbers, in their order on the wire, before all others. */
const NUMBERS = {
  'prepare': ['ballot', 'from', 'released'],
  'promise': ['ballot', 'from', 'next', 'chosen'],
  'accept': ['ballot', 'chosen'],
  'accepted': ['ballot', 'from', 'to', 'chosen'],
  'refusal': ['ballot', 'promised'],
  'heartbeat': ['leads', 'leader', 'chosen', 'last'],
  'chosen': ['ballot', 'chosen'],
  'confirm': ['ballot', 'round'],
  'confirmed': ['ballot', 'round'],
  'learn': ['from'],
  'decided': ['chosen'],
  'snapshot-offer': ['index', 'stateBytes', 'chunks'],
  'snapshot-request': ['index', 'chunk'],
  'snapshot-chunk': ['index', 'chunk'],
  'take-over': ['ballot'],
  'forward': ['ballot', 'incarnation', 'sequence'],
  'forward-refused': ['incarnation', 'sequence', 'count'],
  'read-request': ['ballot', 'incarnation', 'sequence'],
  'read-index': ['incarnation', 'sequence', 'index'],
} as const satisfies Record<MessageKind, readonly string[]>

const FLAGS = { quorumConnected: 1, trusting: 2, hearsYou: 4 } as const

const flagsOf = (heartbeat: Heartbeat): number =>
  (heartbeat.isQuorumConnected ? FLAGS.quorumConnected : 0) | (heartbeat.isTrusting ? FLAGS.trusting : 0) | (heartbeat.hearsYou ? FLAGS.hearsYou : 0)

const sizedBytes = (length: number): number => varintSize(length) + length

export function encodeMessage(message: Message): Uint8Array {
  const fields = NUMBERS[message.kind]
  const numbers = fields.map((field) => (message as unknown as Record<string, number>)[field] as number)
  let head = 1
  for (const number of numbers) head += varintSize(number)
  const start = (rest: number): ByteWriter => {
    const writer = new ByteWriter(head + rest)
    writer.byte(CODES[message.kind])
    for (const number of numbers) writer.varint(number)
    return writer
  }
  switch (message.kind) {
    case 'promise':
    case 'accept':
    case 'decided': {
      const runs = runsOf(message.entries)
      const writer = start(runsSize(runs))
      writeRuns(writer, runs)
      return writer.bytes
    }
    case 'heartbeat': return withByte(start(1), flagsOf(message))
    case 'forward-refused': return withByte(start(1), message.isBusy ? 1 : 0)
    case 'read-index': return withByte(start(1), message.isSafe ? 1 : 0)
    case 'snapshot-offer': {
      const hash = utf8Encode(message.stateHash)
      const writer = start(sizedBytes(hash.length) + sizedBytes(message.meta.length))
      writer.sized(hash)
      writer.sized(message.meta)
      return writer.bytes
    }
    case 'snapshot-chunk': {
      const writer = start(sizedBytes(message.data.length))
      writer.sized(message.data)
      return writer.bytes
    }
    case 'forward': {
      const writer = start(message.commands.reduce((sum, command) => sum + sizedBytes(command.length), varintSize(message.commands.length)))
      writer.varint(message.commands.length)
      for (const command of message.commands) writer.sized(command)
      return writer.bytes
    }
    default: return start(0).bytes
  }
}

function withByte(writer: ByteWriter, value: number): Uint8Array {
  writer.byte(value)
  return writer.bytes
}

/** The message, or null where the frame is none. */
export function decodeMessage(frame: Uint8Array): Message | null {
  const reader = new ByteReader(frame)
  const kind = MESSAGE_KINDS[reader.byte() - 1]
  if (kind === undefined) return null
  const numbers = NUMBERS[kind].map(() => reader.varint())
  const message = readBody(reader, kind, numbers)
  return message !== null && reader.finished && isSound(message) ? message : null
}

function readBody(reader: ByteReader, kind: MessageKind, numbers: readonly number[]): Message | null {
  const [a, b, c, d] = numbers as [number, number, number, number]
  switch (kind) {
    case 'prepare': return { kind, ballot: a, from: b, released: c }
    case 'promise': return withEntries(reader, (entries) => ({ kind, ballot: a, from: b, next: c, chosen: d, entries }))
    case 'accept': return withEntries(reader, (entries) => ({ kind, ballot: a, chosen: b, entries }))
    case 'accepted': return { kind, ballot: a, from: b, to: c, chosen: d }
    case 'refusal': return { kind, ballot: a, promised: b }
    case 'heartbeat': return readHeartbeat(reader, a, b, c, d)
    case 'chosen': return { kind, ballot: a, chosen: b }
    case 'confirm':
    case 'confirmed': return { kind, ballot: a, round: b }
    case 'learn': return { kind, from: a }
    case 'decided': return withEntries(reader, (entries) => ({ kind, chosen: a, entries }))
    case 'snapshot-offer': return { kind, index: a, stateBytes: b, chunks: c, stateHash: reader.text(), meta: reader.sized() }
    case 'snapshot-request': return { kind, index: a, chunk: b }
    case 'snapshot-chunk': return { kind, index: a, chunk: b, data: reader.sized() }
    case 'take-over': return { kind, ballot: a }
    case 'forward': return { kind, ballot: a, incarnation: b, sequence: c, commands: readCommands(reader) }
    case 'forward-refused': return { kind, incarnation: a, sequence: b, count: c, isBusy: readFlag(reader) }
    case 'read-request': return { kind, ballot: a, incarnation: b, sequence: c }
    case 'read-index': return { kind, incarnation: a, sequence: b, index: c, isSafe: readFlag(reader) }
    default: return unreachable(kind)
  }
}

function withEntries(reader: ByteReader, make: (entries: readonly Accepted[]) => Message): Message | null {
  const entries = readRuns(reader)
  return entries === null ? null : make(entries)
}

function readHeartbeat(reader: ByteReader, leads: number, leader: number, chosen: number, last: number): Heartbeat | null {
  const flags = reader.byte()
  if (flags > 7) return null
  return {
    kind: 'heartbeat', leads, leader, chosen, last,
    isQuorumConnected: (flags & FLAGS.quorumConnected) > 0, isTrusting: (flags & FLAGS.trusting) > 0, hearsYou: (flags & FLAGS.hearsYou) > 0,
  }
}

function readCommands(reader: ByteReader): Uint8Array[] {
  const count = reader.varint()
  if (count > reader.left) reader.fail()
  const commands: Uint8Array[] = []
  for (let i = 0; i < count && !reader.failed; i++) commands.push(reader.sized())
  return commands
}

function readFlag(reader: ByteReader): boolean {
  const flag = reader.byte()
  if (flag > 1) reader.fail()
  return flag === 1
}

/** What a correct member can have sent. */
function isSound(message: Message): boolean {
  switch (message.kind) {
    case 'prepare':
    case 'learn': return message.from > 0
    case 'promise':
      return message.from > 0 && message.entries.every(({ ballot, slot }) => slot >= message.from && ballot < message.ballot + 1 && slot > message.chosen)
    case 'accept': {
      const [first] = message.entries
      return first !== undefined && message.entries.every(({ ballot, slot }, i) => ballot === message.ballot && slot === first.slot + i)
    }
    case 'accepted': return message.from > 0 && message.from <= message.to
    case 'forward': return Number.isSafeInteger(message.sequence + message.commands.length)
    case 'forward-refused': return Number.isSafeInteger(message.sequence + message.count)
    default: return true
  }
}
