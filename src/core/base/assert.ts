/** A programmer's error: an invariant does not hold. The unit that owns the state stops. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

/** Throws AssertionError unless `condition` holds. The message states what must be true. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}

/** Narrows away undefined and null where the caller knows a value is there. */
export function present<Value>(value: Value | undefined | null, message: string): Value {
  if (value === undefined || value === null) throw new AssertionError(message)
  return value
}

/** Marks a switch as complete: a new case that is not handled does not compile. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable case: ${JSON.stringify(value)}`)
}
