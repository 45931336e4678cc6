/**
 * Reads a history file: events in the order of real time, as NDJSON or as Jepsen's EDN, told apart by how the text begins.
 * Operations of the nemesis are left out. Where every value is a pair [key value], as Jepsen's independent tests write them, and at
 * least one is [key nil] or a cas of [key [from to]], the pairs are taken apart.
 */
import { fail, ok, type Result } from '../../base'
import { pairEvents, type EventType, type History, type HistoryEvent } from '../history'
import { isList, shown, VALUE_DEPTH_MAX, type Value } from '../values'
import { EdnMap, EdnTagged, readEdn, type Edn } from './edn'
import { asValue, isTooDeep } from './edn-values'
import { parseJson } from './json-lines'

const TYPES: readonly string[] = ['invoke', 'ok', 'fail', 'info']

type Read<T> = Result<T, 'bad-history'>

/** One event as it stands in the file. */
interface Raw {
  readonly line: number
  readonly field: (name: string) => Value | undefined
}

const complaint = (line: number, expected: string, found?: Value): string =>
  `Line ${String(line)}: expected ${expected}${found === undefined ? '' : `, found ${shown(found)}`}.`
const wrong = (line: number, expected: string, found?: Value): Read<never> => fail('bad-history', complaint(line, expected, found))

const HINT = 'Each event is {"process": 3, "type": "invoke"|"ok"|"fail"|"info", "f": "read", "key": "x", "value": 1}, or the same as a map of EDN.'

export type HistoryFormat = 'ndjson' | 'edn'

/** By the first characters that are neither space nor a comment. */
export function formatOf(text: string): HistoryFormat {
  const start = text.slice(0, 4096).trimStart()
  if (/^[;#(^]/.test(start)) return 'edn'
  return /^\[?\s*\{\s*:/.test(start) || /^\[\s*[#;]/.test(start) ? 'edn' : 'ndjson'
}

function jsonRaws(text: string): Read<Raw[]> {
  const raws: Raw[] = []
  const add = (value: Value, line: number): Read<undefined> => {
    if (isTooDeep(value)) return wrong(line, `values nested at most ${String(VALUE_DEPTH_MAX)} deep`)
    if (value === null || typeof value !== 'object' || isList(value)) return wrong(line, 'an event as a JSON object', value)
    const event = value as Readonly<Record<string, Value>>
    raws.push({ line, field: (name) => (Object.hasOwn(event, name) ? event[name] : undefined) })
    return ok()
  }
  const whole = text.trimStart().startsWith('[') ? parseJson(text) : undefined
  if (whole !== undefined && isList(whole)) {
    for (const [i, each] of whole.entries()) {
      const added = add(each, i + 1)
      if (!added.ok) return fail('bad-history', `Element ${String(i + 1)} of the list: ${added.error.message.replace(/^Line \d+: /, '')}`)
    }
    return ok(raws)
  }
  let line = 0
  for (const each of text.split('\n')) {
    line++
    if (each.trim() === '') continue
    const value = parseJson(each)
    if (value === undefined) return wrong(line, 'an event as a JSON object on one line', each.trim().slice(0, 40))
    const added = add(value, line)
    if (!added.ok) return added
  }
  return ok(raws)
}

function ednRaws(text: string): Read<Raw[]> {
  const forms = readEdn(text)
  if (!forms.ok) return forms
  const raws: Raw[] = []
  const add = (form: Edn, depth: number): Read<undefined> => {
    if (form instanceof EdnTagged) return add(form.value, depth)
    if (form instanceof EdnMap) {
      raws.push({ line: form.line, field: (name) => {
        const found = form.get(name)
        return found === undefined ? undefined : asValue(found)
      } })
      return ok()
    }
    if (!Array.isArray(form) || depth > 0) return fail('bad-history', `Event ${String(raws.length + 1)}: expected a map, found ${shown(asValue(form))}.`)
    for (const each of form as readonly Edn[]) {
      const added = add(each, depth + 1)
      if (!added.ok) return added
    }
    return ok()
  }
  for (const form of forms.value) {
    const added = add(form, 0)
    if (!added.ok) return added
  }
  return ok(raws)
}

/** A keyword or a string as a bare word. */
const bare = (value: Value | undefined): Value | undefined => (typeof value === 'string' ? value.replace(/^:/, '') : value)

/** Elle's own histories do not name what is always a transaction. */
const isTransaction = (value: Value | undefined): boolean => value !== undefined && isList(value) && value.every(isList)

function eventOf({ line, field }: Raw): Read<HistoryEvent | null> {
  const number = bare(field('process'))
  // Clients with random names of 64 bits are common.
  const process = typeof number === 'bigint' ? String(number) : number
  if (process === 'nemesis') return ok(null)
  if (typeof process !== 'string' && !(typeof process === 'number' && Number.isInteger(process))) {
    return wrong(line, '"process" to be a whole number or a name', process ?? null)
  }
  const type = bare(field('type'))
  if (typeof type !== 'string' || !TYPES.includes(type)) return wrong(line, '"type" to be invoke, ok, fail or info', type ?? null)
  const value = field('value')
  const f = bare(field('f')) ?? (type === 'invoke' && isTransaction(value) ? 'txn' : null)
  if (typeof f !== 'string' && !(f === null && type !== 'invoke')) return wrong(line, '"f" to be the name of an operation', f)
  const time = field('time')
  return ok({
    process, type: type as EventType, f, key: field('key') ?? null, value, line,
    time: typeof time === 'number' ? time : typeof time === 'bigint' ? Number(time) : null,
  })
}

/** Events of Jepsen's independent tests have [key value] for a value. */
function withKeys(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  const invocations = events.filter(({ type }) => type === 'invoke')
  const isPair = (value: Value | undefined): value is readonly [Value, Value] => value !== undefined && isList(value) && value.length === 2
  const isTelling = ({ f, value }: HistoryEvent): boolean => isPair(value) && (f === 'cas' ? isPair(value[1]) : value[1] === null)
  const fits = ({ f, key, value }: HistoryEvent): boolean => key === null && f !== 'txn' && isPair(value) && (f !== 'cas' || isPair(value[1]))
  if (!invocations.some(isTelling) || !invocations.every(fits)) return events
  return events.map((event) => (isPair(event.value) ? { ...event, key: event.value[0], value: event.value[1] } : event))
}

/** A history, or the line at fault and what was expected there. An empty text is an empty history. */
export function readHistory(text: string, format: HistoryFormat = formatOf(text)): Result<History, 'bad-history'> {
  const bom = text.startsWith('\uFEFF') ? text.slice(1) : text
  const raws = format === 'edn' ? ednRaws(bom) : jsonRaws(bom)
  if (!raws.ok) return fail('bad-history', raws.error.message, HINT)
  const events: HistoryEvent[] = []
  for (const raw of raws.value) {
    const event = eventOf(raw)
    if (!event.ok) return fail('bad-history', event.error.message, HINT)
    if (event.value !== null) events.push(event.value)
  }
  const keyed = withKeys(events)
  const paired = pairEvents(keyed)
  if (!('expected' in paired)) return ok(paired)
  return fail('bad-history', complaint(keyed[paired.at]?.line ?? 0, paired.expected), 'A completion belongs to the last open invocation of its process.')
}
