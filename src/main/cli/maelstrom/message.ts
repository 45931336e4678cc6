/** Messages of the Maelstrom protocol: one JSON object on a line, with a source, a destination and a body. Parsing is total. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export interface Body { readonly type: string; readonly [key: string]: Json }

export interface Message {
  readonly src: string
  readonly dest: string
  readonly body: Body
}

/** The workbench's own numbers. All but `timeout` and `crash` promise that the operation did not take place and never will. */
export const ERROR_CODES = {
  timeout: 0, notSupported: 10, temporarilyUnavailable: 11, malformedRequest: 12, crash: 13, keyDoesNotExist: 20, preconditionFailed: 22,
} as const

export const errorBody = (code: keyof typeof ERROR_CODES, text: string): Body => ({ type: 'error', code: ERROR_CODES[code], text })

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What walks a value calls itself for each level of it, and must not run out of stack. */
const NESTING_MAX = 256
const isShallow = (value: Json, levels = NESTING_MAX): boolean =>
  typeof value !== 'object' || value === null || (levels > 0 && Object.values(value).every((each: Json) => isShallow(each, levels - 1)))

/** Null where the line is no message. */
export function parseMessage(line: string): Message | null {
  let read: Json
  try {
    read = JSON.parse(line) as Json
  } catch {
    return null
  }
  if (!isObject(read) || !isShallow(read)) return null
  const { src, dest, body } = read
  if (typeof src !== 'string' || typeof dest !== 'string' || !isObject(body) || typeof body['type'] !== 'string') return null
  return { src, dest, body: body as Body }
}

export function stringsOf(value: Json | undefined): readonly string[] | null {
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : null
}

/** The members of an object in the order of their names, so that equal values have equal texts. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] as Json)}`).join(',')}}`
}

export const objectOf = (value: Json | undefined): { readonly [key: string]: Json } | null => (isObject(value) ? value : null)
