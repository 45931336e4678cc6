/**
 * JSON for values that hold 64-bit integers: a bigint travels as {"$bigint":"123"}, a byte array as {"$bytes":"hex"}.
 * Used wherever structured clone is not at hand (WebSocket, standard output, SQLite).
 */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function pack(this: unknown, _key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: value.toString() }
  if (value instanceof Uint8Array) return { $bytes: Array.from(value, (byte) => HEX[byte]).join('') }
  return value
}

function unpack(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const keys = Object.keys(value)
  if (keys.length !== 1) return value
  const record = value as Record<string, unknown>
  if (typeof record['$bigint'] === 'string' && /^-?\d{1,40}$/.test(record['$bigint'])) return BigInt(record['$bigint'])
  if (typeof record['$bytes'] === 'string' && /^([0-9a-f]{2})*$/.test(record['$bytes'])) {
    const hex = record['$bytes']
    return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16))
  }
  return value
}

export function toJson(value: unknown): string {
  return JSON.stringify(value, pack)
}

/** Throws SyntaxError on text that is not JSON. The result is unknown: parse it against a schema. */
export function fromJson(text: string): unknown {
  return JSON.parse(text, unpack) as unknown
}

/** For files and programs outside Quorate: 64-bit integers as decimal strings. See docs/json.md. */
export function toPublicJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? each.toString() : each), indent)
}
