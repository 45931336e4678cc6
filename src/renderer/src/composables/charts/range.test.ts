import fc from 'fast-check'
import { expect, it } from 'vitest'
import { liveRange, rangeAround } from './range'

const SPAN = 300_000
const NOW = 10_000_000

it('ends now while live', () => expect(rangeAround(null, null, NOW, SPAN, null)).toEqual({ fromMs: NOW - SPAN, toMs: NOW }))
it('begins with what is recorded while that is less, and is a minute long at least', () => {
  expect(liveRange(NOW, SPAN, NOW - 100_000)).toEqual({ fromMs: NOW - 100_000, toMs: NOW })
  expect(liveRange(NOW, SPAN, NOW - 5_000)).toEqual({ fromMs: NOW - 60_000, toMs: NOW })
  expect(liveRange(NOW, SPAN, 0)).toEqual({ fromMs: NOW - SPAN, toMs: NOW })
})
it('stands still while one scrubs within it, to the first recorded moment too', () => {
  const range = rangeAround(null, NOW - 1_000_000, NOW, SPAN, null)
  expect(rangeAround(range, NOW - 1_010_000, NOW, SPAN, null)).toBe(range)
  expect(rangeAround(range, NOW - 990_000, NOW + 5_000, SPAN, null)).toBe(range)
  const young = liveRange(NOW, SPAN, NOW - 100_000)
  expect(rangeAround(young, NOW - 100_000, NOW + 3_000, SPAN, NOW - 100_000)).toBe(young)
})
it('always holds the moment, is as long as asked, and never reaches into the future', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: NOW }), { minLength: 1 }), fc.integer({ min: 0, max: NOW }), (moments, recordedFromMs) => {
    let range = rangeAround(null, null, NOW, SPAN, recordedFromMs)
    const length = range.toMs - range.fromMs
    for (const at of moments) {
      range = rangeAround(range, at, NOW, SPAN, recordedFromMs)
      expect(range.fromMs).toBeLessThanOrEqual(at)
      expect(range.toMs).toBeGreaterThanOrEqual(at)
      expect(range.toMs).toBeLessThanOrEqual(NOW)
      expect(range.toMs - range.fromMs).toBe(length)
    }
  }))
})
