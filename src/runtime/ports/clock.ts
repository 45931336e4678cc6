/** Monotonic milliseconds, for durations only. */
export interface Clock {
  nowMs(): number
}
