import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../machine'
import { acceptedRecord } from './record-codec'
import { SlotLog } from './slot-log'
import type { Accepted } from './types'

const entry = (slot: number, ballot: number, bytes = 0): Accepted =>
  ({ slot, ballot, origin: ballot, kind: 'command', data: Uint8Array.from({ length: bytes }, () => ballot % 256) })

/** A log on records in memory, written slot by slot. */
function make(windowBytesMax = 1_000_000) {
  const records: LogRecord[] = []
  const log = new SlotLog({ read: (location) => records[location] as LogRecord }, windowBytesMax)
  /** Writes what is accepted; it is durable once the answer is called. */
  const write = (): (() => void) => {
    const entries = log.takeUnwritten()
    for (const each of entries) {
      records.push(acceptedRecord([each]))
      log.located(each.slot, each.slot, records.length - 1)
    }
    return () => { for (const { slot, ballot } of entries) log.persisted(slot, slot, ballot) }
  }
  return { log, write, records }
}

describe('slots', () => {
  it('are chosen without gaps, though they are accepted with gaps', () => {
    const { log } = make()
    for (const slot of [1, 2, 4]) log.put(entry(slot, 10))
    log.markChosen(10, 4, false)
    expect([log.advance()?.slot, log.advance()?.slot, log.advance()]).toEqual([1, 2, null])
    log.put(entry(3, 10))
    log.markChosen(10, 4, false)
    expect([log.advance()?.slot, log.advance()?.slot, log.advance()]).toEqual([3, 4, null])
  })

  it('that were accepted in another ballot than the leader speaks of are not taken for chosen', () => {
    const { log } = make()
    log.put(entry(1, 10))
    log.put(entry(2, 11))
    log.markChosen(11, 2, false)
    expect(log.advance()).toBeNull()
    log.put(entry(1, 11))
    log.markChosen(11, 2, false)
    expect([log.advance()?.slot, log.advance()?.slot]).toEqual([1, 2])
  })

  it('that are accepted anew are not durable by the word of the write before', () => {
    const { log, write } = make()
    log.put(entry(1, 10))
    const first = write()
    log.put(entry(1, 20))
    const second = write()
    first()
    expect(log.durable).toBe(0)
    second()
    expect(log.durable).toBe(1)
  })

  it('are read back when they have left memory, and only what is chosen, applied and durable leaves', () => {
    const step = fc.record({ count: fc.integer({ min: 1, max: 6 }), bytes: fc.nat(80), chooses: fc.boolean(), applies: fc.boolean(), syncs: fc.boolean(), anew: fc.boolean() })
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { log, write } = make(200)
      const model: Accepted[] = []
      let pending: (() => void)[] = []
      let ballot = 1
      for (const { count, bytes, chooses, applies, syncs, anew } of steps) {
        if (anew) ballot++
        const from = anew ? log.chosen + 1 : log.last + 1
        for (let slot = from; slot < from + count; slot++) {
          const fresh = entry(slot, ballot, bytes)
          model[slot] = fresh
          log.put(fresh)
        }
        pending.push(write())
        if (chooses) for (let slot = log.chosen + 1; slot < from + count; slot++) {
          const held = log.get(slot)
          if (held) held.isChosen = true
        }
        while (log.advance()) { /* all that can be */ }
        if (applies) for (let taken = log.takeChosen(150); taken.length > 0; taken = log.takeChosen(150)) log.appliedTo((taken.at(-1) as Accepted).slot)
        if (syncs) {
          for (const done of pending) done()
          pending = []
        }
        expect(log.windowFirst).toBeLessThanOrEqual(Math.min(log.applied, log.chosen, log.durable) + 1)
        if (log.chosen > 0) expect(log.read(1, log.chosen, 1_000_000)).toEqual(model.slice(1, log.chosen + 1))
      }
      for (const done of pending) done()
      expect(log.durable).toBe(log.last)
    }))
  })

  it('that are trimmed are gone, and the rest stays where it is', () => {
    const { log, write } = make()
    for (let slot = 1; slot <= 6; slot++) log.put(entry(slot, 3))
    write()()
    log.markChosen(3, 6, false)
    while (log.advance()) { /* all */ }
    log.takeChosen(1_000_000)
    log.appliedTo(6)
    log.trim(4)
    expect([log.first, log.chosen, log.durable, log.locations.oldest()]).toEqual([4, 6, 6, 3])
    expect(log.read(4, 6, 1_000_000).map(({ slot }) => slot)).toEqual([4, 5, 6])
    expect(() => log.read(3, 6, 1_000_000)).toThrow('not trimmed')
  })

  it('are skipped by a snapshot, and what was accepted after it stays', () => {
    const { log, write } = make()
    for (const slot of [1, 2, 9, 10]) log.put(entry(slot, 3))
    write()()
    log.installed(8)
    expect([log.first, log.chosen, log.applied, log.durable, log.last]).toEqual([9, 8, 8, 10, 10])
    log.markChosen(3, 10, false)
    expect([log.advance()?.slot, log.advance()?.slot]).toEqual([9, 10])
    expect(log.takeChosen(1_000_000).map(({ slot }) => slot)).toEqual([9, 10])
  })
})
