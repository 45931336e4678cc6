/** What a client may change, by kind of object. Keys of different kinds are different name spaces. */
import { sizedSize, unreachable, varintSize, type ByteReader, type ByteWriter } from '../base'
import { integerSize, keyBytes, optionalSize, readFlag, readInteger, readKey, readOptional, writeInteger, writeOptional } from './codec'

export type PairOperation =
  | { readonly kind: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly kind: 'delete'; readonly key: string }
  /** Writes `value` (null deletes) if the key now holds `expected` (null: nothing). */
  | { readonly kind: 'compare-and-swap'; readonly key: string; readonly expected: Uint8Array | null; readonly value: Uint8Array | null }
  /** Puts `value` behind what the key holds; a key that holds nothing holds `value` then. */
  | { readonly kind: 'append'; readonly key: string; readonly value: Uint8Array }

export type LockOperation =
  /**
   * For the client that asks: `granted` with the fencing token if the lock is free or already its own. If another client has it:
   * `held`, or with `wait` a place in the queue, which is asked about by asking again (or by the query).
   */
  | { readonly kind: 'acquire'; readonly key: string; readonly wait: boolean }
  /** Gives up the grant that `token` names; null: whatever the client has of the lock, a grant or a place in the queue. */
  | { readonly kind: 'release'; readonly key: string; readonly token: number | null }

export type QueueOperation =
  | { readonly kind: 'enqueue'; readonly key: string; readonly value: Uint8Array }
  | { readonly kind: 'dequeue'; readonly key: string }

/** `delta` is a safe integer; the reply is the sum, or `limit-reached` where the sum would not be a safe integer. */
export interface CounterOperation { readonly kind: 'add'; readonly key: string; readonly delta: number }

export type Operation = PairOperation | LockOperation | QueueOperation | CounterOperation

/** These numbers are the format. */
const CODES = { put: 1, delete: 2, compareAndSwap: 3, append: 4, acquire: 5, release: 6, enqueue: 7, dequeue: 8, add: 9 } as const

export function operationSize(operation: Operation, key: Uint8Array): number {
  const head = 1 + sizedSize(key)
  switch (operation.kind) {
    case 'put':
    case 'append':
    case 'enqueue': return head + sizedSize(operation.value)
    case 'delete':
    case 'dequeue': return head
    case 'compare-and-swap': return head + optionalSize(operation.expected) + optionalSize(operation.value)
    case 'acquire': return head + 1
    case 'release': return head + varintSize(operation.token ?? 0)
    case 'add': return head + integerSize(operation.delta)
    default: return unreachable(operation)
  }
}

export const operationKey = (operation: Operation): Uint8Array => keyBytes(operation.key)

export function writeOperation(writer: ByteWriter, operation: Operation, key: Uint8Array): void {
  writer.byte(operation.kind === 'compare-and-swap' ? CODES.compareAndSwap : CODES[operation.kind])
  writer.sized(key)
  switch (operation.kind) {
    case 'put':
    case 'append':
    case 'enqueue': return writer.sized(operation.value)
    case 'delete':
    case 'dequeue': return
    case 'compare-and-swap':
      writeOptional(writer, operation.expected)
      return writeOptional(writer, operation.value)
    case 'acquire': return writer.byte(operation.wait ? 1 : 0)
    // Tokens begin at 1.
    case 'release': return writer.varint(operation.token ?? 0)
    case 'add': return writeInteger(writer, operation.delta)
    default: return unreachable(operation)
  }
}

/** Null where the bytes are none. Values are views. */
export function readOperation(reader: ByteReader): Operation | null {
  const code = reader.byte()
  const key = readKey(reader)
  switch (code) {
    case CODES.put: return { kind: 'put', key, value: reader.sized() }
    case CODES.delete: return { kind: 'delete', key }
    case CODES.compareAndSwap: return { kind: 'compare-and-swap', key, expected: readOptional(reader), value: readOptional(reader) }
    case CODES.append: return { kind: 'append', key, value: reader.sized() }
    case CODES.acquire: return { kind: 'acquire', key, wait: readFlag(reader) }
    case CODES.release: {
      const token = reader.varint()
      return { kind: 'release', key, token: token === 0 ? null : token }
    }
    case CODES.enqueue: return { kind: 'enqueue', key, value: reader.sized() }
    case CODES.dequeue: return { kind: 'dequeue', key }
    case CODES.add: return { kind: 'add', key, delta: readInteger(reader) }
    default: return null
  }
}
