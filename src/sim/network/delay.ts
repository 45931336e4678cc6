/** One-way delay of a message. */
import type { Random } from '../../core/base'
import type { DelayPlan, DelayShape } from '../plan'

/** Pareto with this index: a mean that exists, and a tail that is felt. */
const TAIL_INDEX = 1.5
/** No message takes longer than so many means. */
const TAIL_MEANS_MAX = 60

export function drawDelayMs(random: Random, plan: DelayPlan, shape: DelayShape, factor: number): number {
  const spread = Math.max(0, plan.meanMs - plan.minMs) * factor
  const draw = random.next()
  switch (shape) {
    case 'constant': return plan.minMs + spread
    case 'uniform': return plan.minMs + 2 * spread * draw
    case 'exponential': return plan.minMs + Math.min(20, -Math.log(1 - draw)) * spread
    case 'heavy-tail': {
      const scale = spread * (TAIL_INDEX - 1) / TAIL_INDEX
      return plan.minMs + Math.min(spread * TAIL_MEANS_MAX, scale * (1 - draw) ** (-1 / TAIL_INDEX))
    }
  }
}
