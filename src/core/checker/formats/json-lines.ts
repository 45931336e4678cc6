/** JSON in which whole numbers beyond 2^53 stay exact. */
import type { Value } from '../values'

// Strings piece by piece: an alternative for each character overflows the stack of the matcher on long ones.
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
const LONG_NUMBER = /\d{16}/
const MARK = '\u0000bigint:'

function marked(token: string): string {
  if (token.startsWith('"') || !/^-?\d+$/.test(token) || Number.isSafeInteger(Number(token))) return token
  return JSON.stringify(`${MARK}${token}`)
}

/** In place. JSON.parse with a reviver does the same several times slower. */
function restored(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value
  if (value === null || typeof value !== 'object') return value
  const fields = value as Record<string, unknown>
  for (const name of Object.keys(fields)) {
    const each = fields[name]
    if (typeof each === 'string' || typeof each === 'object') fields[name] = restored(each)
  }
  return value
}

/** Undefined where the text is no JSON. */
export function parseJson(text: string): Value | undefined {
  try {
    if (!LONG_NUMBER.test(text)) return JSON.parse(text) as Value
    return restored(JSON.parse(text.replace(STRING_OR_NUMBER, marked))) as Value
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined
    throw error
  }
}
