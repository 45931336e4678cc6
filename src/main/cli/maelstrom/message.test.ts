import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, parseMessage, type Json } from './message'

const json = fc.jsonValue({ noUnicodeString: false }) as fc.Arbitrary<Json>

describe('a message', () => {
  it('is parsed from any line without an error', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), json.map((value) => JSON.stringify(value))), (line) => {
      const message = parseMessage(line)
      if (message !== null) expect(typeof message.body.type).toBe('string')
    }))
    expect(parseMessage('{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":1}}')).toEqual({ src: 'c1', dest: 'n1', body: { type: 'echo', msg_id: 1 } })
  })
})

describe('the canonical text of a value', () => {
  it('is JSON of the same value, and the same for every order of members', () => {
    fc.assert(fc.property(json, (value) => {
      const text = canonicalJson(value)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      expect(canonicalJson(reversed(value))).toBe(text)
    }))
  })

  it('tells what differs', () => {
    const values: Json[] = [1, '1', null, 'null', [], {}, [1], ['1'], { a: 1 }, { a: [1] }, '[1]', true, '\ud800', '\ufffd']
    expect(new Set(values.map(canonicalJson)).size).toBe(values.length)
  })
})

function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).reverse().map(([key, each]) => [key, reversed(each)]))
}
