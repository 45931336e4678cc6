/** A stretch of recorded history that can be scrubbed through: pure, so that any moment of it is found at once. */
import type { ClusterMoment, NodeObservation } from '../../../../core/observation'
import { applyChange, NOTHING_EARLIER, remember, type Earlier } from '../../../../core/observe'

/** What came before is remembered at this grain. */
const CHECKPOINT_MS = 1_000

interface Checkpoint {
  readonly atMs: number
  /** How many changes lie before it. */
  readonly changes: number
  readonly moment: ClusterMoment
  readonly earlier: Earlier
}
export interface Recording {
  readonly fromMs: number
  readonly untilMs: number
  readonly changes: readonly NodeObservation[]
  readonly checkpoints: readonly Checkpoint[]
}
export interface MomentView {
  readonly moment: ClusterMoment
  readonly earlier: Earlier
}

/** `before` is what was remembered at the end of the stretch that ends where this one begins. */
export function createRecording(
  base: ClusterMoment,
  changes: readonly NodeObservation[],
  fromMs: number,
  untilMs: number,
  before: Earlier = NOTHING_EARLIER,
): Recording {
  let moment = base
  let earlier = remember(before, base)
  const checkpoints: Checkpoint[] = [{ atMs: fromMs, changes: 0, moment, earlier }]
  changes.forEach((change, at) => {
    const last = checkpoints.at(-1) as Checkpoint
    if (change.atMs - last.atMs >= CHECKPOINT_MS) {
      const atMs = Math.floor(change.atMs / CHECKPOINT_MS) * CHECKPOINT_MS
      earlier = remember(earlier, { ...moment, atMs })
      checkpoints.push({ atMs, changes: at, moment, earlier })
    }
    moment = applyChange(moment, change)
  })
  return { fromMs, untilMs, changes, checkpoints }
}

/** The cluster as it was at `atMs`, which lies within the recording. */
export function momentAt(recording: Recording, atMs: number): MomentView {
  let low = 0
  let high = recording.checkpoints.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((recording.checkpoints[middle]?.atMs ?? 0) <= atMs) low = middle
    else high = middle - 1
  }
  const checkpoint = recording.checkpoints[low] as Checkpoint
  let { moment } = checkpoint
  for (let at = checkpoint.changes; at < recording.changes.length; at += 1) {
    const change = recording.changes[at] as NodeObservation
    if (change.atMs > atMs) break
    moment = applyChange(moment, change)
  }
  return { moment: { ...moment, atMs }, earlier: checkpoint.earlier }
}
