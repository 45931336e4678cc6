import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Shaper } from './shaper'
import type { OutgoingRule } from './types'

const RULE: OutgoingRule = { to: 'n2', cut: false, latencyMs: 0, jitterMs: 0, loss: 0, bytesPerSecondMax: null }

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

/** A shaper whose frames are noted with the time at which they left. */
function shaper(random: () => number = () => 0.5) {
  const left: string[] = []
  const shape = new Shaper({ nowMs: () => performance.now(), random, heldBytesMax: 1000 })
  const began = performance.now()
  const pass = (name: string, bytes = 100): boolean => shape.pass(bytes, () => { left.push(`${name}@${performance.now() - began}`) })
  return { shape, pass, left }
}

test('without a rule a frame leaves at once', () => {
  const { pass, left } = shaper()
  expect(pass('a')).toBe(true)
  expect(left).toEqual(['a@0'])
})

test('a cut link loses what is sent and what is under way', () => {
  const { shape, pass, left } = shaper()
  shape.setRule({ ...RULE, latencyMs: 50 })
  pass('under way')
  shape.setRule({ ...RULE, cut: true })
  expect(pass('sent')).toBe(false)
  vi.advanceTimersByTime(1000)
  expect(left).toEqual([])
})

test('latency delays, and order holds when the rule is lifted', () => {
  const { shape, pass, left } = shaper()
  shape.setRule({ ...RULE, latencyMs: 50 })
  pass('a')
  vi.advanceTimersByTime(10)
  shape.setRule(null)
  pass('b')
  vi.advanceTimersByTime(100)
  expect(left).toEqual(['a@50', 'b@50'])
})

test('jitter adds up to its measure', () => {
  const { shape, pass, left } = shaper(() => 0.5)
  shape.setRule({ ...RULE, latencyMs: 10, jitterMs: 20 })
  pass('a')
  vi.advanceTimersByTime(100)
  expect(left).toEqual(['a@20'])
})

test('loss loses the share it says', () => {
  let draw = 0
  const { shape, pass } = shaper(() => (draw++ % 10) / 10)
  shape.setRule({ ...RULE, loss: 0.3 })
  expect(Array.from({ length: 10 }, () => pass('a', 1)).filter((sent) => !sent)).toHaveLength(3)
})

test('a limit of bytes per second spaces frames out', () => {
  const { shape, pass, left } = shaper()
  shape.setRule({ ...RULE, bytesPerSecondMax: 1000 })
  for (const name of ['a', 'b', 'c']) pass(name)
  vi.advanceTimersByTime(1000)
  expect(left).toEqual(['a@100', 'b@200', 'c@300'])
})

test('no more bytes wait than the limit', () => {
  const { shape, pass } = shaper()
  shape.setRule({ ...RULE, latencyMs: 50 })
  expect(Array.from({ length: 12 }, () => pass('a')).filter(Boolean)).toHaveLength(10)
})
