import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { labelTimes, momentAt, RANGES_MS, shareOf, windowAround } from './time-scale'

const MINUTE = 60_000
describe('the scale of the time bar', () => {
  it('finds the moment under the pointer again', () => {
    const window = { fromMs: 1_000, toMs: 11_000 }
    fc.assert(fc.property(fc.integer({ min: 1_000, max: 11_000 }), (at) => Math.abs(momentAt(window, shareOf(window, at)) - at) < 1e-6))
  })
  it('puts labels on round times, and not too many', () => {
    for (const range of RANGES_MS) {
      const labels = labelTimes({ fromMs: 1_234_567, toMs: 1_234_567 + range }, 9, 0)
      expect(labels.length).toBeGreaterThan(2)
      expect(labels.length).toBeLessThanOrEqual(10)
    }
    expect(labelTimes({ fromMs: 30_000, toMs: 30_000 + 5 * MINUTE }, 9, 0)).toEqual([1, 2, 3, 4, 5].map((n) => n * MINUTE))
  })
  it('rounds in local time', () => expect(labelTimes({ fromMs: 0, toMs: 86_400_000 }, 2, 5.5 * 3_600_000)).toContain(6.5 * 3_600_000))
  it('moves only for a moment that it does not show', () => {
    const window = { fromMs: 1_000_000, toMs: 1_300_000 }
    expect(windowAround(window, 1_100_000, 2_000_000)).toBe(window)
    expect(windowAround(window, 500_000, 2_000_000)).toEqual({ fromMs: 350_000, toMs: 650_000 })
  })
})
