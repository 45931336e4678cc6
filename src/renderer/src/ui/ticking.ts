/** One timer for all relative times on screen. It runs only while something is shown that needs it. */
import { onScopeDispose, readonly, shallowRef, type Ref } from 'vue'

const TICK_MS = 1_000
const nowMs = shallowRef(Date.now())
let users = 0
let timer: ReturnType<typeof setInterval> | undefined

export function useNow(): Readonly<Ref<number>> {
  users += 1
  if (users === 1) {
    nowMs.value = Date.now()
    timer = setInterval(() => (nowMs.value = Date.now()), TICK_MS)
  }
  onScopeDispose(() => {
    users -= 1
    if (users === 0) clearInterval(timer)
  })
  return readonly(nowMs)
}
