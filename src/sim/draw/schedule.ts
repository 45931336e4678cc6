/** The faults of a plan in time: how many of which kind, to whom, for how long, and what some of them wait for. */
import type { FaultEvent, FaultKind, SwarmProfile } from '../plan'
import { exponential, shuffled, streamOf } from '../streams'
import { drawAimed } from './aimed'
import { DAMAGING, drawFault, isPossible, witnessOf, type ScheduleRoom } from './fault'
import { isAimed } from './profile'
import { drawScene } from './scenes'

type Weights = Readonly<Partial<Record<FaultKind, number>>>

const MIXED: Weights = {
  'crash': 4, 'power-loss': 1, 'pause': 3, 'partition': 5, 'loss': 1, 'duplication': 1, 'reordering': 1, 'clog': 1, 'delay': 1, 'clock-jump': 1,
  'clock-drift': 1, 'torn-write': 1, 'bit-rot': 1, 'misdirected-write': 0.5, 'misdirected-read': 0.5, 'fsync-error': 1, 'disk-full': 0.5, 'disk-stall': 1,
  'transfer-leadership': 1, 'change-members': 1, 'drop': 0.5,
}

const PROFILES: Readonly<Record<SwarmProfile, Weights>> = {
  mixed: MIXED,
  elections: { 'crash': 6, 'pause': 3, 'partition': 8, 'clog': 2, 'delay': 2, 'reordering': 2, 'duplication': 1, 'transfer-leadership': 2, 'power-loss': 1, 'torn-write': 2, 'drop': 1 },
  snapshots: { 'crash': 5, 'pause': 2, 'partition': 5, 'power-loss': 1, 'torn-write': 2, 'disk-stall': 2, 'loss': 1, 'reordering': 1, 'duplication': 1, 'clog': 1, 'misdirected-read': 0.5 },
  membership: { 'change-members': 8, 'crash': 3, 'partition': 4, 'pause': 1, 'transfer-leadership': 2, 'power-loss': 0.5, 'loss': 1, 'delay': 1 },
  disk: { 'torn-write': 5, 'fsync-error': 4, 'disk-full': 2, 'disk-stall': 3, 'bit-rot': 3, 'misdirected-write': 2, 'misdirected-read': 2, 'crash': 4, 'power-loss': 4, 'partition': 1 },
  reads: { 'partition': 10, 'pause': 4, 'clog': 3, 'delay': 2, 'clock-drift': 2, 'clock-jump': 1, 'crash': 3, 'transfer-leadership': 3, 'reordering': 1 },
  byzantine: { 'partition': 3, 'crash': 2, 'pause': 1, 'delay': 2, 'reordering': 1, 'duplication': 1, 'loss': 1 },
  calm: {},
  tentative: { 'partition': 6, 'crash': 4, 'pause': 2, 'power-loss': 2, 'delay': 2, 'loss': 2, 'reordering': 1, 'duplication': 1, 'clog': 1, 'drop': 1, 'disk-stall': 1 },
  options: { 'partition': 6, 'crash': 5, 'pause': 2, 'transfer-leadership': 4, 'change-members': 3, 'disk-stall': 2, 'delay': 2, 'loss': 1, 'power-loss': 1, 'clog': 1 },
}

/** Of kinds that a profile is not about: every kind of fault meets every phase now and then. */
const ELSEWHERE_WEIGHT = 0.3
/** Of what happens, so much is a scene of several faults. */
const SCENE_SHARE = 0.2

export function drawSchedule(room: ScheduleRoom): readonly FaultEvent[] {
  const { profile } = room
  return isAimed(profile) ? drawAimed(profile, room) : drawSwarm(profile, room)
}

function drawSwarm(profile: SwarmProfile, room: ScheduleRoom): readonly FaultEvent[] {
  const random = streamOf(room.seed, 'draw schedule')
  // Swarm: of the kinds that the profile knows, each plan leaves some out altogether.
  const all = profile === 'calm' ? {} : { ...Object.fromEntries(Object.keys(MIXED).map((kind) => [kind, ELSEWHERE_WEIGHT])), ...PROFILES[profile] }
  let weights = Object.entries(all).filter(([kind]) => random.next() < 0.75 && isPossible(kind as FaultKind, room)) as [FaultKind, number][]
  // Voters that go and disks that are damaged could together cost the quorum, which is not what is looked for: with damage, only learners come.
  const isChanging = random.next() < 0.5
  weights = weights.filter(([kind]) => (isChanging ? !DAMAGING.includes(kind) : kind !== 'change-members' || room.spares.length > 0))
  const isLearnersOnly = !isChanging && room.damageMax > 0
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0)
  if (total === 0) return []
  const everyMs = room.durationMs / (profile === 'mixed' ? 2 + random.integer(0, 14) : 4 + random.integer(0, 20))
  const damaged = shuffled(random, room.ids.filter((id) => !room.liars.includes(id))).slice(0, room.damageMax)
  const damages = new Set<string>()
  const events: FaultEvent[] = []
  // The first leader has time to be elected, mostly.
  for (let atMs = random.next() * 3 * room.electionMs; ; atMs += exponential(random, everyMs)) {
    if (atMs > room.durationMs * 0.92) break
    const sceneDraw = random.next()
    const scene = sceneDraw < SCENE_SHARE ? drawScene(profile, Math.round(atMs), { ...room, witness: witnessOf(room) }, random, ({ kind }) => isPossible(kind, room)) : null
    if (scene !== null) {
      events.push(...scene)
      continue
    }
    let draw = random.next() * total
    const [kind] = weights.find(([, weight]) => (draw -= weight) < 0) ?? ['crash']
    const fault = drawFault(kind, Math.round(atMs), { ...room, isLearnersOnly }, random, damaged, damages)
    if (fault !== null) events.push(fault)
  }
  return events
}
