/** What a seed aims at. */
import type { Random } from '../../core/base'
import type { ProtocolName } from '../../core/machine'
import type { Profile } from '../plan'

/** Relative weights. Every profile is part of every campaign. */
const WEIGHTS: Readonly<Record<Profile, number>> = { mixed: 5, elections: 4, snapshots: 3, membership: 3, disk: 3, reads: 3, byzantine: 0, calm: 1 }

export function drawProfile(protocol: ProtocolName, random: Random): Profile {
  const weights: Record<Profile, number> = { ...WEIGHTS, ...(protocol === 'pbft' ? { byzantine: 6, membership: 0 } : {}) }
  const names = Object.keys(weights) as Profile[]
  let draw = random.next() * names.reduce((sum, name) => sum + weights[name], 0)
  return names.find((name) => (draw -= weights[name]) < 0) ?? 'mixed'
}
