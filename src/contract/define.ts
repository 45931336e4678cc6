/**
 * How a contract is written: calls and streams, each with the schema of its input, the type of what comes back, and the
 * closed list of errors. Nothing here runs; the binder (main/console/binder) and the bridge (renderer/src/bridge) derive
 * their types from it, so that a handler that is missing does not compile.
 */
import type { GenericSchema, InferOutput } from 'valibot'

/** Errors that any call may end with, beside its own. */
export type CommonErrorCode = 'invalid-input' | 'cancelled' | 'internal' | 'not-found' | 'disconnected' | 'too-large'

export interface CallDefinition<Schema extends GenericSchema = GenericSchema, Output = unknown, Code extends string = string> {
  readonly kind: 'call'
  readonly input: Schema
  readonly errors: readonly Code[]
  /** Type only; never present at run time. */
  readonly output?: Output
}

export interface StreamDefinition<Schema extends GenericSchema = GenericSchema, Payload = unknown> {
  readonly kind: 'stream'
  readonly input: Schema
  readonly queue: {
    /** What happens when the receiver is slow: `coalesce` keeps the newest per key, `drop-oldest` counts what it drops. */
    readonly policy: 'coalesce' | 'drop-oldest'
    readonly itemsMax: number
  }
  /** Type only; never present at run time. */
  readonly payload?: Payload
}

export type Contract = Readonly<Record<string, CallDefinition | StreamDefinition>>

/** `call<Output>()(schema, ['code', ...])` */
export const call =
  <Output>() =>
  <Schema extends GenericSchema, const Codes extends readonly string[]>(
    input: Schema,
    errors: Codes,
  ): CallDefinition<Schema, Output, Codes[number]> => ({ kind: 'call', input, errors })

/** `stream<Payload>()(schema, { policy, itemsMax })` */
export const stream =
  <Payload>() =>
  <Schema extends GenericSchema>(input: Schema, queue: StreamDefinition['queue']): StreamDefinition<Schema, Payload> => ({
    kind: 'stream',
    input,
    queue,
  })

export type CallName<C extends Contract> = { [Name in keyof C]: C[Name] extends CallDefinition ? Name : never }[keyof C] & string
export type StreamName<C extends Contract> = { [Name in keyof C]: C[Name] extends StreamDefinition ? Name : never }[keyof C] & string
export type InputOf<D> = D extends { readonly input: infer Schema extends GenericSchema } ? InferOutput<Schema> : never
export type OutputOf<D> = D extends CallDefinition<GenericSchema, infer Output> ? Output : never
export type PayloadOf<D> = D extends StreamDefinition<GenericSchema, infer Payload> ? Payload : never
export type CodeOf<D> = D extends CallDefinition<GenericSchema, unknown, infer Code> ? Code | CommonErrorCode : never
