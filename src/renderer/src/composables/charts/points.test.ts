import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tickStepMs, timeTicks } from './axis'
import { newestPoint, niceCeiling, peaksOf, pointAt, pointsWithGaps, seriesCsv } from './points'

describe('points', () => {
  it('leaves a gap where nothing was measured and none where it was', () => {
    const points = pointsWithGaps([0, 1000, 2000, 9000, 10_000], [1, 2, 3, 4, 5], 1000)
    expect(points.map((point) => point.y)).toEqual([1, 2, 3, NaN, 4, 5, NaN])
    expect(pointAt(points, 2500)?.y).toBe(3)
    expect(pointAt(points, 6000)).toBeUndefined()
    expect(pointAt(points, -1)).toBeUndefined()
    expect(pointAt(points, 11_000)?.y).toBe(5)
    expect(pointAt(points, 99_000)).toBeUndefined()
    expect(newestPoint(points, 12_400)?.y).toBe(5)
    expect(newestPoint(points, 30_000)).toBeUndefined()
  })
  it('shows the peak of a bucket', () => {
    const series = { key: { nodeId: 'n1', metric: 'lag-entries' as const }, atMs: [0, 10], minimum: [0, 0], maximum: [900, 2], last: [1, 2], stepMs: 10 }
    expect(peaksOf(series).map((point) => point.y)).toEqual([900, 2, NaN])
  })
  it('writes what was not measured as an empty cell, never as 0', () => {
    const csv = seriesCsv([
      { id: 'a', label: 'n2, lag', colour: 1, points: [{ x: 0, y: 1 }, { x: 500, y: NaN }, { x: 1000, y: 2 }] },
      { id: 'b', label: 'n3', colour: 2, points: [{ x: 1000, y: 7 }] },
    ])
    expect(csv).toBe('time,"n2, lag",n3\r\n1970-01-01T00:00:00.000Z,1,\r\n1970-01-01T00:00:01.000Z,2,7\r\n')
  })
  it('finds a ceiling that holds the value and is at most 2.5 times as high', () => {
    fc.assert(fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (value) => {
      const ceiling = niceCeiling(value)
      expect(ceiling).toBeGreaterThanOrEqual(value * 0.999999)
      expect(ceiling).toBeLessThanOrEqual(value * 2.5000001)
    }))
  })
})

describe('time axis', () => {
  it('never has more ticks than there is room for, all round and inside', () => {
    fc.assert(fc.property(fc.integer({ min: 1_000, max: 40 * 86_400_000 }), fc.integer({ min: 2, max: 20 }), fc.constantFrom(0, -480, 300, -330), (span, max, offset) => {
      const from = 1_700_000_000_123
      const step = tickStepMs(span, max)
      const ticks = timeTicks(from, from + span, max, offset)
      expect(ticks.length).toBeLessThanOrEqual(max + 1)
      for (const tick of ticks) {
        expect(tick).toBeGreaterThanOrEqual(from)
        expect((tick - offset * 60_000) % step).toBe(0)
      }
    }))
  })
})
