import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Histogram } from './histogram'

test('percentiles are within 1.6 % of those of the sorted list, and the maximum is exact', () => {
  const latency = fc.oneof(fc.double({ min: 0.001, max: 1, noNaN: true }), fc.double({ min: 1, max: 60_000, noNaN: true }))
  fc.assert(fc.property(fc.array(latency, { minLength: 1, maxLength: 300 }), (latencies) => {
    const histogram = new Histogram()
    for (const each of latencies) histogram.addMs(each)
    const sorted = latencies.map((each) => Math.round(each * 1000) / 1000).sort((a, b) => a - b)
    for (const share of [0.5, 0.9, 0.99, 1]) {
      const exact = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number
      expect(Math.abs((histogram.percentileMs(share) as number) - exact)).toBeLessThanOrEqual(exact * 0.016 + 0.0011)
    }
    expect(histogram.maxMs()).toBe(sorted.at(-1))
  }))
})

test('nothing was measured: null, never 0', () => {
  const histogram = new Histogram()
  expect([histogram.percentileMs(0.5), histogram.maxMs(), histogram.count]).toEqual([null, null, 0])
})
