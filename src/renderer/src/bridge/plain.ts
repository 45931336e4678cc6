/**
 * A copy that structured clone and JSON can carry: reactive proxies become plain objects and arrays. Bytes and bigint pass;
 * properties that are undefined are left out.
 */
export function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined).map(([key, each]) => [key, plain(each)]))
}
