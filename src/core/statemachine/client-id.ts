/**
 * The id of a client: 16 hexadecimal digits outside, eight bytes on the wire, and inside the machine a string of four UTF-16
 * code units, which is a map key that costs no hexadecimal text per command.
 */
import type { ByteReader, ByteWriter } from '../base'

export const CLIENT_ID_BYTES = 8
const CLIENT_ID = /^[0-9a-f]{16}$/

export const isClientId = (text: string): boolean => CLIENT_ID.test(text)

export function writeClientId(writer: ByteWriter, clientId: string): void {
  for (let i = 0; i < CLIENT_ID_BYTES * 2; i += 2) writer.byte(Number.parseInt(clientId.slice(i, i + 2), 16))
}

export function readClientId(reader: ByteReader): string {
  return unpackClientId(readPackedClientId(reader))
}

export function writePackedClientId(writer: ByteWriter, packed: string): void {
  for (let i = 0; i < 4; i++) {
    writer.byte(packed.charCodeAt(i) >> 8)
    writer.byte(packed.charCodeAt(i) & 0xff)
  }
}

/** Four zero units past the end, where the reader has failed. */
export function readPackedClientId(reader: ByteReader): string {
  const { bytes, at } = reader
  if (reader.left < CLIENT_ID_BYTES) {
    reader.fail()
    return '\0\0\0\0'
  }
  reader.at += CLIENT_ID_BYTES
  const unit = (from: number): number => ((bytes[from] as number) << 8) | (bytes[from + 1] as number)
  return String.fromCharCode(unit(at), unit(at + 2), unit(at + 4), unit(at + 6))
}

export function unpackClientId(packed: string): string {
  let text = ''
  for (let i = 0; i < 4; i++) text += packed.charCodeAt(i).toString(16).padStart(4, '0')
  return text
}
