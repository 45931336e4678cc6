/**
 * A record on the simulated medium, aligned to 8 bytes: checksum u32 | payload length u32 | batch u32 | type u8 | flags u8 | 0 0 | payload.
 * The checksum is seeded with the record's own place, so that bytes which belong elsewhere never pass. A batch is what one flush carried;
 * the next one is written only once it is durable, which tells a torn tail from damage (Alagappan et al., FAST 2018).
 */
export const HEADER_BYTES = 16
const ALIGNMENT = 8
const RECORD_BYTES_MAX = 64 * 1024 * 1024
/** The last record of its batch. */
export const FLAG_END = 1

export interface Header {
  readonly length: number
  readonly batch: number
  readonly type: number
  readonly isEnd: boolean
}

export const recordBytes = (payloadBytes: number): number => (HEADER_BYTES + payloadBytes + ALIGNMENT - 1) & ~(ALIGNMENT - 1)

const word = (image: Uint8Array, at: number): number =>
  (image[at] as number) | ((image[at + 1] as number) << 8) | ((image[at + 2] as number) << 16) | ((image[at + 3] as number) << 24)

function setWord(image: Uint8Array, at: number, value: number): void {
  image[at] = value
  image[at + 1] = value >>> 8
  image[at + 2] = value >>> 16
  image[at + 3] = value >>> 24
}

/** Over everything behind the checksum, four bytes at a time: records are padded with zeros. */
function checksum(image: Uint8Array, at: number, length: number, place: number): number {
  let hash = Math.imul(place, 0x9e3779b1) ^ 0x5bd1e995
  for (let i = at + 4, end = at + recordBytes(length); i < end; i += 4) {
    hash = Math.imul(hash ^ word(image, i), 0x85ebca6b)
    hash ^= hash >>> 15
  }
  return hash | 0
}

/** Lays a record at `at`; it is valid once sealed. */
export function layRecord(image: Uint8Array, at: number, batch: number, type: number, payload: Uint8Array): void {
  setWord(image, at + 4, payload.length)
  setWord(image, at + 8, batch)
  image[at + 12] = type
  image[at + 13] = 0
  image.set(payload, at + HEADER_BYTES)
}

/** `place` is the record's location: where it lies counted from the beginning of the log. */
export function sealRecord(image: Uint8Array, at: number, place: number, isEnd: boolean): void {
  image[at + 13] = isEnd ? FLAG_END : 0
  setWord(image, at, checksum(image, at, word(image, at + 4), place))
}

export const lengthAt = (image: Uint8Array, at: number): number => word(image, at + 4)

/** The header where a whole and undamaged record lies, or null. */
export function readHeader(image: Uint8Array, at: number, place: number): Header | null {
  if (at + HEADER_BYTES > image.length) return null
  const length = word(image, at + 4)
  const batch = word(image, at + 8)
  if (batch <= 0 || length < 0 || length > RECORD_BYTES_MAX || at + recordBytes(length) > image.length) return null
  if (word(image, at) !== checksum(image, at, length, place)) return null
  return { length, batch, type: image[at + 12] as number, isEnd: (image[at + 13] as number) === FLAG_END }
}
