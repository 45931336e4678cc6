/** What is put into the log for the state machine, and its binary form. Decoding is total. */
import { assert, ByteReader, ByteWriter, unreachable, varintSize } from '../base'
import { CLIENT_ID_BYTES, isClientId, readPackedClientId, writeClientId } from './client-id'
import { operationKey, operationSize, readOperation, writeOperation, type Operation } from './operations'
import { encodeQuery, type Query } from './queries'

export type Command =
  /** Opens the session of a client, or finds it open. A client id serves one session: once it has ended, it cannot be opened again. */
  | { readonly kind: 'open-session'; readonly clientId: string }
  /** Ends it: its locks go to those who wait, its replies are forgotten. */
  | { readonly kind: 'close-session'; readonly clientId: string }
  /**
   * Ends it unless it was used after `lastUse` (see the query `sessions`). Time never enters the machine: whoever has a clock watches
   * the uses, and asks for this once one has not changed for as long as sessions live.
   */
  | { readonly kind: 'expire-session'; readonly clientId: string; readonly lastUse: number }
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
  /** A query that is answered at its place in the order of commands; it changes nothing and needs no session. */
  | { readonly kind: 'ask'; readonly query: Query }

/** As the machine sees it: client ids are packed (see client-id.ts), a query stays in its bytes. */
export type DecodedCommand = Exclude<Command, { kind: 'ask' }> | { readonly kind: 'ask'; readonly query: Uint8Array }

/** These numbers are the format. */
const CODES = { openSession: 1, operate: 2, closeSession: 3, expireSession: 4, ask: 5 } as const

/** Throws on a client id that is not 16 hexadecimal digits or a key that is empty or too long: these are the caller's to check. */
export function encodeCommand(command: Command): Uint8Array {
  switch (command.kind) {
    case 'open-session': return begin(CODES.openSession, command.clientId, 0).bytes
    case 'close-session': return begin(CODES.closeSession, command.clientId, 0).bytes
    case 'expire-session': {
      const writer = begin(CODES.expireSession, command.clientId, varintSize(command.lastUse))
      writer.varint(command.lastUse)
      return writer.bytes
    }
    case 'operate': {
      const { clientId, sequence, lowestOutstanding, operation } = command
      const key = operationKey(operation)
      const writer = begin(CODES.operate, clientId, varintSize(sequence) + varintSize(lowestOutstanding) + operationSize(operation, key))
      writer.varint(sequence)
      writer.varint(lowestOutstanding)
      writeOperation(writer, operation, key)
      return writer.bytes
    }
    case 'ask': {
      const query = encodeQuery(command.query)
      const writer = new ByteWriter(1 + query.length)
      writer.byte(CODES.ask)
      writer.raw(query)
      return writer.bytes
    }
    default: return unreachable(command)
  }
}

function begin(code: number, clientId: string, size: number): ByteWriter {
  assert(isClientId(clientId), 'a client id is 16 lower-case hexadecimal digits')
  const writer = new ByteWriter(1 + CLIENT_ID_BYTES + size)
  writer.byte(code)
  writeClientId(writer, clientId)
  return writer
}

/** Null where the bytes are no command. Values are views. */
export function decodeCommand(bytes: Uint8Array): DecodedCommand | null {
  const reader = new ByteReader(bytes)
  const code = reader.byte()
  if (code === CODES.ask) return { kind: 'ask', query: reader.raw(reader.left) }
  const clientId = readPackedClientId(reader)
  if (reader.failed) return null
  switch (code) {
    case CODES.operate: {
      const sequence = reader.varint()
      const lowestOutstanding = reader.varint()
      const operation = readOperation(reader)
      if (!reader.finished || operation === null || lowestOutstanding === 0 || lowestOutstanding > sequence) return null
      return { kind: 'operate', clientId, sequence, lowestOutstanding, operation }
    }
    case CODES.openSession: return reader.finished ? { kind: 'open-session', clientId } : null
    case CODES.closeSession: return reader.finished ? { kind: 'close-session', clientId } : null
    case CODES.expireSession: {
      const lastUse = reader.varint()
      return reader.finished ? { kind: 'expire-session', clientId, lastUse } : null
    }
    default: return null
  }
}
