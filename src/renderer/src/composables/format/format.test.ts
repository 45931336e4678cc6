import { describe, expect, it } from 'vitest'
import { createFormat } from './format'

const format = createFormat('en', (name) => name)

describe('figures in words', () => {
  it.each([[0, '0 B'], [1023, '1,023 B'], [1024, '1.00 KiB'], [50_331_648, '48.0 MiB'], [2n ** 64n, '16,384 PiB']])('%s bytes are %s', (bytes, text) => expect(format.bytes(bytes)).toBe(text))
  it.each([[0, '0 ms'], [0.42, '0.42 ms'], [3.24, '3.2 ms'], [480, '480 ms'], [1250, '1.25 s']])('%s ms are %s', (ms, text) => expect(format.milliseconds(ms)).toBe(text))
  it.each([[900, '900 ms'], [12_400, '12 s'], [184_000, '3 min 4 s'], [7_800_000, '2 h 10 min'], [90_000_000, '1 d 1 h']])('a span of %s ms is %s', (ms, text) => expect(format.span(ms)).toBe(text))
  it.each([[12_900, '12 s'], [119_000, '119 s'], [121_000, '2 min'], [8_000_000, '2 h']])('%s ms, as one says it, are %s', (ms, text) => expect(format.duration(ms)).toBe(text))
  it('tells 64-bit figures whole', () => expect(format.number(9_007_199_254_740_993n)).toBe('9,007,199,254,740,993'))
  it('names the day where it is not today', () => {
    const noon = new Date(2026, 4, 3, 12, 4, 7).getTime()
    expect(format.when(noon, noon + 1000)).toBe('12:04:07')
    expect(format.when(noon, noon + 86_400_000)).toContain('May 3')
  })
})
