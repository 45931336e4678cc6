/** Blobs with their own checksum: SQLite does not notice a bit that flips inside one. CRC-32 as in IEEE 802.3. */
import zlib from 'node:zlib'

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value >>> 0
})

export function slowCrc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0)
  return (crc ^ 0xffffffff) >>> 0
}

/** Node's own is many times faster; runtimes before 20.15 have none. */
const crc32: (bytes: Uint8Array) => number = typeof zlib.crc32 === 'function' ? (bytes) => zlib.crc32(bytes) : slowCrc32

export function seal(bytes: Uint8Array): Buffer {
  const sealed = Buffer.allocUnsafe(bytes.length + 4)
  sealed.writeUInt32LE(crc32(bytes), 0)
  sealed.set(bytes, 4)
  return sealed
}

/** null: not what was sealed. */
export function unseal(sealed: unknown): Uint8Array | null {
  if (!(sealed instanceof Uint8Array) || sealed.length < 4) return null
  const bytes = sealed.subarray(4)
  return Buffer.from(sealed.buffer, sealed.byteOffset, 4).readUInt32LE(0) === crc32(bytes) ? bytes : null
}
