/**
 * Notices that this process did not run for a while: the machine slept, the process was stopped, or the event loop was
 * blocked. What was not observed meanwhile is a gap, not a failure.
 */
export const SLEEP_LIMITS = {
  beatMs: 500,
  /** A beat that comes this much too late means that time was lost. */
  lateMs: 2_500,
} as const

export interface SleepOptions {
  readonly nowMs: () => number
  readonly onBeat: () => void
  /** Told before the beat that found it. */
  readonly onGap: (fromMs: number, toMs: number) => void
}

export function watchForSleep(options: SleepOptions): { close(): void } {
  let lastMs = options.nowMs()
  const timer = setInterval(() => {
    const nowMs = options.nowMs()
    if (nowMs - lastMs > SLEEP_LIMITS.beatMs + SLEEP_LIMITS.lateMs) options.onGap(lastMs, nowMs)
    lastMs = nowMs
    options.onBeat()
  }, SLEEP_LIMITS.beatMs)
  return { close: () => clearInterval(timer) }
}
