/** Values of histories: whatever JSON can say, and integers beyond 2^53. Two values are equal where their texts are. */
export type Value = null | boolean | number | bigint | string | readonly Value[] | { readonly [name: string]: Value }

/** Nested deeper than this, a value is refused by the readers of histories. */
export const VALUE_DEPTH_MAX = 200

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value)

/** One text for each value: fields in order, integers of any size by their digits. Equal values, and only they, have equal texts. */
export function canonical(value: Value): string {
  if (value === null) return 'null'
  switch (typeof value) {
    case 'string': return JSON.stringify(value)
    case 'bigint': return value.toString()
    case 'number': return Object.is(value, -0) ? '0' : Number.isInteger(value) ? BigInt(value).toString() : String(value)
    case 'boolean': return String(value)
    default: break
  }
  if (isList(value)) return `[${value.map(canonical).join(',')}]`
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${fields.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(',')}}`
}

/** Small numbers for values, so that a search compares numbers and never texts. */
export class ValueTable {
  readonly #ids = new Map<string, number>()
  readonly #values: Value[] = []

  id(value: Value): number {
    const text = canonical(value)
    const known = this.#ids.get(text)
    if (known !== undefined) return known
    const id = this.#values.length
    this.#ids.set(text, id)
    this.#values.push(value)
    return id
  }

  value(id: number): Value {
    return this.#values[id] ?? null
  }

  get size(): number {
    return this.#values.length
  }
}

/** For sentences: long values are cut in the middle. */
export function shown(value: Value, charactersMax = 60): string {
  const text = canonical(value)
  if (text.length <= charactersMax) return text
  const half = Math.floor((charactersMax - 3) / 2)
  return `${text.slice(0, half)}...${text.slice(-half)}`
}
