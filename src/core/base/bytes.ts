/**
 * Binary reading and writing for frames and records: unsigned LEB128 varints up to 2^53 - 1, raw bytes, UTF-8 text.
 * A writer is given its exact size first, so that a frame is one allocation. A reader is total: past the end, or on
 * bytes that mean nothing, `failed` becomes true and every further read gives 0 or empty.
 */
const EMPTY = new Uint8Array(0)
const TWO_28 = 0x1000_0000

export function varintSize(value: number): number {
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  if (value < 0x20_0000) return 3
  if (value < TWO_28) return 4
  return 4 + varintSize(Math.floor(value / TWO_28))
}

/** Bytes under their length. */
export const sizedSize = (bytes: Uint8Array): number => varintSize(bytes.length) + bytes.length

export class ByteWriter {
  readonly bytes: Uint8Array
  at = 0

  constructor(size: number) {
    this.bytes = new Uint8Array(size)
  }

  byte(value: number): void {
    this.bytes[this.at++] = value
  }

  /** `value` is a safe integer, not negative. */
  varint(value: number): void {
    const { bytes } = this
    let rest = value
    while (rest >= TWO_28) {
      bytes[this.at++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    while (rest >= 0x80) {
      bytes[this.at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    bytes[this.at++] = rest
  }

  raw(data: Uint8Array): void {
    this.bytes.set(data, this.at)
    this.at += data.length
  }

  sized(data: Uint8Array): void {
    this.varint(data.length)
    this.raw(data)
  }
}

export class ByteReader {
  readonly bytes: Uint8Array
  at: number
  failed = false

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes
    this.at = at
  }

  get left(): number {
    return this.bytes.length - this.at
  }

  /** True when everything was read and nothing was wrong. */
  get finished(): boolean {
    return !this.failed && this.at === this.bytes.length
  }

  fail(): void {
    this.failed = true
    this.at = this.bytes.length
  }

  byte(): number {
    if (this.at >= this.bytes.length) {
      this.fail()
      return 0
    }
    return this.bytes[this.at++] as number
  }

  varint(): number {
    const { bytes } = this
    let value = 0
    let scale = 1
    for (let count = 0; count < 8; count++) {
      if (this.at >= bytes.length) break
      const byte = bytes[this.at++] as number
      value += (byte & 0x7f) * scale
      if (byte < 0x80) {
        if (value <= Number.MAX_SAFE_INTEGER && (byte !== 0 || count === 0)) return value
        break
      }
      scale *= 128
    }
    this.fail()
    return 0
  }

  /** A view of the next `length` bytes, not a copy. */
  raw(length: number): Uint8Array {
    if (length > this.bytes.length - this.at) {
      this.fail()
      return EMPTY
    }
    const from = this.at
    this.at += length
    return this.bytes.subarray(from, this.at)
  }

  sized(): Uint8Array {
    return this.raw(this.varint())
  }

  /** Bytes under a length that hold UTF-8 text. */
  text(): string {
    const text = utf8Decode(this.sized())
    if (text !== null) return text
    this.fail()
    return ''
  }
}

/** UTF-8 of `text`; a lone surrogate becomes U+FFFD. */
export function utf8Encode(text: string): Uint8Array {
  const out = new Uint8Array(text.length * 3)
  let at = 0
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i)
    if (code < 0x80) {
      out[at++] = code
      continue
    }
    if (code >= 0xd800 && code < 0xe000) {
      const next = code < 0xdc00 ? text.charCodeAt(i + 1) : 0
      const isPair = next >= 0xdc00 && next < 0xe000
      if (isPair) i++
      code = isPair ? 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00) : 0xfffd
    }
    if (code < 0x800) out[at++] = 0xc0 | (code >> 6)
    else {
      if (code < 0x10000) out[at++] = 0xe0 | (code >> 12)
      else {
        out[at++] = 0xf0 | (code >> 18)
        out[at++] = 0x80 | ((code >> 12) & 0x3f)
      }
      out[at++] = 0x80 | ((code >> 6) & 0x3f)
    }
    out[at++] = 0x80 | (code & 0x3f)
  }
  return out.subarray(0, at)
}

/** The text, or null where the bytes are not UTF-8 (overlong forms and surrogates included). */
export function utf8Decode(bytes: Uint8Array): string | null {
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at++] as number
    if (first < 0x80) {
      text += String.fromCharCode(first)
      continue
    }
    const extra = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1
    if (first < 0xc2 || first > 0xf4 || at + extra > bytes.length) return null
    let code = first & (0x3f >> extra)
    for (let i = 0; i < extra; i++) {
      const byte = bytes[at++] as number
      if ((byte & 0xc0) !== 0x80) return null
      code = (code << 6) | (byte & 0x3f)
    }
    if (extra === 2 && (code < 0x800 || (code >= 0xd800 && code < 0xe000))) return null
    if (extra === 3 && (code < 0x10000 || code > 0x10ffff)) return null
    text += String.fromCodePoint(code)
  }
  return text
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += HEX[byte] as string
  return text
}
