import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CLIENT, Conversation, put, text } from './machine.fixture'
import type { PairOperation } from './operations'
import { VALUE_BYTES_MAX } from './pairs'

const key = fc.oneof(fc.constantFrom('a', 'ab', 'b'), fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' }))
const value = fc.uint8Array({ maxLength: 12 })
const operation: fc.Arbitrary<PairOperation> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), key, value }),
  fc.record({ kind: fc.constant('delete' as const), key }),
  fc.record({ kind: fc.constant('append' as const), key, value }),
  fc.record({ kind: fc.constant('compare-and-swap' as const), key, expected: fc.option(value), value: fc.option(value) }),
)

/** What a plain map would do. */
function model(plain: Map<string, string>, each: PairOperation): string {
  const had = plain.get(each.key)
  if (each.kind === 'compare-and-swap' && (had ?? null) !== (each.expected === null ? null : String(each.expected))) return 'mismatch'
  if (each.kind === 'delete' || each.value === null) plain.delete(each.key)
  else if (each.kind === 'append') plain.set(each.key, [had, String(each.value)].filter((part) => part !== undefined && part !== '').join(','))
  else plain.set(each.key, String(each.value))
  return each.kind === 'delete' && had === undefined ? 'not-found' : 'done'
}

describe('the pairs', () => {
  it('equal a plain map, in content and order', () => {
    fc.assert(fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const it = new Conversation()
      it.open(CLIENT)
      const plain = new Map<string, string>()
      for (const each of operations) expect(it.operate(each).kind).toBe(model(plain, each))
      const listed = it.ask({ kind: 'list', from: '', limit: 1000 })
      const sorted = [...plain].sort(([a], [b]) => (a < b ? -1 : 1))
      expect(listed.kind === 'pairs' && listed.pairs.map((pair) => [pair.key, String(pair.value)])).toEqual(sorted)
    }))
  })

  it('are listed from a key on, within limits, and it is said when there is more', () => {
    const it = new Conversation()
    it.open(CLIENT)
    for (let i = 0; i < 1500; i++) it.operate(put(String(i).padStart(5, '0'), 'x'))
    expect(it.ask({ kind: 'list', from: '00700', limit: 3 })).toMatchObject({
      kind: 'pairs', more: true, pairs: [{ key: '00700' }, { key: '00701' }, { key: '00702' }],
    })
    expect(it.ask({ kind: 'list', from: '01499', limit: 3 })).toMatchObject({ more: false, pairs: [{ key: '01499' }] })
    expect(it.machine.size).toBe(1500)
    expect(it.restored().ask({ kind: 'list', from: '00700', limit: 3 })).toEqual(it.ask({ kind: 'list', from: '00700', limit: 3 }))
  })

  it('of a prefix or a range are those that a filter would find', () => {
    const short = fc.string({ unit: fc.constantFrom('a', 'b', '\u{ffff}'), maxLength: 3 })
    fc.assert(fc.property(fc.uniqueArray(short.filter((each) => each !== '')), short, short, fc.option(short), fc.nat(4), (keys, prefix, from, to, limit) => {
      const it = new Conversation()
      it.open(CLIENT)
      for (const each of keys) it.operate(put(each, 'x'))
      const expected = keys.filter((each) => each.startsWith(prefix) && each >= from && (to === null || each < to)).sort()
      const found = it.ask({ kind: 'scan', prefix, from, to, limit })
      expect(found.kind === 'pairs' && found.pairs.map((pair) => pair.key)).toEqual(expected.slice(0, limit))
      expect(found).toMatchObject({ more: expected.length > limit })
    }))
  })

  it('grow by appending up to a limit, behind which nothing changes', () => {
    const it = new Conversation()
    it.open(CLIENT)
    const part = new Uint8Array(VALUE_BYTES_MAX / 2)
    const append = (bytes: Uint8Array): string => it.operate({ kind: 'append', key: 'a', value: bytes }).kind
    expect([append(part), append(part), append(text('!'))]).toEqual(['done', 'done', 'limit-reached'])
    expect(it.ask({ kind: 'get', key: 'a' })).toMatchObject({ value: { length: VALUE_BYTES_MAX } })
  })
})
