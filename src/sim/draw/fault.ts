/** One fault of a plan: whom it befalls, how, for how long, and what it waits for. */
import type { Random } from '../../core/base'
import type { MemberChange, ProtocolName } from '../../core/machine'
import { PHASES, type DiskFault, type FaultEvent, type FaultKind, type NodeName, type Profile, type Trigger } from '../plan'
import { exponential, pick, shuffled } from '../streams'
import { isAimed } from './profile'

export interface ScheduleRoom {
  readonly protocol: ProtocolName
  readonly profile: Profile
  readonly ids: readonly string[]
  readonly spares: readonly string[]
  readonly durationMs: number
  readonly electionMs: number
  readonly delayMs: number
  /** Nodes that may be damaged for good, beside those that lie. */
  readonly damageMax: number
  readonly liars: readonly string[]
  readonly isLeased: boolean
  readonly seed: number
}

export const DAMAGING: readonly FaultKind[] = ['bit-rot', 'misdirected-write']
/** A share of the faults waits for a moment. */
const TRIGGERED_SHARE = 0.35
const TRIGGERS: readonly Trigger[] = [...PHASES, 'write-in-flight', 'elected', 'committed']
/** The moments that a profile is about, and the share of its triggered faults that wait for one of these. */
const FAVOURED: Readonly<Partial<Record<Profile, readonly Trigger[]>>> = {
  elections: ['election', 'elected', 'committed', 'write-in-flight'], snapshots: ['snapshot', 'state-transfer'], membership: ['reconfiguration'],
  disk: ['write-in-flight'], reads: ['elected', 'committed'], tentative: ['write-in-flight', 'election', 'committed'],
  options: ['write-in-flight', 'elected', 'reconfiguration'],
}
const FAVOURED_SHARE = 0.7

function drawTrigger(random: Random, profile: Profile): Trigger {
  const favoured = random.next() < FAVOURED_SHARE ? FAVOURED[profile] : undefined
  return pick(random, favoured ?? TRIGGERS) ?? 'idle'
}

export function isPossible(kind: FaultKind, room: ScheduleRoom): boolean {
  if (DAMAGING.includes(kind)) return room.damageMax > 0
  // A lease rests on clocks that keep their bound, and a process that is paused has a clock that stands still.
  if (kind === 'clock-jump' || kind === 'clock-drift' || kind === 'pause') return !room.isLeased
  if (kind === 'change-members') return room.protocol !== 'pbft'
  return kind !== 'transfer-leadership' || room.protocol !== 'pbft' || isAimed(room.profile)
}

function drawTarget(random: Random, room: ScheduleRoom): NodeName {
  const draw = random.next()
  if (draw < 0.4) return 'leader'
  if (draw < 0.5) return 'follower'
  return pick(random, room.ids) as string
}

/** One fault of a kind; null where the plan has had enough of it. */
export function drawFault(kind: FaultKind, atMs: number, room: ScheduleRoom & { readonly isLearnersOnly: boolean }, random: Random, damaged: readonly string[], damages: Set<string>): FaultEvent | null {
  const isShort = random.next() < 0.5
  const lengthMs = Math.round(isShort ? exponential(random, room.electionMs / 2) : room.electionMs * (1 + 4 * random.next()))
  const untilMs = atMs + Math.max(1, lengthMs)
  const triggerDraw = random.next()
  const trigger = drawTrigger(random, room.profile)
  const when = triggerDraw < TRIGGERED_SHARE ? { when: trigger } : {}
  const node = drawTarget(random, room)
  const timed = { atMs, untilMs, ...when }
  switch (kind) {
    case 'crash':
    case 'pause':
    case 'fsync-error':
    case 'disk-full':
    case 'disk-stall':
    case 'misdirected-read': return { kind, node, ...timed }
    case 'torn-write': return { kind, node, atMs, untilMs, when: 'write-in-flight' }
    case 'power-loss': return { kind, ...timed }
    case 'bit-rot':
    case 'misdirected-write': return drawDamage(kind, timed, random, damaged, damages)
    case 'partition': return drawPartition(timed, room, random)
    case 'loss':
    case 'duplication':
    case 'reordering': return { kind, share: Math.round(random.next() * 500) / 1000, ...timed }
    case 'clog': {
      const [from, to] = shuffled(random, room.ids)
      return { kind, from: random.next() < 0.4 ? 'leader' : from as string, to: to as string, ...timed }
    }
    case 'delay': return { kind, factor: 2 + random.integer(0, 8), shape: random.next() < 0.5 ? 'heavy-tail' : 'exponential', ...timed }
    case 'drop': {
      const [from, to] = shuffled(random, room.ids)
      return { kind, from: from as string, to: to as string, nth: 1 + random.integer(0, 4), atMs, ...when }
    }
    case 'clock-jump': return { kind, node, byMs: Math.round(room.electionMs * (random.next() * 4 - 1.5)), atMs, ...when }
    case 'clock-drift': return { kind, node, rate: Math.round((0.5 + random.next()) * 100) / 100, ...timed }
    case 'transfer-leadership': return { kind, to: random.next() < 0.3 ? null : pick(random, room.ids) as string, atMs, ...when }
    case 'change-members': return room.isLearnersOnly ? drawLearner(atMs, when, room, random) : drawChange(atMs, when, room, random)
  }
}

