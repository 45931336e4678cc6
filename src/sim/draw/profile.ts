/** What a seed aims at. */
import type { Random } from '../../core/base'
import type { ProtocolName } from '../../core/machine'
import { AIMED_PROFILES, type AimedProfile, type Profile, type SwarmProfile } from '../plan'

/** Relative weights. Every profile is part of every campaign, but for those with options that are off unless someone turns them on. */
const WEIGHTS: Readonly<Record<SwarmProfile, number>> = { mixed: 5, elections: 4, snapshots: 3, membership: 3, disk: 3, reads: 3, byzantine: 0, calm: 1, tentative: 0, options: 0 }

export const isAimed = (profile: Profile): profile is AimedProfile => (AIMED_PROFILES as readonly Profile[]).includes(profile)

export function drawProfile(protocol: ProtocolName, random: Random): SwarmProfile {
  const weights: Record<SwarmProfile, number> = { ...WEIGHTS, ...(protocol === 'pbft' ? { byzantine: 6, membership: 0 } : {}) }
  const names = Object.keys(weights) as SwarmProfile[]
  let draw = random.next() * names.reduce((sum, name) => sum + weights[name], 0)
  return names.find((name) => (draw -= weights[name]) < 0) ?? 'mixed'
}
