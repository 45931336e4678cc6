import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeMessage, encodeMessage } from './codec'
import { encodeConfiguration, encodeSnapshotMeta } from './configuration-codec'
import type { Message } from './messages'
import { decodeEntries, decodeHardState, decodeLogBase, encodeEntries, encodeHardState, encodeLogBase } from './record-codec'
import type { Entry } from './types'

const place = fc.oneof(fc.nat(300), fc.nat({ max: Number.MAX_SAFE_INTEGER - 1000 }))
const member = fc.record({
  id: fc.string({ minLength: 1, maxLength: 5, unit: 'grapheme' }), name: fc.string({ unit: 'grapheme' }), address: fc.string({ unit: 'grapheme' }),
  kind: fc.constantFrom('voter' as const, 'learner' as const, 'witness' as const), promote: fc.boolean(),
})
const members = fc.uniqueArray(member, { selector: ({ id }) => id, maxLength: 5 }).map((all) => all.sort((one, other) => (one.id < other.id ? -1 : 1)))
const configuration = fc.record({ members, outgoing: fc.option(members), isForced: fc.boolean() })
const entriesAfter = (prevIndex: number, prevTerm: number): fc.Arbitrary<Entry[]> =>
  fc.array(fc.tuple(fc.nat(2), fc.oneof(
    fc.record({ kind: fc.constantFrom('command' as const, 'no-op' as const, 'stripped' as const), data: fc.uint8Array({ maxLength: 300 }) }),
    fc.record({ kind: fc.constant('configuration' as const), data: configuration.map(encodeConfiguration) }),
  )).map(([rise, entry]) => ({ rise, ...entry })), { maxLength: 20 })
    .map((items) => {
      let term = Math.max(1, prevTerm)
      return items.map(({ rise, kind, data }, i) => ({ index: prevIndex + 1 + i, term: (term += rise), kind, data }))
    })
const append = fc.tuple(place, place).chain(([prevIndex, prevTerm]) => fc.record({
  kind: fc.constant('append-request' as const), prevIndex: fc.constant(prevIndex), prevTerm: fc.constant(prevTerm), commit: place,
  entries: entriesAfter(prevIndex, prevTerm),
})).map((message) => ({ ...message, term: Math.max(message.prevTerm, message.entries.at(-1)?.term ?? 0) }))
const message: fc.Arbitrary<Message> = fc.oneof(
  append,
  fc.record({ kind: fc.constantFrom('vote-request' as const, 'pre-vote-request' as const), term: place, lastIndex: place, lastTerm: place }),
  fc.record({ kind: fc.constantFrom('vote-response' as const, 'pre-vote-response' as const), term: place, granted: fc.boolean() }),
  fc.record({
    kind: fc.constant('append-response' as const), term: place, rejected: fc.boolean(), index: place, hintIndex: place, hintTerm: place,
  }),
  fc.record({ kind: fc.constant('heartbeat-request' as const), term: place, commit: place, readRound: place }),
  fc.record({ kind: fc.constant('heartbeat-response' as const), term: place, readRound: place }),
  fc.record({ kind: fc.constant('vote-request' as const), term: place, lastIndex: place, lastTerm: place, isTransfer: fc.constant(true as const) }),
  fc.record({ kind: fc.constant('snapshot-response' as const), term: place, index: place, next: place }),
  fc.record({ kind: fc.constant('timeout-now' as const), term: place }),
  fc.record({ kind: fc.constant('read-request' as const), term: place, id: place }),
  fc.record({ kind: fc.constant('read-response' as const), term: place, id: place, index: fc.option(place) }),
  fc.record({
    kind: fc.constant('propose-request' as const), term: place, id: place,
    commands: fc.array(fc.uint8Array({ maxLength: 50 }), { minLength: 1, maxLength: 10 }),
  }),
  fc.record({ kind: fc.constant('propose-response' as const), term: place, id: place, firstIndex: place, accepted: place }),
  fc.record({ index: place, term: place, configuration, data: fc.uint8Array({ maxLength: 50 }), more: fc.nat(3), stateHash: fc.string({ unit: 'grapheme' }) }).map(
    ({ index, term, configuration: inForce, data, more, stateHash }) => ({
      kind: 'snapshot-chunk' as const, term: term + 1, chunk: data.length > 0 ? more : 0, data,
      head: {
        index: index + 1, meta: encodeSnapshotMeta({ term: term + 1, configuration: inForce }), stateBytes: data.length * (more + 1), stateHash,
        chunks: data.length > 0 ? more + 1 : 0,
      },
    })),
)

describe('the message codec', () => {
  it('gives back what was encoded', () => {
    fc.assert(fc.property(message, (given) => { expect(decodeMessage(encodeMessage(given))).toEqual(given) }))
  })

  it('takes any bytes without throwing, and what it takes is a message it would send', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const found = decodeMessage(bytes)
      if (found) expect(decodeMessage(encodeMessage(found))).toEqual(found)
    }), { numRuns: 5000 })
  })

  it('refuses a frame that was cut, lengthened, or changed so that entries no longer follow', () => {
    fc.assert(fc.property(message, fc.nat(), (given, cut) => {
      const frame = encodeMessage(given)
      expect(decodeMessage(frame.subarray(0, cut % frame.length))).toBeNull()
      expect(decodeMessage(Uint8Array.of(...frame, 0))).toBeNull()
    }))
    const entries = [{ index: 9, term: 2, kind: 'command' as const, data: new Uint8Array(0) }]
    expect(decodeMessage(encodeMessage({ kind: 'append-request', term: 2, prevIndex: 3, prevTerm: 1, commit: 0, entries }))).toBeNull()
    expect(decodeMessage(encodeMessage({ kind: 'append-request', term: 1, prevIndex: 8, prevTerm: 1, commit: 0, entries }))).toBeNull()
  })

  it('never believes a count that the frame cannot hold', () => {
    // append-request, zeros, and 2^49 entries.
    expect(decodeMessage(Uint8Array.of(5, 1, 0, 0, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 1))).toBeNull()
  })

  it('copies no data', () => {
    const entries = [{ index: 1, term: 1, kind: 'command' as const, data: Uint8Array.of(1, 2, 3) }]
    const frame = encodeMessage({ kind: 'append-request', term: 1, prevIndex: 0, prevTerm: 0, commit: 0, entries })
    const found = decodeMessage(frame)
    expect(found?.kind === 'append-request' && found.entries[0]?.data.buffer).toBe(frame.buffer)
  })
})

describe('the record codec', () => {
  it('gives back hard state and entries', () => {
    fc.assert(fc.property(place, place, fc.option(fc.string({ minLength: 1, unit: 'grapheme' })), (term, commit, vote) => {
      expect(decodeHardState(encodeHardState({ term, commit, vote }))).toEqual({ term, commit, vote })
    }))
    fc.assert(fc.property(place.chain((index) => entriesAfter(index, 1)), (entries) => {
      fc.pre(entries.length > 0)
      expect(decodeEntries(encodeEntries(entries))).toEqual(entries)
    }))
  })

  it('gives back where a log begins', () => {
    fc.assert(fc.property(place, place, configuration, (index, term, inForce) => {
      const base = { index: index + 1, term: term + 1, configuration: inForce }
      expect(decodeLogBase(encodeLogBase(base))).toEqual(base)
    }))
  })

  it('takes any bytes without throwing', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      decodeLogBase(bytes)
      decodeHardState(bytes)
      decodeEntries(bytes)
    }), { numRuns: 3000 })
    expect(decodeEntries(encodeEntries([]))).toBeNull()
  })
})
