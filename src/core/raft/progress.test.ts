import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Inflights } from '../base'
import { LogAges } from './log-ages'
import { Progress } from './progress'

describe('the window of messages under way', () => {
  it('is full by messages or by bytes and frees what was acknowledged', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(50)), { maxLength: 60 }), (steps) => {
      const inflights = new Inflights(4, 100)
      let plain: { index: number; bytes: number }[] = []
      let last = 0
      for (const [isSend, size] of steps) {
        const bytes = plain.reduce((sum, each) => sum + each.bytes, 0)
        expect(inflights.full).toBe(plain.length === 4 || bytes >= 100)
        if (isSend && !inflights.full) {
          inflights.add(++last, size)
          plain.push({ index: last, bytes: size })
        } else if (!isSend) {
          const acked = last - (size % 4)
          inflights.freeTo(acked)
          plain = plain.filter((each) => each.index > acked)
        }
        expect([inflights.count, inflights.bytes]).toEqual([plain.length, plain.reduce((sum, each) => sum + each.bytes, 0)])
      }
    }))
  })
})

describe('the progress of a follower', () => {
  const make = (): Progress => new Progress('b', 10, new Inflights(4, 1000))

  it('keeps next above match, and match from going back, whatever arrives', () => {
    const answer = fc.record({ isRejected: fc.boolean(), index: fc.nat(30), bound: fc.nat(30) })
    fc.assert(fc.property(fc.array(answer, { maxLength: 40 }), (answers) => {
      const progress = make()
      for (const { isRejected, index, bound } of answers) {
        const before = progress.match
        if (isRejected) progress.rejected(index, bound)
        else progress.acknowledged(index)
        if (!progress.isPaused) progress.sent(progress.next, 10)
        expect(progress.match).toBeGreaterThanOrEqual(before)
        expect(progress.next).toBeGreaterThan(progress.match)
      }
    }))
  })

  it('keeps next above match while a snapshot is on its way and late answers come in', () => {
    const progress = make()
    progress.becomeSnapshot({ index: 40, meta: new Uint8Array(0), stateBytes: 1, stateHash: '', chunks: 1 }, 0)
    progress.acknowledged(25)
    expect([progress.flow, progress.match, progress.next, progress.isPaused]).toEqual(['snapshot', 25, 26, true])
    expect(progress.rejected(30, 3)).toBe(false)
  })

  it('probes one message at a time and pipelines once the logs agree', () => {
    const progress = make()
    progress.sent(12, 100)
    expect(progress.isPaused).toBe(true)
    expect(progress.rejected(9, 4)).toBe(true)
    expect([progress.next, progress.isPaused]).toEqual([5, false])
    progress.acknowledged(6)
    expect([progress.flow, progress.next]).toEqual(['replicate', 7])
    progress.sent(8, 100)
    progress.sent(9, 100)
    expect([progress.next, progress.isPaused]).toEqual([10, false])
  })
})

describe('the ages of log lengths', () => {
  it('tell since when a follower has been behind', () => {
    const ages = new LogAges()
    ages.sample(1, 10)
    ages.sample(5, 20)
    ages.sample(9, 30)
    expect(ages.secondsBehind(30, 30, 11, 100)).toBe(0)
    expect(ages.secondsBehind(25, 30, 11, 100)).toBe(0.2)
    expect(ages.secondsBehind(10, 30, 11, 100)).toBe(0.6)
    for (let tick = 10; tick < 5000; tick++) ages.sample(tick, tick + 30)
    expect(ages.secondsBehind(10, 5030, 5000, 100)).toBeNull()
  })
})
