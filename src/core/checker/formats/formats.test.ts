import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { History } from '../history'
import { canonical, type Value } from '../values'
import { readEdn, type EdnMap } from './edn'
import { asValue } from './edn-values'
import { parseJson } from './json-lines'
import { formatOf, readHistory } from './read-history'

const read = (text: string): History => {
  const result = readHistory(text)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}
const complaint = (text: string): string => {
  const result = readHistory(text)
  return result.ok ? 'readable' : result.error.message
}
const told = (text: string): unknown[] => read(text).operations.map(({ process, f, key, input, output, outcome }) => [process, f, key, input, output, outcome])

const EVENTS = `
{"process": 0, "type": "invoke", "f": "write", "value": 1, "time": 10}
{"process": 1, "type": "invoke", "f": "read", "value": null, "time": 12}

{"process": 0, "type": "ok", "f": "write", "value": 1, "time": 20}
{"process": 1, "type": "ok", "f": "read", "value": 1, "time": 30}
{"process": 2, "type": "invoke", "f": "cas", "value": [1, 2]}
{"process": 2, "type": "info", "f": "cas", "value": [1, 2], "error": "timeout"}
{"process": 3, "type": "invoke", "f": "write", "value": 9}
{"process": 3, "type": "fail", "f": "write", "value": 9}
{"process": 4, "type": "invoke", "f": "read"}
`
const OPERATIONS = [
  [0, 'write', null, 1, 1, 'ok'], [1, 'read', null, null, 1, 'ok'], [2, 'cas', null, [1, 2], null, 'unknown'], [3, 'write', null, 9, null, 'fail'],
  [4, 'read', null, null, null, 'unknown'],
]

