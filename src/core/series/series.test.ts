import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../base'
import { aggregateOf, ChunkWriter, decodeTimes, decodeValues, downsample, encodeTimes, encodeValues, rollup } from './index'

const bits = (values: ArrayLike<number>): bigint[] => {
  const view = new DataView(new ArrayBuffer(8))
  return Array.from(values, (value) => {
    view.setFloat64(0, value)
    return view.getBigUint64(0)
  })
}
const roundTrip = (values: readonly number[]): void => {
  const decoded = decodeValues(encodeValues(Float64Array.from(values)))
  expect(decoded).not.toBeNull()
  expect(bits(decoded ?? [])).toEqual(bits(values))
}

describe('values come back to the bit', () => {
  test('any floats', () => {
    fc.assert(fc.property(fc.array(fc.double()), roundTrip), { numRuns: 500 })
    fc.assert(fc.property(fc.array(fc.oneof(fc.double(), fc.constantFrom(0, -0, Number.NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE)), { maxLength: 200 }), roundTrip))
  })
  test('whole numbers of any size', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.integer({ min: -3, max: 3 })), { maxLength: 200 }), roundTrip), { numRuns: 500 })
  })
  test('decimals, and a constant', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: -1e9, max: 1e9 })), fc.constantFrom(10, 100, 1_000, 1e6), (numbers, scale) => roundTrip(numbers.map((each) => each / scale))))
    roundTrip([0, -0, 1])
    for (const value of [0, -0, Number.NaN, 1.5, -7]) roundTrip(Array.from({ length: 100 }, () => value))
  })
  test('counters that run, jump and start over', () => {
    const random = seededRandom(7)
    let counter = 0
    roundTrip(Array.from({ length: 5_000 }, () => {
      const fate = random.next()
      counter = fate < 0.01 ? 0 : fate < 0.02 ? counter + 1e12 : counter + random.integer(0, 200)
      return counter
    }))
  })
})

describe('size', () => {
  const bytesPerValue = (values: number[]): number => encodeValues(Float64Array.from(values)).length / values.length
  test('a constant, a steady counter and steady times cost next to nothing', () => {
    const index = Array.from({ length: 1_000 }, (_, i) => i)
    expect(bytesPerValue(index.map(() => 42))).toBeLessThan(0.02)
    expect(bytesPerValue(index.map((i) => i * 350))).toBeLessThan(0.05)
    expect(encodeTimes(Float64Array.from(index, (i) => 1.7e12 + i * 500)).length / 1_000).toBeLessThan(0.05)
  })
  test('small steps cost less than a byte', () => {
    const random = seededRandom(3)
    let level = 1e6
    expect(bytesPerValue(Array.from({ length: 1_000 }, () => (level += random.integer(-20, 21))))).toBeLessThan(0.9)
  })
})

describe('damage', () => {
  test('any bytes at all decode to something or to null', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const decoded = decodeValues(bytes)
      expect(decoded === null || decoded instanceof Float64Array).toBe(true)
    }), { numRuns: 2_000 })
  })
  test('a chunk cut short is null', () => {
    const whole = encodeValues(Float64Array.from({ length: 300 }, (_, i) => Math.sin(i)))
    for (let length = 0; length < whole.length; length += 1) expect(decodeValues(whole.subarray(0, length))).toBeNull()
  })
})

describe('chunks and buckets', () => {
  const sample = fc.record({ at: fc.integer({ min: 0, max: 100_000 }), value: fc.double({ noNaN: true, min: -1e6, max: 1e6 }) })

  test('a writer gives back its samples in time order', () => {
    fc.assert(fc.property(fc.array(sample, { maxLength: 300 }), (samples) => {
      const writer = new ChunkWriter()
      for (const { at, value } of samples) writer.append(at, value)
      const sealed = writer.seal()
      const ordered = [...samples].sort((left, right) => left.at - right.at)
      expect(Array.from(decodeTimes(sealed.times) ?? [])).toEqual(ordered.map(({ at }) => at))
      expect(bits(decodeValues(sealed.values) ?? [])).toEqual(bits(ordered.map(({ value }) => value)))
      expect(writer.count).toBe(0)
    }))
  })

  test('downsampling keeps extremes, never exceeds the points asked for, and leaves gaps empty', () => {
    fc.assert(fc.property(fc.array(sample, { minLength: 1, maxLength: 300 }), fc.integer({ min: 2, max: 50 }), (samples, pointsMax) => {
      const ordered = [...samples].sort((left, right) => left.at - right.at)
      const points = downsample(Float64Array.from(ordered, ({ at }) => at), Float64Array.from(ordered, ({ value }) => value), 0, 100_000, pointsMax)
      const values = ordered.map(({ value }) => value)
      expect(points.atMs.length).toBeLessThanOrEqual(pointsMax)
      expect(Math.min(...points.minimum)).toBe(Math.min(...values))
      expect(Math.max(...points.maximum)).toBe(Math.max(...values))
      expect(points.last.at(-1)).toBe(values.at(-1))
      expect(points.count.reduce((sum, count) => sum + count, 0)).toBe(values.length)
      for (const at of points.atMs) expect(ordered.some((each) => each.at >= at && each.at < at + points.stepMs)).toBe(true)
    }))
  })

  test('a rollup by hand', () => {
    const { atMs, minimum, maximum, last, count, sum } = rollup(Float64Array.of(0, 400, 900, 3_100), Float64Array.of(5, 1, 3, 7), 1_000)
    expect([atMs, minimum, maximum, last, count, sum]).toEqual([[0, 3_000], [1, 7], [5, 7], [3, 7], [3, 1], [9, 7]])
    expect(aggregateOf(Float64Array.of(5, 9), Float64Array.of(2, 4))).toEqual({ fromMs: 5, toMs: 9, minimum: 2, maximum: 4, last: 4, count: 2, sum: 6 })
  })
})
