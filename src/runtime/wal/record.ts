/**
 * A record on disk, aligned to 8 bytes:
 *
 *     crc32 u32 | payload length u32 | batch u48 | type u8 | flags u8 | payload | zeros
 *
 * All integers are little endian. The CRC covers everything behind it and is seeded with the record's own place
 * (segment and offset), so bytes left over from another segment, or moved, never pass. A batch is what one flush
 * carried: batch n+1 is written only once batch n is durable, which is what tells a torn tail from damage.
 */
import { crc32 } from 'node:zlib'
import { WAL_LIMITS } from './limits'

export const RECORD_HEADER_BYTES = 16
const ALIGNMENT = 8
/** The last record of its batch. */
export const FLAG_END = 1
/** The last record of its segment: another segment follows. It has no payload. */
export const FLAG_SEAL = 2

export interface RecordHeader {
  readonly length: number
  readonly batch: number
  readonly type: number
  readonly flags: number
}

export const recordBytes = (payloadBytes: number): number =>
  (RECORD_HEADER_BYTES + payloadBytes + ALIGNMENT - 1) & ~(ALIGNMENT - 1)

/** Two places never share a seed within one segment; the multiplier is that of Fibonacci hashing. */
const seedOf = (segment: number, offset: number): number => (Math.imul(segment, 0x9e3779b1) ^ offset) >>> 0

export function writeHeader(buffer: Buffer, at: number, header: RecordHeader): void {
  buffer.writeUInt32LE(header.length, at + 4)
  buffer.writeUIntLE(header.batch, at + 8, 6)
  buffer[at + 14] = header.type
  buffer[at + 15] = header.flags
}

/** Seals the record that lies at `at` in the buffer and will lie at `offset` of `segment`. */
export function writeChecksum(buffer: Buffer, at: number, length: number, segment: number, offset: number): void {
  buffer.writeUInt32LE(crc32(buffer.subarray(at + 4, at + RECORD_HEADER_BYTES + length), seedOf(segment, offset)), at)
}

/** The header at `at`, if a whole and undamaged record lies there; undefined otherwise. */
export function readRecord(buffer: Buffer, at: number, segment: number, offset: number): RecordHeader | undefined {
  if (at + RECORD_HEADER_BYTES > buffer.length) return undefined
  const length = buffer.readUInt32LE(at + 4)
  const batch = buffer.readUIntLE(at + 8, 6)
  const flags = buffer[at + 15] as number
  if (batch === 0 || flags > (FLAG_END | FLAG_SEAL) || length > WAL_LIMITS.recordBytesMax) return undefined
  if (at + RECORD_HEADER_BYTES + length > buffer.length) return undefined
  const expected = crc32(buffer.subarray(at + 4, at + RECORD_HEADER_BYTES + length), seedOf(segment, offset))
  if (expected !== buffer.readUInt32LE(at)) return undefined
  return { length, batch, type: buffer[at + 14] as number, flags }
}
