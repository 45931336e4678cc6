import type { Claim, Fence, GroupObservation, Measured, Position } from '../observation'
import { isUnknown, unknown } from '../observation'
import { distanceBetween, leadingVoice } from './lag-readings'
import type { Survey, Voice } from './survey'
import { compareFences, fenceLabel, nameOf } from './survey'
import type { DisagreementMatrix, MatrixCell, MatrixColumn } from './types'

export const MATRIX_COLUMNS: readonly MatrixColumn[] = ['leader', 'fence', 'members', 'last', 'committed', 'applied', 'age']

/** The text of a leader cell where the member says that nobody leads. */
export const NO_LEADER = 'none'

/** Membership as one comparable text: names in order, those that do not vote, or vote in one half of a joint configuration only, marked. */
export function membersText(survey: Survey, group: GroupObservation): Measured<string> {
  if (isUnknown(group.members)) return group.members
  const words = group.members.map(({ id, voter, half }) => (voter ? (half === undefined ? nameOf(survey, id) : `${nameOf(survey, id)} (${half})`) : `${nameOf(survey, id)} (non-voter)`))
  return words.sort().join(', ')
}

export function leaderText(survey: Survey, group: GroupObservation): Measured<string> {
  if (typeof group.leaderId === 'string') return nameOf(survey, group.leaderId)
  return group.leaderId === null ? NO_LEADER : group.leaderId
}

function claimOf(voice: Voice, value: Measured<string>): Claim<string> {
  const atMs = voice.observation?.atMs ?? 0
  return isUnknown(value) ? { unknown: value.unknown, by: voice.id, atMs } : { value, by: voice.id, atMs }
}

/** What more than half of those who say anything say; null where there is no such word or only one speaker. */
function majorityWord(words: readonly Measured<string>[]): string | null {
  const counts = new Map<string, number>()
  let speakers = 0
  for (const word of words) {
    if (isUnknown(word)) continue
    speakers += 1
    counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  if (speakers < 2) return null
  for (const [word, count] of counts) if (count * 2 > speakers) return word
  return null
}

interface Reference {
  readonly leader: string | null
  readonly members: string | null
  readonly fence: Fence | null
  readonly speakers: number
  readonly committed: Measured<Position>
  readonly lagEntries: bigint
}

function referenceOf(survey: Survey): Reference {
  const speaking = survey.voters.flatMap(({ group }) => (group === null ? [] : [group]))
  const fences = speaking.flatMap(({ fence }) => (isUnknown(fence) ? [] : [fence]))
  const agreed = survey.quorum && survey.reign !== null && !isUnknown(survey.reign.fence) ? survey.reign.fence : null
  const highest = fences.reduce<Fence | null>((best, fence) => (best === null || (compareFences(fence, best) ?? 0) > 0 ? fence : best), null)
  return {
    leader: survey.quorum && survey.reign !== null ? nameOf(survey, survey.reign.leaderId) : majorityWord(speaking.map((group) => leaderText(survey, group))),
    members: majorityWord(speaking.map((group) => membersText(survey, group))),
    fence: agreed ?? highest,
    speakers: speaking.length,
    committed: leadingVoice(survey)?.group.log.committed ?? unknown('not-measured'),
    lagEntries: BigInt(Math.max(0, Math.floor(survey.thresholds.lagEntries))),
  }
}

function fenceVerdict(fence: Measured<Fence>, reference: Reference): MatrixCell['verdict'] {
  if (isUnknown(fence) || reference.fence === null || reference.speakers < 2) return 'none'
  const order = compareFences(fence, reference.fence)
  return order === null ? 'none' : order === 0 ? 'agrees' : order < 0 ? 'behind' : 'differs'
}

function wordVerdict(word: Measured<string>, reference: string | null, speakers: number): MatrixCell['verdict'] {
  if (isUnknown(word) || speakers < 2) return 'none'
  return word === reference ? 'agrees' : 'differs'
}

function positionVerdict(position: Measured<Position>, reference: Reference): MatrixCell['verdict'] {
  if (isUnknown(position) || isUnknown(reference.committed)) return 'none'
  const distance = distanceBetween(reference.committed, position)
  if (isUnknown(distance)) return 'differs'
  return distance.value > reference.lagEntries ? 'behind' : 'agrees'
}

const positionText = (position: Measured<Position>): Measured<string> => (isUnknown(position) ? position : position.value.toString())

function cellsOf(survey: Survey, voice: Voice, reference: Reference): MatrixCell[] {
  // A silence that is told anew with every poll is no word of the member.
  const isSilent = voice.observation !== null && voice.observation.reachability !== 'ok'
  const age: MatrixCell = {
    column: 'age',
    claim: claimOf(voice, isSilent ? unknown('unreachable') : voice.ageMs === null ? unknown('not-measured') : Math.round(voice.ageMs).toString()),
    verdict: voice.stale && voice.observation !== null ? 'behind' : 'none',
  }
  // A stale word is shown as what was last said, and compared with nothing.
  const group = voice.group ?? (voice.observation?.reachability === 'ok' ? (voice.observation.groups[0] ?? null) : null)
  if (group === null) {
    const none = unknown(voice.observation === null ? 'not-measured' : voice.answering ? 'not-reported' : 'unreachable')
    return [...MATRIX_COLUMNS.slice(0, -1).map((column): MatrixCell => ({ column, claim: claimOf(voice, none), verdict: 'none' })), age]
  }
  const leader = leaderText(survey, group)
  const members = membersText(survey, group)
  const fence = isUnknown(group.fence) ? group.fence : fenceLabel(group.fence)
  const order = fenceVerdict(group.fence, reference)
  const leaderVerdict = wordVerdict(leader, reference.leader, reference.speakers)
  const { last, committed, applied } = group.log
  const cells: MatrixCell[] = [
    { column: 'leader', claim: claimOf(voice, leader), verdict: leaderVerdict === 'differs' && order === 'behind' ? 'behind' : leaderVerdict },
    { column: 'fence', claim: claimOf(voice, fence), verdict: order },
    { column: 'members', claim: claimOf(voice, members), verdict: wordVerdict(members, reference.members, reference.speakers) },
    { column: 'last', claim: claimOf(voice, positionText(last)), verdict: positionVerdict(last, reference) },
    { column: 'committed', claim: claimOf(voice, positionText(committed)), verdict: positionVerdict(committed, reference) },
    { column: 'applied', claim: claimOf(voice, positionText(applied)), verdict: positionVerdict(applied, reference) },
  ]
  return [...(voice.stale ? cells.map((cell) => ({ ...cell, verdict: 'none' as const })) : cells), age]
}

/** Who says what. Rows: members; columns: what they say of the leader, the fence, the membership and their own log. */
export function matrixOf(survey: Survey): DisagreementMatrix {
  const reference = referenceOf(survey)
  return {
    columns: MATRIX_COLUMNS,
    rows: survey.voices.map((voice) => ({ nodeId: voice.id, name: voice.name, stale: voice.stale, cells: cellsOf(survey, voice, reference) })),
  }
}
