import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entryBytes, RaftLog } from './log'
import type { Entry } from './types'

const EMPTY = {
  hardState: { term: 0, vote: null, commit: 0 }, base: null, appliedIndex: 0, firstIndex: 1, terms: [], configurations: [], lastIndex: 0,
}
const INITIAL = { index: 0, configuration: { members: [], outgoing: null, isForced: false } }
const entry = (index: number, term: number, bytes = 0): Entry => ({ index, term, kind: 'command', data: new Uint8Array(bytes) })
const request = (prevIndex: number, prevTerm: number, entries: readonly Entry[], commit = 0) =>
  ({ kind: 'append-request' as const, term: 99, prevIndex, prevTerm, commit, entries })

/** A log beside the plain array of terms that it must equal, with a reader that has everything. */
function make(windowBytesMax = 1_000_000) {
  const written: Entry[] = []
  const reader = {
    read: (from: number, to: number, bytesMax: number) => {
      const found: Entry[] = []
      let bytes = 0
      for (let index = from; index < to; index++) {
        bytes += entryBytes(written[index] as Entry)
        if (found.length > 0 && bytes > bytesMax) break
        found.push(written[index] as Entry)
      }
      return found
    },
  }
  const log = new RaftLog(EMPTY, INITIAL, reader, windowBytesMax)
  const write = (): void => {
    for (const each of log.takeUnpersisted()) {
      written.length = each.index
      written[each.index] = each
    }
    log.persistedTo(log.lastIndex, log.lastTerm)
  }
  return { log, write }
}

describe('the log', () => {
  it('equals a plain array under any appends of leaders, in and out of memory', () => {
    const step = fc.record({ back: fc.nat(4), terms: fc.array(fc.nat(1), { maxLength: 5 }), size: fc.nat(60), commits: fc.boolean() })
    fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const { log, write } = make(120)
      let plain: Entry[] = [entry(0, 0)]
      for (const { back, terms, size, commits } of steps) {
        const prev = Math.max(log.committed, log.lastIndex - back)
        let term = Math.max((plain[prev] as Entry).term, (plain.at(-1) as Entry).term)
        const entries = terms.map((rise, i) => entry(prev + 1 + i, (term += rise), size))
        if (entries.length > 0) {
          const conflict = entries.findIndex((each) => plain[each.index]?.term !== each.term)
          if (conflict >= 0) plain = [...plain.slice(0, prev + 1 + conflict), ...entries.slice(conflict)]
        }
        expect(log.accept(request(prev, (plain[prev] as Entry).term, entries, commits ? prev + entries.length : 0))).toBe(true)
        write()
        for (let taken = log.takeCommitted(100); taken.length > 0; taken = log.takeCommitted(100)) log.appliedTo((taken.at(-1) as Entry).index)
        expect(log.lastIndex).toBe(plain.length - 1)
        expect(plain.map((each) => log.term(each.index))).toEqual(plain.map((each) => each.term))
        for (let from = 1; from <= log.lastIndex; ) {
          const slice = log.slice(from, log.lastIndex + 1, 150)
          expect(slice.map((each) => each.index)).toEqual(slice.map((_, i) => from + i))
          expect(slice.map((each) => each.term)).toEqual(slice.map((each) => (plain[each.index] as Entry).term))
          from += slice.length
        }
      }
    }))
  })

  it('finds the bound of agreement as a search through the terms would', () => {
    fc.assert(fc.property(fc.array(fc.nat(2), { maxLength: 30 }), fc.nat(35), fc.nat(40), (rises, index, term) => {
      const { log } = make()
      let last = 1
      for (const [i, rise] of rises.entries()) log.append(entry(i + 1, (last += rise)))
      let bound = Math.min(index, log.lastIndex)
      while (bound > 0 && (log.term(bound) as number) > term) bound--
      expect(log.agreementBound(index, term)).toBe(bound)
    }))
  })

  it('keeps what it has when an old append arrives late', () => {
    const { log } = make()
    log.accept(request(0, 0, [entry(1, 1), entry(2, 1), entry(3, 1)]))
    expect(log.accept(request(0, 0, [entry(1, 1)]))).toBe(true)
    expect(log.lastIndex).toBe(3)
  })

  it('takes no more for committed than the leader has just shown to agree', () => {
    const { log } = make()
    log.accept(request(0, 0, [entry(1, 1), entry(2, 1), entry(3, 1)]))
    log.accept(request(0, 0, [entry(1, 1)], 3))
    expect(log.committed).toBe(1)
  })

  it('believes no completion that names an entry which was replaced', () => {
    const { log } = make()
    log.accept(request(0, 0, [entry(1, 1), entry(2, 1)]))
    log.takeUnpersisted()
    log.accept(request(1, 1, [entry(2, 2)]))
    expect(log.persistedTo(2, 1)).toBe(false)
    expect(log.persisted).toBe(0)
    expect(log.persistedTo(2, 2)).toBe(true)
  })

  it('refuses to replace what is committed', () => {
    const { log } = make()
    log.accept(request(0, 0, [entry(1, 1)], 1))
    expect(() => log.accept(request(0, 0, [entry(1, 2)]))).toThrow('a committed entry is never replaced')
  })
})
