import { onScopeDispose, readonly, shallowRef, type Ref } from 'vue'
import type { Failure, Result } from '../../../../core/base'

export interface Request<Arguments extends unknown[], Value> {
  /** Runs it; an earlier run that is still under way is cancelled and its answer dropped. */
  run(...given: Arguments): Promise<Result<Value> | null>
  cancel(): void
  readonly busy: Readonly<Ref<boolean>>
  readonly failure: Readonly<Ref<Failure | null>>
  readonly value: Readonly<Ref<Value | null>>
}

/** A call with its state for a screen: busy, failed, or a value. Ends with the component. */
export function useRequest<Arguments extends unknown[], Value>(
  perform: (signal: AbortSignal, ...given: Arguments) => Promise<Result<Value>>,
): Request<Arguments, Value> {
  const busy = shallowRef(false)
  const failure = shallowRef<Failure | null>(null)
  const value = shallowRef<Value | null>(null) as Ref<Value | null>
  let current: AbortController | null = null
  const cancel = (): void => {
    current?.abort()
    current = null
    busy.value = false
  }
  const run = async (...given: Arguments): Promise<Result<Value> | null> => {
    current?.abort()
    const mine = (current = new AbortController())
    busy.value = true
    failure.value = null
    const result = await perform(mine.signal, ...given)
    if (current !== mine) return null
    current = null
    busy.value = false
    if (result.ok) value.value = result.value
    else failure.value = result.error
    return result
  }
  onScopeDispose(cancel)
  return { run, cancel, busy: readonly(busy), failure: readonly(failure), value }
}
