import zlib from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seal, slowCrc32, unseal } from './sealed'

test('both ways of counting the checksum agree', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    expect(slowCrc32(bytes)).toBe(zlib.crc32(bytes))
  }))
  expect(slowCrc32(Buffer.from('123456789'))).toBe(0xcbf43926)
})

test('what was sealed comes back, and any flipped bit is found', () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(), fc.integer({ min: 0, max: 7 }), (bytes, place, bit) => {
    const sealed = seal(bytes)
    expect(new Uint8Array(unseal(sealed) ?? [])).toEqual(bytes)
    const at = place % sealed.length
    sealed[at] = (sealed[at] ?? 0) ^ (1 << bit)
    expect(unseal(sealed)).toBeNull()
  }))
  expect([unseal(null), unseal('text'), unseal(new Uint8Array(3))]).toEqual([null, null, null])
})
