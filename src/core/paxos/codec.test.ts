import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ballotAbove, ballotOf, ordinalOf, roundOf } from './ballot'
import { Configuration } from './configuration'
import { decodeConfiguration, decodeSnapshotMeta, encodeConfiguration, encodeSnapshotMeta } from './configuration-codec'
import { decodeMessage, encodeMessage, MESSAGE_KINDS } from './message-codec'
import { acceptedRecord, decodeAccepted, decodeForwarded, decodeHardState, encodeForwarded, hardStateRecord } from './record-codec'
import type { Accepted, Message, ValueKind } from './types'

const number = fc.oneof(fc.nat(300), fc.integer({ min: 1, max: 2 ** 50 }))
const positive = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 50 }))
const bytes = fc.uint8Array({ maxLength: 40 })
const value = fc.record({ kind: fc.constantFrom<ValueKind>('command', 'no-op', 'members', 'forwarded'), data: bytes, age: fc.nat(5) })
const make = (slot: number, ballot: number, { kind, data, age }: { kind: ValueKind; data: Uint8Array; age: number }): Accepted =>
  ({ slot, ballot, origin: Math.max(1, ballot - age), kind, data: kind === 'no-op' ? new Uint8Array(0) : data })

/** Consecutive slots of one ballot. */
const run = fc.tuple(positive, positive, fc.array(value, { minLength: 1, maxLength: 6 }))
  .map(([first, ballot, values]) => values.map((each, i) => make(first + i, ballot, each)))
/** Slots that rise, with gaps, of any ballots up to `max`. */
const scattered = (after: number, max: number): fc.Arbitrary<Accepted[]> =>
  fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: Math.max(1, max) }), value), { maxLength: 8 }).map((parts) => {
    let slot = after
    return parts.map(([step, ballot, each]) => make((slot += step), ballot, each))
  })

const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ kind: fc.constant('prepare' as const), ballot: positive, from: positive, released: number }),
  fc.tuple(positive, fc.nat(1000), number).chain(([ballot, chosen, next]) => scattered(chosen, ballot).map((entries) =>
    ({ kind: 'promise' as const, ballot, from: Math.min(chosen + 1, entries[0]?.slot ?? 1), next, chosen, entries }))),
  fc.tuple(run, number).map(([entries, chosen]) => ({ kind: 'accept' as const, ballot: (entries[0] as Accepted).ballot, chosen, entries })),
  fc.tuple(positive, positive, fc.nat(9), number).map(([ballot, from, count, chosen]) => ({ kind: 'accepted' as const, ballot, from, to: from + count, chosen })),
  fc.record({ kind: fc.constant('refusal' as const), ballot: number, promised: number }),
  fc.record({
    kind: fc.constant('heartbeat' as const), leads: number, leader: number, chosen: number, last: number,
    isQuorumConnected: fc.boolean(), isTrusting: fc.boolean(), hearsYou: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('chosen' as const), ballot: number, chosen: number }),
  fc.record({ kind: fc.constantFrom('confirm' as const, 'confirmed' as const), ballot: number, round: number }),
  fc.record({ kind: fc.constant('learn' as const), from: positive }),
  fc.tuple(scattered(0, 99), number).map(([entries, chosen]) => ({ kind: 'decided' as const, entries, chosen })),
  fc.record({ kind: fc.constant('snapshot-offer' as const), index: number, stateBytes: number, chunks: number, stateHash: fc.string(), meta: bytes }),
  fc.record({ kind: fc.constant('snapshot-request' as const), index: number, chunk: number }),
  fc.record({ kind: fc.constant('snapshot-chunk' as const), index: number, chunk: number, data: bytes }),
  fc.record({ kind: fc.constant('take-over' as const), ballot: number }),
  fc.record({ kind: fc.constant('forward' as const), ballot: number, incarnation: number, sequence: number, commands: fc.array(bytes, { maxLength: 5 }) }),
  fc.record({ kind: fc.constant('forward-refused' as const), incarnation: number, sequence: number, count: number, isBusy: fc.boolean() }),
  fc.record({ kind: fc.constant('read-request' as const), ballot: number, incarnation: number, sequence: number }),
  fc.record({ kind: fc.constant('read-index' as const), incarnation: number, sequence: number, isSafe: fc.boolean(), index: number }),
)