describe('NDJSON', () => {
  test('an operation is an invocation and the completion of its process', () => {
    expect(told(EVENTS)).toEqual(OPERATIONS)
    expect(read(EVENTS).operations[1]).toMatchObject({ invoked: 1, completed: 3, invokedAt: 12, completedAt: 30, line: 3 })
  })

  test('line ends of Windows, a byte order mark and one list of events are read too', () => {
    expect(told(`\uFEFF${EVENTS.replaceAll('\n', '\r\n')}`)).toEqual(OPERATIONS)
    expect(told(`[\n${EVENTS.trim().split('\n').filter((line) => line !== '').join(',\n')}\n]`)).toEqual(OPERATIONS)
  })

  test('an empty file is an empty history', () => {
    for (const empty of ['', '\n\n', '[]', ' [ ] ', '; nothing happened\n']) expect(read(empty).operations).toEqual([])
  })

  test('a second invocation leaves the first open for ever', () => {
    const text = '{"process":0,"type":"invoke","f":"write","value":1}\n{"process":0,"type":"invoke","f":"write","value":2}\n{"process":0,"type":"ok","f":"write"}'
    expect(told(text)).toEqual([[0, 'write', null, 1, null, 'unknown'], [0, 'write', null, 2, null, 'ok']])
  })

  test('keys of any form, and completions that do not repeat them', () => {
    const text = '{"process":"a","type":"invoke","f":"get","key":{"b":[1],"a":2}}\n{"process":"a","type":"ok","value":"x"}'
    expect(told(text)).toEqual([['a', 'get', { b: [1], a: 2 }, null, 'x', 'ok']])
    const repeated = '{"process":0,"type":"invoke","f":"get","key":{"b":1,"a":2}}\n{"process":0,"type":"ok","key":{"a":2,"b":1},"value":"x"}'
    expect(told(repeated)).toEqual([[0, 'get', { b: 1, a: 2 }, null, 'x', 'ok']])
  })

  test('a process may be a number of any size', () => {
    const text = ['invoke', 'ok'].map((type) => `{"process":8446744073709551616,"type":"${type}","f":"read"}`).join('\n')
    expect(told(text)).toEqual([['8446744073709551616', 'read', null, null, null, 'ok']])
  })

  test('whole numbers beyond 2^53 stay apart', () => {
    const of = (digits: string): Value => read(`{"process":0,"type":"invoke","f":"write","value":[${digits}]}`).operations[0]?.input ?? null
    expect(canonical(of('9007199254740993'))).toBe('[9007199254740993]')
    expect(canonical(of('9007199254740993'))).not.toBe(canonical(of('9007199254740992')))
    expect(canonical(of('"9007199254740993"'))).toBe('["9007199254740993"]')
    expect(canonical(of('{"a":[1,{"__proto__":9007199254740993}],"b":9007199254740993}'))).toBe('[{"a":[1,{"__proto__":9007199254740993}],"b":9007199254740993}]')
    const long = 'a'.repeat(20_000_000)
    expect(of(`"${long}",9007199254740993`)).toEqual([long, 9007199254740993n])
  })

  test.each([
    ['{"process":0,"type":"invoke","f":"read"}\nnot json', /^Line 2: expected an event as a JSON object on one line, found "not json"/],
    ['{"process":0,"type":"invoke","f":"read"}\n[1]', /^Line 2: expected an event as a JSON object, found \[1\]/],
    ['{"type":"invoke","f":"read"}', /^Line 1: expected "process" to be a whole number or a name, found null/],
    ['{"process":1.5,"type":"invoke","f":"read"}', /"process"/],
    ['\n\n{"process":0,"type":"done","f":"read"}', /^Line 3: expected "type" to be invoke, ok, fail or info, found "done"/],
    ['{"process":0,"type":"invoke"}', /^Line 1: expected "f"/],
    ['{"process":0,"type":"ok","f":"read","value":1}', /^Line 1: expected an invocation of process 0 before its completion/],
    ['{"process":0,"type":"invoke","f":"read"}\n{"process":0,"type":"ok","f":"write"}', /^Line 2: expected the completion of read/],
    ['{"process":0,"type":"invoke","f":"read","key":"x"}\n{"process":0,"type":"ok","key":"y","value":1}', /^Line 2: expected .* of key "x", not "y"/],
    ['{"process":0,"type":"invoke","f":"read"}\n{"process":0,"type":"ok","key":"y","value":1}', /^Line 2: expected .* of key null, not "y"/],
    [`{"process":0,"type":"invoke","f":"write","value":${'['.repeat(500)}${']'.repeat(500)}}`, /^Line 1: expected values nested at most 200 deep/],
    [`{"process":0,"type":"invoke","f":"read","key":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, /^Line 1: expected values nested at most 200 deep/],
    [`{"process":0,"type":"invoke","f":"read"}\n${'['.repeat(50_000)}${']'.repeat(50_000)}`, /^Line 2: expected values nested at most 200 deep/],
  ])('a line that is no event is refused: %#', (text, message) => { expect(complaint(text)).toMatch(message) })
})

describe("Jepsen's EDN", () => {
  const EDN = `
    {:process 0, :type :invoke, :f :write, :value 1, :time 10, :index 0}
    {:process :nemesis, :type :info, :f :start-partition, :value nil, :index 1}
    {:process 1, :type :invoke, :f :read, :value nil} ; a comment
    #_{:process 77 :type :bogus}
    {:process 0, :type :ok, :f :write, :value 1} {:process 1, :type :ok, :f :read, :value 1}
    #jepsen.history.Op{:process 2, :type :invoke, :f :cas, :value [1 2], :error #{:a :b}}
    {:process 2, :type :info, :f :cas, :value [1 2], :error [:timeout "x \\"y\\" \\u00e9"]}
    {:type :invoke :process 3 :f :write :value 9 :at #inst "2020-01-01"}
    {:type :fail :process 3 :f :write :value 9N :ratio 1/3 :c \\newline}
    {:process 4, :type :invoke, :f :read, :value nil}`

  test('one form after the other, or all in one vector', () => {
    expect(formatOf(EDN)).toBe('edn')
    expect(told(EDN)).toEqual(OPERATIONS)
    expect(told(`[${EDN}]`)).toEqual(OPERATIONS)
    expect(told(`; header\n(${EDN})`)).toEqual(OPERATIONS)
    expect(read(EDN).operations[1]?.line).toBe(4)
  })

  test('pairs of an independent test are taken apart; values that are pairs are not', () => {
    expect(told(`{:process 0 :type :invoke :f :read :value [7 nil]} {:process 1 :type :invoke :f :write :value [8 3]}
      {:process 0 :type :ok :f :read :value [7 nil]} {:process 1 :type :ok :f :write :value [8 3]}
      {:process 0 :type :invoke :f :cas :value [7 [1 2]]} {:process 0 :type :fail :f :cas :value [7 [1 2]]}`))
      .toEqual([[0, 'read', 7, null, null, 'ok'], [1, 'write', 8, 3, 3, 'ok'], [0, 'cas', 7, [1, 2], null, 'fail']])
    expect(told('{:process 0 :type :invoke :f :cas :value [7 8]} {:process 1 :type :invoke :f :read :value nil}')[0])
      .toEqual([0, 'cas', null, [7, 8], null, 'unknown'])
    expect(told('{:process 0 :type :invoke :f :txn :value [[:r 1 nil] [:append 1 2]]}')[0])
      .toEqual([0, 'txn', null, [[':r', 1, null], [':append', 1, 2]], null, 'unknown'])
  })

  test("transactions that are not named, as in Elle's own histories", () => {
    expect(told('{:process 0 :type :invoke :value [[:append 1 2]]} {:process 0 :type :ok :value [[:append 1 2]]} {:process 1 :type :invoke :f nil :value []}'))
      .toEqual([[0, 'txn', null, [[':append', 1, 2]], [[':append', 1, 2]], 'ok'], [1, 'txn', null, [], null, 'unknown']])
    expect(complaint('{:process 0 :type :invoke :value [1 2]}')).toMatch(/^Line 1: expected "f"/)
  })

  test.each([
    ['{:process 0 :type :invoke :f :read', /^Line 1: expected } at the end of what begins with {, found the end of the file/],
    ['\n{:process 0 :type}', /^Line 2: expected a value for each key of the map that begins on line 2/],
    ['{:process 0 :type :invoke :f :read :value "x', /expected " at the end of a string/],
    ['{:process 0 :type :invoke :f :read :value 1x}', /expected a number, found "1x}"/],
    ['{:process 0} ]', /^Line 1: expected a value, found "]"/],
    ['{:process 0 :type :huh :f :read}', /expected "type" to be invoke, ok, fail or info, found "huh"/],
    [`{:process 0 :value ${'['.repeat(1_000)}`, /nested at most/],
  ])('what is no EDN is refused: %#', (text, message) => { expect(complaint(text)).toMatch(message) })

  test('atoms', () => {
    const all = readEdn('nil true -7 +7 12345678901234567890 1.5 2M 1e3 1/4 \\a \\space \\u0041 "a\\tb" :k/w sym #{2 1} #uuid "x" #:a{:b 1} ^{:m 1} [^x y] ##Inf (1 2) #_ #_ 1 2 3')
    expect(all.ok && all.value.map((each) => canonical(asValue(each)))).toEqual(['null', 'true', '-7', '7', '12345678901234567890', '1.5', '2', '1000', '0.25',
      '"a"', '" "', '"A"', '"a\\tb"', '":k/w"', '"sym"', '[1,2]', '"x"', '{":b":1}', '["y"]', 'Infinity', '[1,2]', '3'])
  })
})

const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, fc.constant(null), fc.boolean(), fc.maxSafeInteger(), fc.bigInt({ min: 2n ** 60n, max: 2n ** 70n }), fc.string(),
    fc.string({ unit: 'grapheme' }), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.array(tie('value')), fc.dictionary(fc.string(), tie('value'))),
})).value

function edn(value: Value): string {
  if (value === null) return 'nil'
  if (typeof value === 'string') return `"${value.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`
  if (typeof value !== 'object') return typeof value === 'number' && !Number.isInteger(value) ? value.toExponential() : canonical(value)
  if (Array.isArray(value)) return `[${value.map(edn).join(' ')}]`
  return `{${Object.entries(value).map(([key, each]) => `${edn(key)} ${edn(each)}`).join(', ')}}`
}

describe('the readers are total', { timeout: 60_000 }, () => {
  test('what is written is read back', () => {
    fc.assert(fc.property(values, (value) => {
      const form = readEdn(edn(value))
      expect(form.ok && canonical(asValue(form.value[0] ?? null))).toBe(canonical(value))
      const json = parseJson(canonical(value))
      expect(json !== undefined && canonical(json)).toBe(canonical(value))
    }), { numRuns: 500 })
  })

  test('any text is a history or a sentence', () => {
    const pieces = fc.constantFrom('{', '}', '[', ']', '(', ')', '#', '#{', '#_', '"', '\\', ';', ':process', ':type', ':invoke', ':f', ' ', '\n', '1', 'nil', ':', '^',
      '"process":', '"type":"ok"', ',', '##', '/', '-')
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.array(pieces).map((all) => all.join(''))), (text) => {
      for (const format of ['edn', 'ndjson'] as const) {
        const result = readHistory(text, format)
        expect(result.ok || result.error.message.length > 10).toBe(true)
      }
    }), { numRuns: 1_000 })
  })

  test('a map knows the line on which it begins', () => {
    const forms = readEdn('\n\n[{:a "x\ny"}\n {:b 1}]')
    expect(forms.ok && (forms.value[0] as readonly EdnMap[]).map(({ line }) => line)).toEqual([3, 5])
  })
})
