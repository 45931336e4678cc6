import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { watchForSleep } from './sleep'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('notices that the process did not run', () => {
  const gaps: number[] = []
  const beats: number[] = []
  let nowMs = 0
  const sleep = watchForSleep({ nowMs: () => nowMs, onBeat: () => void beats.push(nowMs), onGap: (from, to) => gaps.push(to - from) })
  for (const stepMs of [500, 600, 3_600_000, 500]) {
    nowMs += stepMs
    vi.advanceTimersToNextTimer()
  }
  sleep.close()
  expect(beats).toHaveLength(4)
  expect(gaps).toEqual([3_600_000])
})
