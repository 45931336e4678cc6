/** The scale of the time bar: pure. */
export interface TimeWindow {
  readonly fromMs: number
  readonly toMs: number
}
export interface TimeTick {
  readonly atMs: number
  readonly kind: 'election' | 'leader' | 'alert' | 'lost'
  readonly text: string
}

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
export const RANGES_MS = [5 * MINUTE_MS, 30 * MINUTE_MS, 3 * HOUR_MS, DAY_MS, 7 * DAY_MS] as const
const STEPS_MS = [
  5 * SECOND_MS, 10 * SECOND_MS, 30 * SECOND_MS, MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS, DAY_MS,
]

/** Where a moment lies on the track, 0 to 1. */
export const shareOf = (window: TimeWindow, atMs: number): number => Math.min(1, Math.max(0, (atMs - window.fromMs) / (window.toMs - window.fromMs)))
export const momentAt = (window: TimeWindow, share: number): number => window.fromMs + Math.min(1, Math.max(0, share)) * (window.toMs - window.fromMs)

/** Round times for labels, at most `labelsMax`. `offsetMs` is the local time's distance from UTC. */
export function labelTimes(window: TimeWindow, labelsMax: number, offsetMs: number): readonly number[] {
  const length = window.toMs - window.fromMs
  const step = STEPS_MS.find((each) => length / each <= labelsMax) ?? DAY_MS * Math.ceil(length / DAY_MS / labelsMax)
  const times: number[] = []
  for (let at = Math.ceil((window.fromMs + offsetMs) / step) * step - offsetMs; at < window.toMs; at += step) times.push(at)
  return times
}

/** The window that shows `atMs`: as it is where it already does, else moved so that the moment lies in its middle. */
export function windowAround(window: TimeWindow, atMs: number, nowMs: number): TimeWindow {
  if (atMs >= window.fromMs && atMs <= window.toMs) return window
  const length = window.toMs - window.fromMs
  const toMs = Math.min(nowMs, atMs + length / 2)
  return { fromMs: toMs - length, toMs }
}
