/** Operations and failures in words. */
import type { Operation } from '../history'
import type { ModelName } from '../models'
import { isList, shown, type Value } from '../values'

const isEmpty = (value: Value): boolean => value === null || value === 'empty'

/** The reads of a transaction are what tells. */
const TRANSACTION_CHARACTERS_MAX = 120

/** What an operation did, as in "read 3". */
export function phrase({ f, input, output, outcome }: Operation): string {
  const known = outcome === 'ok'
  switch (f) {
    case 'read': case 'get': return known ? `${f} ${shown(output)}` : f
    case 'cas': return `cas ${isList(input) ? `${shown(input[0] ?? null)} to ${shown(input[1] ?? null)}` : shown(input)}`
    case 'dequeue': return known ? `dequeue ${isEmpty(output) ? 'empty' : shown(output)}` : f
    case 'txn': return `txn ${shown(known ? output : input, TRANSACTION_CHARACTERS_MAX)}`
    case 'acquire': return known && output !== null && input === null ? `acquire, token ${shown(output)}` : f
    case 'release': case 'increment': case 'decrement': case 'delete': return input === null ? f : `${f} ${shown(input)}`
    default: return `${f} ${shown(input === null ? output : input)}`
  }
}

/** As text on one line, with where it stands in the file. */
export function described(operation: Operation): string {
  const { process, line, outcome } = operation
  const place = line === null ? '' : ` (line ${String(line)})`
  return `process ${String(process)} ${phrase(operation)}${outcome === 'unknown' ? ', outcome unknown' : ''}${place}`
}

const isRead = (f: string): boolean => f === 'read' || f === 'get' || f === 'dequeue'

export function sentenceOf(model: ModelName, key: Value, culprit: Operation | null, possible: readonly string[]): string {
  const where = key === null ? '' : `Key ${shown(key)}: `
  if (culprit === null) return `${where}no order of the operations, each between its beginning and its end, is one that a ${model} could have carried out.`
  const what = `${where}there is no moment for "${described(culprit)}" between its beginning and its end`
  if (possible.length === 0) return `${what}.`
  return isRead(culprit.f) ? `${what}: it could have been ${possible.join(' or ')}.` : `${what}: ${possible.join('; or ')}.`
}
