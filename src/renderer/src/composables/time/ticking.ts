import { onScopeDispose, readonly, shallowRef, type Ref } from 'vue'

/** The clock, read every `everyMs` for as long as the component or store lives. */
export function useTicking(everyMs: number): Readonly<Ref<number>> {
  const nowMs = shallowRef(Date.now())
  const timer = setInterval(() => (nowMs.value = Date.now()), everyMs)
  onScopeDispose(() => clearInterval(timer))
  return readonly(nowMs)
}
