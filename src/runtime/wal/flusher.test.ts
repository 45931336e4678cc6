import { expect, test } from 'vitest'
import { DirectFlushes } from './flusher'
import { WAL_LIMITS } from './limits'

const after = (flushes: DirectFlushes, count: number, ms: number): boolean => {
  for (let i = 0; i < count; i += 1) flushes.took(ms)
  return flushes.allowed
}

test('nothing runs on this thread until the disk has shown that it is fast', () => {
  const flushes = new DirectFlushes()
  expect(flushes.allowed).toBe(false)
  expect(after(flushes, 5, 0.1)).toBe(false)
  expect(after(flushes, 500, 0.1)).toBe(true)
})

test('one slow answer ends it, for many flushes', () => {
  const flushes = new DirectFlushes()
  after(flushes, 500, 0.1)
  expect(after(flushes, 1, WAL_LIMITS.directFlushSlowMs)).toBe(false)
  expect(after(flushes, WAL_LIMITS.directFlushPause - 1, 0.1)).toBe(false)
  expect(after(flushes, 500, 0.1)).toBe(true)
})

test('a disk that is slow on the whole is never waited for on this thread', () => {
  expect(after(new DirectFlushes(), 10_000, WAL_LIMITS.directFlushMeanMsMax)).toBe(false)
})
