/** JSON in which whole numbers beyond 2^53 stay exact. */
import type { Value } from '../values'

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
const LONG_NUMBER = /\d{16}/
const MARK = '\u0000bigint:'

function marked(token: string): string {
  if (token.startsWith('"') || !/^-?\d+$/.test(token) || Number.isSafeInteger(Number(token))) return token
  return JSON.stringify(`${MARK}${token}`)
}

const revive = (_name: string, value: unknown): unknown =>
  (typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value)

/** Undefined where the text is no JSON. */
export function parseJson(text: string): Value | undefined {
  try {
    if (!LONG_NUMBER.test(text)) return JSON.parse(text) as Value
    return JSON.parse(text.replace(STRING_OR_NUMBER, marked), revive) as Value
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined
    throw error
  }
}
