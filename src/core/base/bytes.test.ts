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
  it('equals the platform', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect([...utf8Encode(text)]).toEqual([...new TextEncoder().encode(text)])
      expect(utf8Decode(utf8Encode(text))).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text)))
    }))
    fc.assert(fc.property(fc.uint8Array({ maxLength: 6 }), (bytes) => {
      let expected: string | null = null
      try {
        expected = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
      } catch { /* not UTF-8: null */ }
      expect(utf8Decode(bytes)).toBe(expected)
    }), { numRuns: 3000 })
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
