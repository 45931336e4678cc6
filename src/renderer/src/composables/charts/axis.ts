/** Ticks of a time axis, without a date library: round local times, at most as many as there is room for. */

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
export const TICK_STEPS_MS = [
  SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY,
] as const

export function tickStepMs(spanMs: number, ticksMax: number): number {
  return TICK_STEPS_MS.find((step) => spanMs / step <= ticksMax) ?? Math.ceil(spanMs / ticksMax / DAY) * DAY
}

/** `offsetMinutes` is what Date.getTimezoneOffset gives: minutes behind UTC. */
export function timeTicks(fromMs: number, toMs: number, ticksMax: number, offsetMinutes: number): readonly number[] {
  if (toMs <= fromMs) return []
  const step = tickStepMs(toMs - fromMs, ticksMax)
  const shift = offsetMinutes * MINUTE
  const ticks: number[] = []
  for (let at = Math.ceil((fromMs - shift) / step) * step + shift; at <= toMs; at += step) ticks.push(at)
  return ticks
}

/** As much of the time as the distance between ticks needs. */
export function tickText(atMs: number, stepMs: number, locale: string): string {
  const date = new Date(atMs)
  if (stepMs >= DAY) return date.toLocaleDateString(locale, { month: 'short', day: 'numeric' })
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  return date.toLocaleTimeString(locale, stepMs < MINUTE ? { ...clock, second: '2-digit' } : clock)
}

export function clockText(atMs: number, locale: string): string {
  return new Date(atMs).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
}
