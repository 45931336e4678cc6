/**
 * The form of a snapshot: magic, version, the parts of the state, and a checksum of all before it, 8 bytes. Equal states give equal
 * bytes: everything that has an order of its own keeps it, everything else is sorted by its key.
 */
import { ByteReader, ByteWriter, sizedSize, utf8Encode } from '../base'
import { CLIENT_ID_BYTES, writePackedClientId } from './client-id'
import { integerSize, readKey, writeInteger } from './codec'
import { Fingerprint } from './hash'

const MAGIC = utf8Encode('QRTSTATE')
const VERSION = 1
const HEADER_BYTES = MAGIC.length + 1
const CHECKSUM_BYTES = 8
const FIRST_BYTES = 4096
const VARINT_BYTES_MAX = 8

/** Writes a snapshot of a size that is not known beforehand; `bytes` is a guess that saves copying. */
export class SnapshotWriter {
  #writer: ByteWriter

  constructor(bytes = FIRST_BYTES) {
    this.#writer = new ByteWriter(Math.max(Math.ceil(bytes), FIRST_BYTES))
    this.#writer.raw(MAGIC)
    this.#writer.byte(VERSION)
  }

  #room(bytes: number): ByteWriter {
    const full = this.#writer
    if (full.at + bytes <= full.bytes.length) return full
    this.#writer = new ByteWriter(Math.max(full.bytes.length * 2, full.at + bytes))
    this.#writer.raw(full.bytes.subarray(0, full.at))
    return this.#writer
  }

  varint(value: number): void {
    this.#room(VARINT_BYTES_MAX).varint(value)
  }

  integer(value: number): void {
    writeInteger(this.#room(integerSize(value)), value)
  }

  sized(bytes: Uint8Array): void {
    this.#room(sizedSize(bytes)).sized(bytes)
  }

  key(key: string): void {
    const writer = this.#room(VARINT_BYTES_MAX + key.length)
    const { at } = writer
    writer.varint(key.length)
    for (let i = 0; i < key.length; i++) {
      const code = key.charCodeAt(i)
      if (code < 0x80) {
        writer.byte(code)
        continue
      }
      // Not ASCII: begun again.
      writer.at = at
      this.sized(utf8Encode(key))
      return
    }
  }

  clientId(packed: string): void {
    writePackedClientId(this.#room(CLIENT_ID_BYTES), packed)
  }

  finish(): Uint8Array {
    const writer = this.#room(CHECKSUM_BYTES)
    const { a, b } = checksum(writer.bytes.subarray(0, writer.at))
    for (const lane of [a, b]) for (let shift = 24; shift >= 0; shift -= 8) writer.byte((lane >>> shift) & 0xff)
    return writer.bytes.slice(0, writer.at)
  }
}

/** A reader of the parts; null where the frame around them is not that of a snapshot. */
export function openSnapshot(bytes: Uint8Array): ByteReader | null {
  const end = bytes.length - CHECKSUM_BYTES
  if (end < HEADER_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte) || bytes[MAGIC.length] !== VERSION) return null
  const { a, b } = checksum(bytes.subarray(0, end))
  for (let i = 0; i < CHECKSUM_BYTES; i++) {
    if (bytes[end + i] !== (((i < 4 ? a : b) >>> (24 - 8 * (i % 4))) & 0xff)) return null
  }
  return new ByteReader(bytes.subarray(0, end), HEADER_BYTES)
}

function checksum(bytes: Uint8Array): Fingerprint {
  const print = new Fingerprint()
  print.bytes(bytes)
  print.finish()
  return print
}

/** A count of parts that each begin with their key, in rising order of the keys; fails the reader on any other order. */
export function readSorted(reader: ByteReader, read: (key: string) => void): void {
  const count = reader.varint()
  let last = ''
  for (let i = 0; i < count && !reader.failed; i++) {
    const key = readKey(reader)
    if (key <= last) reader.fail()
    if (reader.failed) return
    last = key
    read(key)
  }
}
