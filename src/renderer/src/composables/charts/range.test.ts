import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rangeAround } from './range'

const SPAN = 300_000
const NOW = 10_000_000

it('ends now while live', () => expect(rangeAround(null, null, NOW, SPAN)).toEqual({ fromMs: NOW - SPAN, toMs: NOW }))
it('stands still while one scrubs within it', () => {
  const range = rangeAround(null, NOW - 1_000_000, NOW, SPAN)
  expect(rangeAround(range, NOW - 1_010_000, NOW, SPAN)).toBe(range)
  expect(rangeAround(range, NOW - 990_000, NOW + 5_000, SPAN)).toBe(range)
})
it('always holds the moment, is as long as asked, and never reaches into the future', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: NOW }), { minLength: 1 }), (moments) => {
    let range = rangeAround(null, null, NOW, SPAN)
    for (const at of moments) {
      range = rangeAround(range, at, NOW, SPAN)
      expect(range.fromMs).toBeLessThanOrEqual(at)
      expect(range.toMs).toBeGreaterThanOrEqual(at)
      expect(range.toMs).toBeLessThanOrEqual(NOW)
      expect(range.toMs - range.fromMs).toBe(SPAN)
    }
  }))
})
