export interface Ticker {
  start(): void
  /** Makes the ticks that are due already. For a lease, before every input: what a pause let come in must not meet a clock that stood still. */
  catchUp(): void
  stop(): void
}

export interface TickerOptions {
  readonly tickMs: number
  /** After a pause of the process at most so many ticks are made up for; the rest never happened. */
  readonly ticksAtOnceMax: number
  readonly nowMs: () => number
  readonly tick: () => void
}

/** Calls `tick` once per `tickMs` on average, never more often; nothing before it is started. */
export function createTicker({ tickMs, ticksAtOnceMax, nowMs, tick }: TickerOptions): Ticker {
  let timer: ReturnType<typeof setInterval> | null = null
  let dueMs = 0
  const catchUp = (): void => {
    if (timer === null) return
    const now = nowMs()
    let ticks = 0
    for (; dueMs <= now && ticks < ticksAtOnceMax; ticks += 1) {
      dueMs += tickMs
      tick()
    }
    if (dueMs <= now) dueMs = now + tickMs
  }
  return {
    start: () => {
      dueMs = nowMs() + tickMs
      timer = setInterval(catchUp, tickMs)
    },
    catchUp,
    stop: () => {
      if (timer !== null) clearInterval(timer)
      timer = null
    },
  }
}
