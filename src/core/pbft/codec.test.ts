import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBatch, encodeBatch, makeItem } from './batch'
import { decodeFrame, encodeBody, encodeStatement, encodeStatementFrame, type Unsigned } from './codec'
import { Group } from './group'
import { NUMBER_MAX, REQUEST_WINDOW } from './limits'
import { batchRecord, committedRecord, decodeRecord, preparedRecord, stableRecord } from './records'
import { RequestWindow } from './request-window'
import { decodeSnapshotMeta, encodeSnapshotMeta } from './snapshot-meta'
import type { Statement } from './types'

/** A digest that is good enough to tell bytes apart. */
const plain = (bytes: Uint8Array): Uint8Array => {
  const out = new Uint8Array(32)
  for (const [i, byte] of bytes.entries()) out[i % 32] = ((out[i % 32] ?? 0) * 31 + byte + i) & 0xff
  return out
}
const group = new Group('group', 'a', ['a', 'b', 'c', 'd'], { sign: plain, verify: () => true, digest: plain })

const number = fc.oneof(fc.nat(300), fc.nat({ max: NUMBER_MAX - 1 }))
const sequence = number.map((value) => Math.max(1, value))
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 })
const signature = fc.uint8Array({ maxLength: 70 })
const data = fc.uint8Array({ maxLength: 60 })
const signatures = fc.uniqueArray(fc.nat(254), { maxLength: 8 })
  .map((replicas) => replicas.sort((one, other) => one - other)).chain((replicas) => fc.tuple(...replicas.map((replica) => fc.record({ replica: fc.constant(replica), signature }))))
const checkpoint = fc.record({ sequence: number, digest, signatures })
const proposal = fc.record({ view: number, sequence: number, digest, signature })
const prepared = fc.record({ view: number, sequence: number, digest, proposal: signature, prepares: signatures })
const entry = fc.record({ view: number, sequence: number, digest, commits: signatures, batch: data })
const list = <Value>(of: fc.Arbitrary<Value>): fc.Arbitrary<Value[]> => fc.array(of, { maxLength: 5 })
const kind = <Kind extends string>(value: Kind): fc.Arbitrary<Kind> => fc.constant(value)

const body: fc.Arbitrary<Unsigned> = fc.oneof(
  fc.record({ kind: kind('request'), items: data }),
  fc.record({ kind: kind('view-change'), view: number, stable: fc.option(checkpoint), prepared: list(prepared) }),
  fc.record({ kind: kind('new-view'), view: number, viewChanges: list(data), proposals: list(proposal) }),
  fc.record({
    kind: kind('status'), view: number, isChanging: fc.boolean(), stable: number, executed: number, slots: list(fc.nat(255)), viewChanges: list(fc.boolean()),
  }),
  fc.record({ kind: kind('fetch'), from: number }),
  fc.record({ kind: kind('entries'), entries: list(entry) }),
  fc.record({ kind: kind('stable'), certificate: checkpoint }),
  fc.record({ kind: kind('offer'), index: number, meta: data, stateBytes: number, stateHash: fc.string({ unit: 'grapheme' }), chunks: fc.nat(65_536) }),
  fc.record({ kind: kind('fetch-chunk'), index: number, chunk: number }),
  fc.record({ kind: kind('chunk'), index: number, chunk: number, data }),
  fc.record({ kind: kind('fetch-batch'), sequence: number, digest }),
  fc.record({ kind: kind('batch'), sequence: number, batch: data }),
  fc.record({ kind: kind('evidence'), one: proposal, other: proposal }),
)
const statement: fc.Arbitrary<Statement> = fc.record({
  kind: fc.constantFrom('pre-prepare' as const, 'prepare' as const, 'commit' as const, 'checkpoint' as const), view: number, sequence, digest,
}).map((given) => (given.kind === 'checkpoint' ? { ...given, view: 0 } : given))

const tailOf = ({ kind: of }: Statement, tail: Uint8Array): Uint8Array | null => (of === 'pre-prepare' || of === 'prepare' ? tail : null)
const frameOf = (sender: number, message: Unsigned, by: Uint8Array): Uint8Array => encodeStatementFrame(encodeBody(sender, message), by, null)

