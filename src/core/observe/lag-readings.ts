/** How far each follower is behind, by the best word there is: the leader's own progress table, else two members' own positions. */
import type { GroupObservation, Measured, NodeObservation, PeerObservation, Position } from '../observation'
import { isUnknown, unknown } from '../observation'
import type { Survey, Voice } from './survey'
import { compareFences, leads } from './survey'
import type { FollowerLag } from './types'

export interface LagReading {
  readonly voice: Voice
  readonly by: string
  readonly atMs: number
  readonly stage: FollowerLag['stage']
  readonly basis: FollowerLag['basis']
  readonly entries: Measured<bigint>
  readonly bytes: Measured<bigint>
  readonly seconds: Measured<number>
  readonly silentForMs: Measured<number>
  readonly flow: Measured<string>
  /** Entries, or bytes where entries are not known; for the trend. */
  readonly distance: number | null
}

/** `ahead` minus `behind`; unknown unless both are known and counted alike. A negative difference means the answers were taken at different moments: 0. */
export function distanceBetween(ahead: Measured<Position>, behind: Measured<Position>): Measured<Position> {
  if (isUnknown(ahead)) return ahead
  if (isUnknown(behind)) return behind
  if (ahead.unit !== behind.unit || ahead.lineage !== behind.lineage) return unknown('not-supported')
  return { ...ahead, value: ahead.value > behind.value ? ahead.value - behind.value : 0n }
}

/** The agreed leader where it answers, else the member that says it leads in the highest fence. */
export function leadingVoice(survey: Survey): (Voice & { readonly group: GroupObservation; readonly observation: NodeObservation }) | null {
  let best: (Voice & { readonly group: GroupObservation; readonly observation: NodeObservation }) | null = null
  for (const voice of survey.voices) {
    const { group, observation } = voice
    if (group === null || observation === null || !leads(group)) continue
    const candidate = { ...voice, group, observation }
    if (survey.quorum && survey.reign?.leaderId === voice.id) return candidate
    if (best === null || isUnknown(best.group.fence)) best = candidate
    else if (!isUnknown(group.fence) && (compareFences(group.fence, best.group.fence) ?? 0) > 0) best = candidate
  }
  return best
}

const clamp = (value: Measured<bigint>): Measured<bigint> => (isUnknown(value) || value >= 0n ? value : 0n)

const distanceOf = (entries: Measured<bigint>, bytes: Measured<bigint>): number | null =>
  !isUnknown(entries) ? Number(entries) : !isUnknown(bytes) ? Number(bytes) : null

function told(voice: Voice, leaderId: string, atMs: number, peer: PeerObservation): LagReading {
  const entries = clamp(peer.lag.entries)
  const bytes = clamp(peer.lag.bytes)
  return {
    voice, by: leaderId, atMs, stage: peer.stage, basis: peer.lag.basis, entries, bytes,
    seconds: peer.lag.seconds, silentForMs: peer.lag.silentForMs, flow: peer.flow, distance: distanceOf(entries, bytes),
  }
}

function compared(voice: Voice, leader: Voice & { group: GroupObservation; observation: NodeObservation }): LagReading {
  const none = unknown(voice.answering ? 'not-reported' : 'unreachable')
  const log = voice.group?.log
  const useApplied = log !== undefined && !isUnknown(log.applied)
  const reached = log === undefined ? none : useApplied ? log.applied : log.last
  const distance = distanceBetween(leader.group.log.committed, reached)
  const count = (unit: Position['unit']): Measured<bigint> =>
    isUnknown(distance) ? distance : distance.unit === unit ? distance.value : unknown('not-supported')
  return {
    voice, by: leader.id, atMs: Math.min(leader.observation.atMs, voice.observation?.atMs ?? leader.observation.atMs),
    stage: useApplied ? 'applied' : 'written', basis: 'self-report-difference',
    entries: count('entries'), bytes: count('bytes'), seconds: unknown('not-reported'),
    silentForMs: unknown('not-reported'), flow: unknown('not-reported'), distance: distanceOf(count('entries'), count('bytes')),
  }
}

/** One reading per member other than the leader; none at all while nobody leads. */
export function lagReadings(survey: Survey): LagReading[] {
  const leader = leadingVoice(survey)
  if (leader === null) return []
  const peers = new Map(leader.group.peers.map((peer) => [peer.id, peer]))
  return survey.voices
    .filter((voice) => voice.id !== leader.id)
    .map((voice) => {
      const peer = peers.get(voice.id)
      return peer === undefined ? compared(voice, leader) : told(voice, leader.id, leader.observation.atMs, peer)
    })
}
