/** What the forms of commands, queries, replies and snapshots share: keys, values that may be missing, signed integers. */
import { assert, sizedSize, utf8Encode, varintSize, type ByteReader, type ByteWriter } from '../base'

export const KEY_BYTES_MAX = 1024

/** Throws on a key that is empty or too long: that is the caller's to check. */
export function keyBytes(key: string): Uint8Array {
  const bytes = utf8Encode(key)
  assert(bytes.length > 0 && bytes.length <= KEY_BYTES_MAX, `a key has 1 to ${KEY_BYTES_MAX} bytes`)
  return bytes
}

export function readKey(reader: ByteReader): string {
  const from = reader.at
  const key = reader.text()
  if (key === '' || reader.at - from > KEY_BYTES_MAX + varintSize(KEY_BYTES_MAX)) reader.fail()
  return key
}

export const optionalSize = (bytes: Uint8Array | null): number => (bytes === null ? 1 : 1 + sizedSize(bytes))

export function writeOptional(writer: ByteWriter, bytes: Uint8Array | null): void {
  writer.byte(bytes === null ? 0 : 1)
  if (bytes !== null) writer.sized(bytes)
}

export function readOptional(reader: ByteReader): Uint8Array | null {
  return readFlag(reader) ? reader.sized() : null
}

export function readFlag(reader: ByteReader): boolean {
  const flag = reader.byte()
  if (flag > 1) reader.fail()
  return flag === 1
}

export const integerSize = (value: number): number => 1 + varintSize(Math.abs(value))

/** A safe integer: its sign, then its magnitude. */
export function writeInteger(writer: ByteWriter, value: number): void {
  assert(Number.isSafeInteger(value), 'an integer is within the safe ones')
  writer.byte(value < 0 ? 1 : 0)
  writer.varint(Math.abs(value))
}

export function readInteger(reader: ByteReader): number {
  const isNegative = readFlag(reader)
  const magnitude = reader.varint()
  // One form for zero.
  if (isNegative && magnitude === 0) reader.fail()
  return isNegative ? -magnitude : magnitude
}