describe('the message codec', () => {
  it('gives back every message, its sender, its signature, and what was signed', () => {
    fc.assert(fc.property(fc.nat(254), body, signature, (sender, message, by) => {
      const found = decodeFrame(frameOf(sender, message, by))
      expect(found).toEqual({ sender, message, signed: encodeBody(sender, message), signature: by })
    }))
  })

  it('gives back every statement; what is signed is the same wherever it stands', () => {
    fc.assert(fc.property(fc.nat(254), statement, signature, signature, (sender, given, by, tail) => {
      const signed = encodeStatement(sender, given)
      const found = decodeFrame(encodeStatementFrame(signed, by, tailOf(given, tail)))
      expect(found?.signed).toEqual(signed)
      expect(found?.signature).toEqual(by)
      expect(found?.message).toMatchObject({ kind: given.kind, sequence: given.sequence, digest: given.digest, signature: by })
    }))
  })

  it('binds kind, sender, view, sequence number and digest: no two statements have the same signed bytes', () => {
    fc.assert(fc.property(fc.nat(254), statement, fc.nat(254), statement, (one, first, other, second) => {
      const isSame = String(encodeStatement(one, first)) === String(encodeStatement(other, second))
      expect(isSame).toBe(one === other && JSON.stringify(first) === JSON.stringify(second))
    }))
  })

  it('takes any bytes without throwing', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => { decodeFrame(bytes) }), { numRuns: 5000 })
    fc.assert(fc.property(fc.integer({ min: 1, max: 17 }), fc.uint8Array({ maxLength: 120 }), (of, bytes) => { decodeFrame(Uint8Array.of(of, ...bytes)) }), { numRuns: 5000 })
  })

  it('refuses a frame that was cut or lengthened', () => {
    fc.assert(fc.property(body, signature, fc.nat(), (message, by, cut) => {
      const frame = frameOf(1, message, by)
      expect(decodeFrame(frame.subarray(0, cut % frame.length))).toBeNull()
      expect(decodeFrame(Uint8Array.of(...frame, 0))).toBeNull()
    }))
  })

  it('refuses a certificate that names a replica twice', () => {
    const twice = { replica: 2, signature: Uint8Array.of(1) }
    const certificate = { sequence: 4, digest: new Uint8Array(32), signatures: [twice, twice, twice] }
    expect(decodeFrame(frameOf(1, { kind: 'stable', certificate }, Uint8Array.of(1)))).toBeNull()
  })

  it('never believes a count that the frame cannot hold', () => {
    // entries, sender 0, 2^42 of them.
    expect(decodeFrame(Uint8Array.of(10, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 0))).toBeNull()
  })
})

describe('records, batches and snapshot parts', () => {
  it('come back as they were', () => {
    fc.assert(fc.property(prepared, (certificate) => { expect(decodeRecord(preparedRecord(certificate))).toEqual({ kind: 'prepared', certificate }) }))
    fc.assert(fc.property(entry, (given) => { expect(decodeRecord(committedRecord(given))).toEqual({ kind: 'committed', entry: given }) }))
    fc.assert(fc.property(checkpoint, (certificate) => { expect(decodeRecord(stableRecord(certificate))).toEqual({ kind: 'stable', certificate }) }))
    fc.assert(fc.property(number, data, (at, batch) => { expect(decodeRecord(batchRecord(at, batch))).toEqual({ kind: 'batch', sequence: at, batch }) }))
    fc.assert(fc.property(fc.record({ sequence: number, stateDigest: digest, window: data, certificate: fc.option(checkpoint), stable: fc.option(checkpoint) }),
      (meta) => { expect(decodeSnapshotMeta(encodeSnapshotMeta(meta))).toEqual(meta) }))
    const item = fc.tuple(fc.constantFrom('command' as const, 'marker' as const, 'repeat' as const), data).map(([of, bytes]) => makeItem(group, of, bytes))
    fc.assert(fc.property(list(item), (items) => { expect(decodeBatch(group, encodeBatch(items))).toEqual(items) }))
  })

  it('take any bytes without throwing', () => {
    fc.assert(fc.property(fc.nat(9), fc.uint8Array({ maxLength: 120 }), (type, payload) => {
      decodeRecord({ type, payload })
      decodeSnapshotMeta(payload)
      decodeBatch(group, payload)
      RequestWindow.decode(payload)
    }), { numRuns: 5000 })
  })
})

describe('the request window', () => {
  it('remembers the last ones in order, and is the same after a transfer', () => {
    const window = new RequestWindow(3)
    const ids = ['a', 'b', 'c', 'd'].map((letter) => makeItem(group, 'command', Uint8Array.of(letter.charCodeAt(0))).id)
    for (const id of ids) window.add(id)
    expect(ids.map((id) => window.has(id))).toEqual([false, true, true, true])
    const copy = RequestWindow.decode(window.encode(), 3)
    expect(copy?.encode()).toEqual(window.encode())
    copy?.add(ids[0] ?? '')
    expect(ids.map((id) => copy?.has(id))).toEqual([true, false, true, true])
    expect(RequestWindow.decode(new Uint8Array((REQUEST_WINDOW + 1) * 16))).toBeNull()
    // One identity twice is no window.
    expect(RequestWindow.decode(new Uint8Array(32))).toBeNull()
  })
})
