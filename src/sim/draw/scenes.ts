/**
 * Scenes: a few faults that belong together. Each of their parts is drawn alone as well; together, in this order and this close, chance
 * alone would bring them about too seldom.
 */
import type { Random } from '../../core/base'
import type { MemberChange } from '../../core/machine'
import type { FaultEvent, SwarmProfile } from '../plan'
import { pick, shuffled } from '../streams'

export interface SceneRoom {
  readonly ids: readonly string[]
  readonly spares: readonly string[]
  readonly electionMs: number
  readonly delayMs: number
  /** The one that is only ever added as a witness. */
  readonly witness: string | undefined
}

type Scene = (atMs: number, room: SceneRoom, random: Random) => readonly FaultEvent[]

const ms = (value: number): number => Math.max(1, Math.round(value))

/** A leader whose disk is slow is cut off, and comes back to another leader while its own writes are still under way. */
const deposedWithSlowDisk: Scene = (atMs, { electionMs }, random) => [
  { kind: 'disk-stall', node: 'leader', atMs, untilMs: ms(atMs + electionMs * (4 + 4 * random.next())) },
  { kind: 'partition', shape: 'isolate', node: 'leader', atMs: ms(atMs + electionMs * random.next()), untilMs: ms(atMs + electionMs * (2.5 + 1.5 * random.next())) },
]

/** Leadership is handed over, and the old leader hears nothing of it. */
const handedOverAndCut: Scene = (atMs, { electionMs, delayMs, ids }, random) => [
  { kind: 'transfer-leadership', to: random.next() < 0.5 ? null : pick(random, ids) ?? null, atMs },
  { kind: 'partition', shape: 'isolate', node: 'leader', atMs: ms(atMs + delayMs * 1.5 * random.next()), untilMs: ms(atMs + electionMs * (1 + 2 * random.next())) },
]

/** Some do not hear the leader, and those who hear it forget that they did. */
const forgottenLeader: Scene = (atMs, { electionMs, ids }, random) => {
  const bridge = pick(random, ids) ?? 'n1'
  const crashes = Array.from({ length: 1 + random.integer(0, 3) }, (_, i): FaultEvent => {
    const crashAtMs = ms(atMs + electionMs * (0.8 + i * 0.7 + 0.6 * random.next()))
    return { kind: 'crash', node: bridge, atMs: crashAtMs, untilMs: ms(crashAtMs + electionMs * 0.1 * random.next()) }
  })
  return [{ kind: 'partition', shape: 'bridge', bridge, atMs, untilMs: ms(atMs + electionMs * (3 + 3 * random.next())) }, ...crashes]
}

/** Members change, and whoever leads the change is gone at once. */
const abandonedChange: Scene = (atMs, { electionMs, delayMs, ids, spares: all, witness }, random) => {
  const spares = all.filter((id) => id !== witness)
  const [first, second] = shuffled(random, [...spares, ...ids])
  const change = (id: string): MemberChange => (spares.includes(id)
    ? { kind: 'set', id, address: id, member: random.next() < 0.8 ? 'voter' : 'learner', promote: true } : { kind: 'remove', id })
  const mode = random.next() < 0.5 ? 'joint' : 'auto'
  const changes = [change(first ?? 'n1'), ...(mode === 'joint' && second !== undefined ? [change(second)] : [])]
  const goneAtMs = ms(atMs + delayMs * 2 * random.next())
  const untilMs = ms(atMs + electionMs * (2 + 2 * random.next()))
  return [
    { kind: 'change-members', changes, mode, atMs },
    random.next() < 0.4 ? { kind: 'crash', node: 'leader', atMs: goneAtMs, untilMs } : { kind: 'partition', shape: 'isolate', node: 'leader', atMs: goneAtMs, untilMs },
  ]
}

/** A node is away until others have forgotten what it lacks, and something happens while it is given their state. */
const leftBehind: Scene = (atMs, { electionMs, ids }, random) => {
  const node = pick(random, ids) ?? 'n1'
  const backAtMs = ms(atMs + electionMs * (2 + 4 * random.next()))
  const nextMs = ms(backAtMs + electionMs * random.next())
  const away: FaultEvent = random.next() < 0.5
    ? { kind: 'crash', node, atMs, untilMs: backAtMs } : { kind: 'partition', shape: 'isolate', node, atMs, untilMs: backAtMs }
  const meanwhile: FaultEvent = random.next() < 0.5
    ? { kind: 'crash', node: random.next() < 0.6 ? node : 'leader', when: 'state-transfer', atMs: backAtMs, untilMs: nextMs }
    : { kind: 'partition', shape: 'isolate', node: 'leader', when: 'state-transfer', atMs: backAtMs, untilMs: ms(nextMs + electionMs) }
  return [away, meanwhile]
}

/** All lose power right after something was promised to a client. */
const darkAfterCommit: Scene = (atMs, { electionMs }, random) => [
  { kind: 'power-loss', when: random.next() < 0.6 ? 'committed' : 'write-in-flight', atMs, untilMs: ms(atMs + electionMs * (0.2 + random.next())) },
]

const SCENES: Readonly<Record<SwarmProfile, readonly Scene[]>> = {
  mixed: [deposedWithSlowDisk, leftBehind, forgottenLeader, darkAfterCommit], elections: [deposedWithSlowDisk, handedOverAndCut, forgottenLeader, darkAfterCommit],
  snapshots: [leftBehind], membership: [abandonedChange, handedOverAndCut, leftBehind], disk: [deposedWithSlowDisk, darkAfterCommit], reads: [forgottenLeader, handedOverAndCut],
  byzantine: [leftBehind], calm: [], tentative: [leftBehind, forgottenLeader, darkAfterCommit],
  options: [deposedWithSlowDisk, handedOverAndCut, abandonedChange, leftBehind, darkAfterCommit],
}

/** Null where the profile has no scenes. */
export function drawScene(profile: SwarmProfile, atMs: number, room: SceneRoom, random: Random, isPossible: (fault: FaultEvent) => boolean): readonly FaultEvent[] | null {
  const scene = pick(random, SCENES[profile])
  if (scene === undefined) return null
  const faults = scene(atMs, room, random)
  return faults.every(isPossible) ? faults : null
}
