import { onTestFinished, expect, it } from 'vitest'
import { createTicker, type Ticker } from './ticker'

/** A clock that the test moves; the timer itself never fires within a test. */
function ticking(ticksAtOnceMax: number): { readonly ticker: Ticker; readonly clock: { nowMs: number; ticks: number } } {
  const clock = { nowMs: 1_000, ticks: 0 }
  const ticker = createTicker({ tickMs: 100_000, ticksAtOnceMax, nowMs: () => clock.nowMs, tick: () => void (clock.ticks += 1) })
  onTestFinished(() => { ticker.stop() })
  return { ticker, clock }
}

it('makes the ticks that are due, and none before it is started or after it is stopped', () => {
  const { ticker, clock } = ticking(10)
  clock.nowMs += 500_000
  ticker.catchUp()
  expect(clock.ticks).toBe(0)
  ticker.start()
  clock.nowMs += 99_999
  ticker.catchUp()
  expect(clock.ticks).toBe(0)
  clock.nowMs += 1
  ticker.catchUp()
  ticker.catchUp()
  expect(clock.ticks).toBe(1)
  clock.nowMs += 250_000
  ticker.catchUp()
  expect(clock.ticks).toBe(3)
  ticker.stop()
  clock.nowMs += 250_000
  ticker.catchUp()
  expect(clock.ticks).toBe(3)
})

it('after a long pause makes up for so many, and never runs ahead afterwards', () => {
  const { ticker, clock } = ticking(10)
  ticker.start()
  clock.nowMs += 3_600_000
  ticker.catchUp()
  expect(clock.ticks).toBe(10)
  ticker.catchUp()
  clock.nowMs += 99_999
  ticker.catchUp()
  expect(clock.ticks).toBe(10)
  clock.nowMs += 1
  ticker.catchUp()
  expect(clock.ticks).toBe(11)
})
