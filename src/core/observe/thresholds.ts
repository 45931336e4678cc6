import type { Thresholds } from './types'

/**
 * Limits that hold where the user has set none. 150 ms is the peer round trip at which etcd's own mixin warns; an answer is
 * stale after six polls of the default interval have brought nothing newer.
 */
export const DEFAULT_THRESHOLDS: Thresholds = {
  staleAfterMs: 3_000,
  highLatencyMs: 150,
  lowAvailabilityShare: 0.7,
  lagEntries: 1_000,
}

/** Earlier lag readings kept for the trend, and how far back they reach. */
export const TREND_LIMITS = { pointsMax: 64, windowMs: 60_000, pointsMin: 3, spanMsMin: 1_000 } as const
