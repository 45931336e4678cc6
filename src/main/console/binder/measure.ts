/** How much a received value holds, without recursion and without reading further than the limit. */

export interface MeasureLimits {
  readonly bytesMax: number
  /** Objects, array items and properties together. */
  readonly itemsMax: number
}

const BYTES_PER_SCALAR = 8

/** True if the value holds at most the bytes and items given. Objects met twice (cycles too) count once. */
export function fitsWithin(value: unknown, limits: MeasureLimits): boolean {
  const seen = new Set<object>()
  const open: unknown[] = [value]
  let bytes = 0
  let items = 0
  while (open.length > 0) {
    const each = open.pop()
    items += 1
    if (typeof each === 'string') bytes += each.length
    else if (typeof each === 'object' && each !== null) {
      if (seen.has(each)) continue
      seen.add(each)
      bytes += addContent(each, open, limits.itemsMax - items)
    } else bytes += BYTES_PER_SCALAR
    if (bytes > limits.bytesMax || items + open.length > limits.itemsMax) return false
  }
  return true
}

/** Pushes what `container` holds (a little more than `room` at most) and returns the bytes of its own. */
function addContent(container: object, open: unknown[], room: number): number {
  if (ArrayBuffer.isView(container)) return container.byteLength
  if (container instanceof ArrayBuffer || container instanceof SharedArrayBuffer) return container.byteLength
  let left = room + 1
  let bytes = BYTES_PER_SCALAR
  const add = (each: unknown): boolean => {
    open.push(each)
    left -= 1
    return left > 0
  }
  if (container instanceof Map) {
    for (const [key, each] of container) if (!add(key) || !add(each)) break
  } else if (container instanceof Set) {
    for (const each of container) if (!add(each)) break
  } else if (Array.isArray(container)) {
    // A sparse array may claim a length of 2^32 - 1: it is not walked index by index.
    if (container.length > room) return Number.MAX_SAFE_INTEGER
    for (const each of container) open.push(each)
  } else {
    for (const key of Object.keys(container)) {
      bytes += key.length
      if (!add((container as Record<string, unknown>)[key])) break
    }
  }
  return bytes
}