function drawDamage(kind: DiskFault['kind'] & ('bit-rot' | 'misdirected-write'), timed: { atMs: number; untilMs: number }, random: Random, damaged: readonly string[], damages: Set<string>): FaultEvent | null {
  const node = pick(random, damaged)
  // Twice on the same disk says nothing new.
  if (node === undefined || damages.has(node)) return null
  damages.add(node)
  return { kind, node, ...timed }
}

function drawPartition(timed: { atMs: number; untilMs: number }, room: ScheduleRoom, random: Random): FaultEvent {
  const all = [...room.ids, ...room.spares]
  const draw = random.next()
  if (draw < (room.profile === 'reads' ? 0.6 : 0.3)) return { kind: 'partition', shape: 'isolate', node: random.next() < (room.profile === 'reads' ? 0.9 : 0.6) ? 'leader' : pick(random, all) as string, ...timed }
  if (draw < 0.65) {
    const mixed = shuffled(random, all)
    const cut = random.next() < 0.5 ? Math.floor(all.length / 2) : random.integer(1, all.length)
    return { kind: 'partition', shape: 'groups', groups: [mixed.slice(0, cut).sort(), mixed.slice(cut).sort()], ...timed }
  }
  if (draw < 0.85) {
    const mixed = shuffled(random, all)
    const cut = random.integer(1, all.length)
    const from = random.next() < 0.4 ? ['leader'] : mixed.slice(0, cut).sort()
    return { kind: 'partition', shape: 'one-way', from, to: mixed.slice(cut).sort(), ...timed }
  }
  return draw < 0.92 || all.length < 4
    ? { kind: 'partition', shape: 'bridge', bridge: pick(random, all) as string, ...timed }
    : { kind: 'partition', shape: 'ring', ...timed }
}

/** The spare that is only ever added as a witness. */
export const witnessOf = ({ seed, spares }: ScheduleRoom): string | undefined => (seed % 3 === 0 ? spares.at(-1) : undefined)

export function drawLearner(atMs: number, when: { when?: Trigger }, room: ScheduleRoom, random: Random): FaultEvent {
  const id = pick(random, room.spares) ?? 'n1'
  const change: MemberChange = random.next() < 0.6 ? { kind: 'set', id, address: id, member: 'learner', promote: false } : { kind: 'remove', id }
  return { kind: 'change-members', changes: [change], mode: 'auto', atMs, ...when }
}

export function drawChange(atMs: number, when: { when?: Trigger }, room: ScheduleRoom, random: Random): FaultEvent {
  const all = [...room.ids, ...room.spares]
  const id = pick(random, random.next() < 0.6 && room.spares.length > 0 ? room.spares : all) as string
  // A disk that was a witness's holds a log and no state: whoever lived as one lives as nothing else.
  const witness = witnessOf(room)
  const set = (target: string): MemberChange => ({
    kind: 'set', id: target, address: target, member: target === witness ? 'witness' : random.next() < 0.7 ? 'voter' : 'learner', promote: random.next() < 0.5,
  })
  const draw = random.next()
  const mode = draw < 0.4 ? 'auto' : draw < 0.7 ? 'single' : 'joint'
  const first: MemberChange = random.next() < 0.6 ? set(id) : { kind: 'remove', id }
  if (mode !== 'joint' || random.next() < 0.4) return { kind: 'change-members', changes: [first], mode, atMs, ...when }
  const others = shuffled(random, all.filter((each) => each !== id)).slice(0, 1 + random.integer(0, 2))
  const more = others.map((other): MemberChange => (random.next() < 0.5 ? set(other) : { kind: 'remove', id: other }))
  return { kind: 'change-members', changes: [first, ...more], mode, atMs, ...when }
}
