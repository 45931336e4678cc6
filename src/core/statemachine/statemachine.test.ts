import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { utf8Encode } from '../base'
import { decodeQuery, decodeReply, encodeCommand, encodeQuery, encodeReply, type Operation, type Query, type Reply } from './commands'
import { KeyValueMachine } from './key-value'

const CLIENT = '00000000deadbeef'
const bytes = (text: string): Uint8Array => utf8Encode(text)
const key = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' })
const value = fc.uint8Array({ maxLength: 20 })
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), key, value }),
  fc.record({ kind: fc.constant('delete' as const), key }),
  fc.record({ kind: fc.constant('compare-and-swap' as const), key, expected: fc.option(value), value: fc.option(value) }),
)

function make(limits = { sessionsMax: 2, outstandingMax: 3 }) {
  const machine = new KeyValueMachine(limits)
  const reply = (raw: Uint8Array): Reply | null => decodeReply(raw)
  return {
    machine,
    open: (clientId = CLIENT) => reply(machine.apply(encodeCommand({ kind: 'open-session', clientId })))?.kind,
    operate: (sequence: number, op: Operation, lowestOutstanding = sequence, clientId = CLIENT) =>
      reply(machine.apply(encodeCommand({ kind: 'operate', clientId, sequence, lowestOutstanding, operation: op })))?.kind,
    query: (query: Query) => reply(machine.query(encodeQuery(query))),
  }
}

const put = (name: string, text: string): Operation => ({ kind: 'put', key: name, value: bytes(text) })

describe('the key-value machine', () => {
  it('equals a plain map, in content and order, and two machines with the same commands have the same hash', () => {
    fc.assert(fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const one = make()
      const other = make()
      one.open()
      other.open()
      const plain = new Map<string, string>()
      for (const [i, op] of operations.entries()) {
        const had = plain.get(op.key)
        const kind = one.operate(i + 1, op)
        expect(other.operate(i + 1, op)).toBe(kind)
        const isMatch = op.kind !== 'compare-and-swap' || (had ?? null) === (op.expected === null ? null : String(op.expected))
        if (!isMatch) {
          expect(kind).toBe('mismatch')
          continue
        }
        if (op.kind === 'delete' || op.value === null) plain.delete(op.key)
        else plain.set(op.key, String(op.value))
        expect(kind).toBe(op.kind === 'delete' && had === undefined ? 'not-found' : 'done')
      }
      const listed = one.query({ kind: 'list', from: '', limit: 1000 })
      const sorted = [...plain].sort(([a], [b]) => (a < b ? -1 : 1))
      expect(listed?.kind === 'pairs' && listed.pairs.map((pair) => [pair.key, String(pair.value)])).toEqual(sorted)
      expect(one.machine.hash()).toBe(other.machine.hash())
    }))
  })

  it('has a hash that tells contents apart but not the way to them', () => {
    const one = make()
    const other = make()
    for (const each of [one, other]) each.open()
    one.operate(1, put('a', '1'))
    one.operate(2, put('b', '2'))
    other.operate(1, put('b', '2'))
    expect(one.machine.hash()).not.toBe(other.machine.hash())
    other.operate(2, put('a', '1'))
    expect(one.machine.hash()).toBe(other.machine.hash())
  })

  it('lists from a key on, within limits, and says when there is more', () => {
    const { machine, query, operate, open } = make()
    open()
    for (let i = 0; i < 1500; i++) operate(i + 1, put(String(i).padStart(5, '0'), 'x'))
    const found = query({ kind: 'list', from: '00700', limit: 3 })
    expect(found).toMatchObject({ kind: 'pairs', more: true, pairs: [{ key: '00700' }, { key: '00701' }, { key: '00702' }] })
    expect(query({ kind: 'list', from: '01499', limit: 3 })).toMatchObject({ more: false, pairs: [{ key: '01499' }] })
    expect(machine.size).toBe(1500)
  })

  it('keeps no view of the command it applied', () => {
    const { machine, open, query } = make()
    open()
    const command = encodeCommand({ kind: 'operate', clientId: CLIENT, sequence: 1, lowestOutstanding: 1, operation: put('a', 'safe') })
    machine.apply(command)
    command.fill(0)
    expect(query({ kind: 'get', key: 'a' })).toEqual({ kind: 'value', value: bytes('safe') })
  })
})

describe('a client session', () => {
  const swap: Operation = { kind: 'compare-and-swap', key: 'x', expected: null, value: bytes('1') }

  it('applies an operation once and gives its reply again', () => {
    const { open, operate } = make()
    open()
    expect([operate(1, swap), operate(1, swap), operate(2, swap)]).toEqual(['done', 'done', 'mismatch'])
  })

  it('forgets replies that the client no longer waits for', () => {
    const { open, operate } = make()
    open()
    operate(1, swap)
    operate(2, put('y', '1'))
    expect(operate(1, swap, 1)).toBe('already-answered')
  })

  it('bounds the replies it keeps', () => {
    const { open, operate } = make()
    open()
    expect([1, 2, 3, 4].map((sequence) => operate(sequence, put('x', '1'), 1))).toEqual(['done', 'done', 'done', 'too-many-outstanding'])
  })

  it('expires oldest-used first, and an unknown one is told so', () => {
    const { open, operate } = make()
    expect(operate(1, swap)).toBe('session-expired')
    open('0000000000000001')
    open('0000000000000002')
    operate(1, swap, 1, '0000000000000001')
    open('0000000000000003')
    expect(operate(1, swap, 1, '0000000000000002')).toBe('session-expired')
    expect(operate(1, swap, 1, '0000000000000001')).toBe('done')
  })

  it('tells any wrong bytes from commands and queries without changing anything', () => {
    const { machine, open } = make()
    open()
    const before = machine.hash()
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }).filter((raw) => raw[0] !== 1), (raw) => {
      expect(['malformed', 'session-expired']).toContain(decodeReply(machine.apply(raw))?.kind)
      machine.query(raw)
      decodeQuery(raw)
      decodeReply(raw)
    }))
    expect(machine.hash()).toBe(before)
  })

  it('gives back every reply that was encoded', () => {
    const reply: fc.Arbitrary<Reply> = fc.oneof(
      fc.constantFrom<Reply>({ kind: 'done' }, { kind: 'session-expired' }, { kind: 'too-many-outstanding' }),
      fc.record({ kind: fc.constant('value' as const), value }),
      fc.record({ kind: fc.constant('pairs' as const), pairs: fc.array(fc.record({ key, value })), more: fc.boolean() }),
    )
    fc.assert(fc.property(reply, (given) => { expect(decodeReply(encodeReply(given))).toEqual(given) }))
  })
})
