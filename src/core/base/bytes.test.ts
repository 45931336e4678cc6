import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteReader, ByteWriter, utf8Decode, utf8Encode, varintSize } from './bytes'

describe('varints', () => {
  it('give back every safe integer in the size foretold', () => {
    fc.assert(fc.property(fc.oneof(fc.nat(300), fc.nat({ max: Number.MAX_SAFE_INTEGER })), (value) => {
      const writer = new ByteWriter(varintSize(value))
      writer.varint(value)
      expect(writer.at).toBe(writer.bytes.length)
      const reader = new ByteReader(writer.bytes)
      expect(reader.varint()).toBe(value)
      expect(reader.finished).toBe(true)
    }))
  })

  it('refuse what is longer than needed, larger than 2^53 - 1, or cut', () => {
    for (const bytes of [[0x80, 0], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], [0x80], []]) {
      const reader = new ByteReader(Uint8Array.from(bytes))
      reader.varint()
      expect(reader.failed, bytes.join()).toBe(true)
    }
  })
})

describe('UTF-8', () => {
  const encoder = new TextEncoder()
  const lenient = new TextDecoder('utf-8', { ignoreBOM: true })
  const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })
  const strictly = (bytes: Uint8Array): string | null => {
    try {
      return strict.decode(bytes)
    } catch {
      return null
    }
  }

  it('equals the platform for any text', () => {
    const unit = fc.oneof(fc.nat(0xffff), fc.integer({ min: 0xd7fe, max: 0xe001 }), fc.nat(0x80))
    fc.assert(fc.property(fc.array(unit, { maxLength: 30 }).map((units) => String.fromCharCode(...units)), (text) => {
      const expected = encoder.encode(text)
      expect(String(utf8Encode(text))).toBe(String(expected))
      expect(utf8Decode(expected)).toBe(lenient.decode(expected))
    }))
  })

  it('equals the platform for any bytes', () => {
    const byte = fc.oneof(fc.nat(255), fc.constantFrom(0xc0, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0x80, 0x9f, 0xa0, 0xbf))
    fc.assert(fc.property(fc.array(byte, { maxLength: 5 }), (bytes) => utf8Decode(Uint8Array.from(bytes)) === strictly(Uint8Array.from(bytes))))
  })
})

describe('a reader', () => {
  it('never reads past the end', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 20 }), fc.array(fc.constantFrom('byte', 'varint', 'sized', 'text'), { maxLength: 12 }), (bytes, calls) => {
      const reader = new ByteReader(bytes)
      for (const call of calls) reader[call as 'byte']()
      expect(reader.at).toBeLessThanOrEqual(bytes.length)
    }))
  })
})
