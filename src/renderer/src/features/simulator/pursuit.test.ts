import { beforeEach, describe, expect, it } from 'vitest'
import { faultOf, FIRST_CHOICES, planOf, type Choices } from './choices'
import type { FromSimulator, SimulatorFrame, ToSimulator } from './messages'
import { Pursuit, PURSUIT_LIMITS } from './pursuit'
import { SimulatorSession } from './session'

const plan = (change: Partial<Choices> = {}) => planOf({ ...FIRST_CHOICES, ...change })

let told: FromSimulator[]
let waiting: (() => void)[]
let clockMs: number
let pursuit: Pursuit
/** A clock on which every look takes as long as all the patience: each request runs one stretch. */
beforeEach(() => {
  told = []
  waiting = []
  clockMs = 0
  pursuit = new Pursuit({ tell: (message) => void told.push(message), nowMs: () => (clockMs += PURSUIT_LIMITS.stretchMs), later: (run) => void waiting.push(run) })
  pursuit.receive({ kind: 'open', plan: plan(), originMs: 0 })
})

const frames = (): { readonly isAnswer: boolean; readonly frame: SimulatorFrame }[] => told.flatMap((message) => (message.kind === 'frame' ? [message] : []))
const last = (): SimulatorFrame => (frames().at(-1) as { frame: SimulatorFrame }).frame
function settle(): void {
  for (let run = waiting.shift(); run; run = waiting.shift()) run()
}
function ask(request: ToSimulator): SimulatorFrame {
  told = []
  pursuit.receive(request)
  expect(frames().map(({ isAnswer }) => isAnswer)).toEqual([true])
  return last()
}
const exact = (atMs: number, of = plan()): SimulatorFrame => {
  const session = new SimulatorSession(of, 0)
  session.goTo(atMs)
  return session.frame()
}
const without = (frame: SimulatorFrame) => ({ ...frame, seenToMs: 0, timeline: null, verdict: null })

describe('a moment that the simulation has to run to', () => {
  it('ahead is told on the way, and then as it is', () => {
    const first = ask({ kind: 'go-to', atMs: 8_000 })
    expect([first.isSettled, first.nowMs > 0, first.nowMs < 8_000]).toEqual([false, true, true])
    settle()
    const places = frames().map(({ frame }) => frame.nowMs)
    expect(places.length).toBeGreaterThan(3)
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(frames().slice(1).every(({ isAnswer }) => !isAnswer)).toBe(true)
    expect(frames().filter(({ frame }) => frame.isSettled)).toHaveLength(1)
    expect(last()).toEqual(exact(8_000))
  })

  it('behind is shown as it was recorded, at once: the same messages, events and faults, and nodes of no more than a sample before', () => {
    ask({ kind: 'go-to', atMs: 9_000 })
    settle()
    const shown = ask({ kind: 'go-to', atMs: 5_120 })
    const then = exact(5_120)
    expect([shown.isSettled, shown.nowMs, shown.seenToMs]).toEqual([false, 5_120, 9_000])
    // Only whoever saw further knows which message will be lost.
    expect(shown.messages.map(({ id }) => id)).toEqual(expect.arrayContaining(then.messages.filter(({ lost }) => !lost).map(({ id }) => id)))
    expect(shown.events).toEqual(then.events)
    expect(shown.faults.filter(({ isInForce }) => isInForce).map(({ at }) => at)).toEqual(then.faults.filter(({ isInForce }) => isInForce).map(({ at }) => at))
    expect(then.moment.atMs - shown.moment.atMs).toBeLessThanOrEqual(250)
    settle()
    expect(last().isSettled).toBe(true)
    expect({ ...without(last()), messages: null, faults: null }).toEqual({ ...without(then), messages: null, faults: null })
  })

  it('is given up for the next one: of a drag over the track only the last moment is run to', () => {
    ask({ kind: 'go-to', atMs: 9_000 })
    settle()
    for (let atMs = 8_900; atMs >= 3_000; atMs -= 100) expect(ask({ kind: 'go-to', atMs }).nowMs).toBe(atMs)
    expect(waiting).toHaveLength(1)
    told = []
    settle()
    expect(frames().filter(({ frame }) => frame.isSettled).map(({ frame }) => frame.nowMs)).toEqual([3_000])
  })

  it('is where a step and a fork go on from, though it was not reached yet', () => {
    ask({ kind: 'go-to', atMs: 9_000 })
    settle()
    ask({ kind: 'go-to', atMs: 5_000 })
    const stepped = ask({ kind: 'step' })
    expect([stepped.isSettled, stepped.nowMs >= 5_000, stepped.nowMs < 6_000]).toEqual([true, true, true])
    ask({ kind: 'go-to', atMs: 4_000 })
    const forked = ask({ kind: 'inject', fault: faultOf('crash', 'n2', [], 4_000, 2_000) })
    expect([forked.isSettled, forked.nowMs, forked.seenToMs]).toEqual([true, 4_001, 4_001])
    settle()
    expect(last()).toEqual(forked)
  })

  it('is not run to where the film was paused on the way: it stays at what was shown', () => {
    const shown = ask({ kind: 'go-to', atMs: 20_000 })
    ask({ kind: 'stay' })
    settle()
    expect(last()).toMatchObject({ isSettled: true, nowMs: shown.nowMs, seenToMs: shown.nowMs })
  })

  it('is still run to where the film was paused behind what was seen', () => {
    ask({ kind: 'go-to', atMs: 9_000 })
    settle()
    ask({ kind: 'go-to', atMs: 5_000 })
    expect(ask({ kind: 'stay' })).toMatchObject({ isSettled: false, nowMs: 5_000 })
    settle()
    expect(last()).toMatchObject({ isSettled: true, nowMs: 5_000 })
  })
})

it('a simulator that breaks on the way says so, and is asked nothing more by itself', () => {
  pursuit.receive({ kind: 'open', plan: { ...plan(), nodes: -1 }, originMs: 0 })
  settle()
  expect(told.at(-1)).toMatchObject({ kind: 'failed' })
  expect(waiting).toEqual([])
})