const member = fc.record({ id: fc.string(), name: fc.string(), address: fc.string(), voter: fc.boolean(), promote: fc.boolean() })
const configuration = fc.uniqueArray(member, { maxLength: 8, selector: ({ id }) => id })
  .map((members) => new Configuration(members.map((each, ordinal) => ({ ...each, ordinal })), members.length + 3))
const plain = ({ members, nextOrdinal }: Configuration): unknown => ({ members, nextOrdinal })

describe('messages', () => {
  it('come back from their bytes', () => {
    const seen = new Set<string>()
    fc.assert(fc.property(message, (each) => {
      seen.add(each.kind)
      expect(decodeMessage(encodeMessage(each))).toEqual(each)
    }), { numRuns: 1000 })
    expect([...seen].sort()).toEqual([...MESSAGE_KINDS].sort())
  })

  it('are null for anything else, and never throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (garbage) => void decodeMessage(garbage)), { numRuns: 2000 })
    fc.assert(fc.property(message, fc.nat(), fc.nat(255), (each, at, byte) => {
      const frame = encodeMessage(each)
      expect(decodeMessage(frame.subarray(0, frame.length - 1))).toBeNull()
      const longer = new Uint8Array(frame.length + 1)
      longer.set(frame)
      expect(decodeMessage(longer)).toBeNull()
      frame[at % frame.length] = byte
      decodeMessage(frame)
    }), { numRuns: 1000 })
  })

  it('of an accept are of one ballot and of slots without a gap', () => {
    const entry = (slot: number, ballot: number): Accepted => ({ slot, ballot, origin: ballot, kind: 'no-op', data: new Uint8Array(0) })
    expect(decodeMessage(encodeMessage({ kind: 'accept', ballot: 7, chosen: 0, entries: [entry(1, 7), entry(3, 7)] }))).toBeNull()
    expect(decodeMessage(encodeMessage({ kind: 'accept', ballot: 7, chosen: 0, entries: [entry(1, 6)] }))).toBeNull()
    expect(decodeMessage(encodeMessage({ kind: 'accept', ballot: 7, chosen: 0, entries: [] }))).toBeNull()
  })
})

describe('records', () => {
  it('come back from their bytes', () => {
    fc.assert(fc.property(run, number, number, (entries, promised, chosen) => {
      expect(decodeAccepted(acceptedRecord(entries).payload)).toEqual(entries)
      expect(decodeHardState(hardStateRecord({ promised, chosen }).payload)).toEqual({ promised, chosen })
    }))
    fc.assert(fc.property(fc.string(), number, number, bytes, (nodeId, incarnation, sequence, command) => {
      expect(decodeForwarded(encodeForwarded({ nodeId, incarnation, sequence, command }))).toEqual({ nodeId, incarnation, sequence, command })
    }))
  })

  it('of configurations come back from their bytes', () => {
    fc.assert(fc.property(configuration, fc.array(configuration, { minLength: 1, maxLength: 3 }), positive, (each, several, alpha) => {
      expect(plain(decodeConfiguration(encodeConfiguration(each)) as Configuration)).toEqual(plain(each))
      const steps = several.map((one, i) => ({ from: i * 5, configuration: one }))
      const meta = decodeSnapshotMeta(encodeSnapshotMeta({ alpha, steps }))
      expect(meta?.alpha).toBe(alpha)
      expect(meta?.steps.map((step) => [step.from, plain(step.configuration)])).toEqual(steps.map((step) => [step.from, plain(step.configuration)]))
    }))
  })

  it('never throw on garbage', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (garbage) => {
      decodeAccepted(garbage)
      decodeHardState(garbage)
      decodeForwarded(garbage)
      decodeConfiguration(garbage)
      decodeSnapshotMeta(garbage)
    }), { numRuns: 3000 })
  })
})

describe('ballots', () => {
  it('are ordered by round, then by the node, and never shared', () => {
    fc.assert(fc.property(fc.nat(10_000_000), fc.nat(1023), fc.nat(1023), (round, one, other) => {
      const ballot = ballotOf(round, one)
      expect([roundOf(ballot), ordinalOf(ballot)]).toEqual([round, one])
      expect(ballotAbove(ballot, other)).toBeGreaterThan(ballot)
      expect(roundOf(ballotAbove(ballot, other))).toBe(round + 1)
      expect(ballotAbove(ballot, one) === ballotAbove(ballot, other)).toBe(one === other)
    }))
  })
})
