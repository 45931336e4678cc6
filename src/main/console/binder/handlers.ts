/** The types that handlers of a contract must have. */
import type { Failure, Result } from '../../../core/base'
import type {
  CallDefinition, CodeOf, CommonErrorCode, Contract, InputOf, OutputOf, PayloadOf, StreamDefinition,
} from '../../../contract/define'

export interface CallContext {
  /** Aborted when the caller cancels, the connection ends, or the call takes too long. */
  readonly signal: AbortSignal
}

export type CallHandler<D> = (
  input: InputOf<D>,
  context: CallContext,
) => Result<OutputOf<D>, CodeOf<D>> | Promise<Result<OutputOf<D>, CodeOf<D>>>

export interface StreamSink<Payload> {
  /** Never blocks. For streams that coalesce, `key` says which earlier payload this one replaces. */
  push(payload: Payload, key?: string): void
  /** Ends the stream from this side. */
  end(error?: Failure<CommonErrorCode>): void
}

/** Opens a stream. The value of a good Result is called once when the stream ends, whoever ends it. */
export type StreamHandler<D> = (
  input: InputOf<D>,
  sink: StreamSink<PayloadOf<D>>,
) => Result<() => void, CommonErrorCode> | Promise<Result<() => void, CommonErrorCode>>

export type Handlers<C extends Contract> = {
  readonly [Name in keyof C]: C[Name] extends CallDefinition
    ? CallHandler<C[Name]>
    : C[Name] extends StreamDefinition
      ? StreamHandler<C[Name]>
      : never
}
