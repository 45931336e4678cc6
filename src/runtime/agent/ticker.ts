/** Calls `tick` once per `tickMs` on average. After a pause of the process only a few ticks are made up for. */
export function startTicker(tickMs: number, ticksAtOnceMax: number, nowMs: () => number, tick: () => void): () => void {
  let dueMs = nowMs() + tickMs
  const timer = setInterval(() => {
    const now = nowMs()
    let ticks = 0
    for (; dueMs <= now && ticks < ticksAtOnceMax; ticks += 1) {
      dueMs += tickMs
      tick()
    }
    if (dueMs <= now) dueMs = now + tickMs
  }, tickMs)
  return () => { clearInterval(timer) }
}
