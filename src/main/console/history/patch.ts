/**
 * The structural difference of two plain values. A patch is [value] (put in place), null (take away) or an object of
 * patches by key; array elements go by their index. Applying one shares every part that did not change.
 */
export type Patch = readonly [unknown] | { readonly [key: string]: Patch | null }

type Plain = Readonly<Record<string, unknown>>

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

/** As an own property, whatever the key: one named __proto__ is data here. */
function assign(holder: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
  else holder[key] = value
}

/** undefined: no difference. Keys whose value is undefined count as absent. */
export function diff(before: unknown, after: unknown): Patch | undefined {
  if (Object.is(before, after)) return undefined
  if (Array.isArray(before) && Array.isArray(after)) return before.length === after.length ? diffKeys({ ...before }, { ...after }) : [after]
  return isPlain(before) && isPlain(after) ? diffKeys(before, after) : [after]
}

function diffKeys(before: Plain, after: Plain): Patch | undefined {
  const patch: Record<string, Patch | null> = {}
  let changed = false
  const put = (key: string, value: Patch | null): void => {
    assign(patch, key, value)
    changed = true
  }
  for (const key of Object.keys(after)) {
    const value = after[key]
    if (value === undefined) continue
    const inner = Object.hasOwn(before, key) && before[key] !== undefined ? diff(before[key], value) : ([value] as const)
    if (inner !== undefined) put(key, inner)
  }
  for (const key of Object.keys(before)) if (before[key] !== undefined && after[key] === undefined) put(key, null)
  return changed ? patch : undefined
}

const isReplacement = (patch: Patch): patch is readonly [unknown] => Array.isArray(patch)

/** The value after the patch. `before` is left as it is. */
export function applyPatch(before: unknown, patch: Patch): unknown {
  if (isReplacement(patch)) return patch[0]
  if (Array.isArray(before)) {
    const items: unknown[] = [...(before as unknown[])]
    for (const [key, inner] of Object.entries(patch)) if (inner !== null) items[Number(key)] = applyPatch(items[Number(key)], inner)
    return items
  }
  const copy: Record<string, unknown> = isPlain(before) ? { ...before } : {}
  for (const [key, inner] of Object.entries(patch)) {
    if (inner === null) delete copy[key]
    else assign(copy, key, applyPatch(copy[key], inner))
  }
  return copy
}
