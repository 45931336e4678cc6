/**
 * Outcomes of what the world can do. A broken invariant throws (see assert.ts); a refused connection, a full
 * disk or a wrong password is a Failure with a code from a closed list, a sentence for a person, and what to do next.
 */
export interface Failure<Code extends string = string> {
  readonly code: Code
  /** One neutral, complete sentence that says what happened. Never holds a secret. */
  readonly message: string
  /** What the person can do about it. */
  readonly hint?: string
}

export type Result<Value, Code extends string = string> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: Failure<Code> }

export function ok(): { readonly ok: true; readonly value: undefined }
export function ok<Value>(value: Value): { readonly ok: true; readonly value: Value }
export function ok<Value>(value?: Value): { readonly ok: true; readonly value: Value | undefined } {
  return { ok: true, value }
}

export function fail<Code extends string>(
  code: Code,
  message: string,
  hint?: string,
): { readonly ok: false; readonly error: Failure<Code> } {
  return { ok: false, error: hint === undefined ? { code, message } : { code, message, hint } }
}
