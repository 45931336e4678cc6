/**
 * Schedules that aim at cells of the ledger: every kind of fault, and every phase that the profile is about, is as likely as any other.
 * A step brings the phase about and has the fault wait in it. Chance alone leaves the rarest cells empty for thousands of seeds.
 */
import type { Random } from '../../core/base'
import type { MemberChange, ProtocolName } from '../../core/machine'
import { FAULT_KINDS, PHASES, type AimedProfile, type FaultEvent, type FaultKind, type Phase } from '../plan'
import { pick, shuffled, streamOf } from '../streams'
import { DAMAGING, drawChange, drawFault, isPossible, witnessOf, type ScheduleRoom } from './fault'

const AIMS: Readonly<Record<AimedProfile, readonly Phase[]>> = { changes: ['reconfiguration'], transfers: ['state-transfer'], moments: PHASES }

/** Faults of one plan, at least and at most, where its time allows for them. */
const STEPS_MIN = 4
const STEPS_MAX = 12
/** From one fault to the next at least, in election timeouts: what the last one upset has settled, mostly. */
const APART_ELECTIONS = 2
/** Kinds that come to nothing more often than others are drawn so many times as often. */
const RARE: readonly FaultKind[] = ['bit-rot', 'misdirected-write', 'misdirected-read']
const RARE_WEIGHT = 2
/** Who reads what is on its disk is whoever sends it to others, or starts from a snapshot: so many of each. */
const SENDER_SHARE = 0.4
const STARTING_SHARE = 0.4
/** It is away for so many election timeouts at most. The phase after a snapshot is short, and it is to be back in it. */
const AWAY_ELECTIONS = 0.5
const AWAY_IN_SNAPSHOT_ELECTIONS = 0.1
/** Of faults in a transfer, so many befall whoever receives the state. */
const RECEIVER_SHARE = 0.5

/** The phases that a profile aims at; a protocol whose members are fixed has no changes of them to aim at. */
function aimsOf(protocol: ProtocolName, profile: AimedProfile): readonly Phase[] {
  const aims = protocol === 'pbft' ? AIMS[profile].filter((phase) => phase !== 'reconfiguration') : AIMS[profile]
  return aims.length > 0 ? aims : aimsOf(protocol, 'moments')
}

interface Aim extends ScheduleRoom {
  /** Disks may be damaged, so that only those without a vote come and go. */
  readonly isLearnersOnly: boolean
  /** The spares that are members by now, if all went well. */
  readonly present: Set<string>
}

export function drawAimed(profile: AimedProfile, room: ScheduleRoom): readonly FaultEvent[] {
  const random = streamOf(room.seed, `draw ${profile}`)
  const isChanging = random.next() < 0.5 && room.protocol !== 'pbft'
  const aim: Aim = { ...room, isLearnersOnly: !isChanging && room.damageMax > 0, present: new Set() }
  // As in the swarm: where disks may be damaged, voters stay.
  const mayChange = !aim.isLearnersOnly || room.spares.length > 0
  const kinds = FAULT_KINDS.filter((kind) => isPossible(kind, room) && !(isChanging && DAMAGING.includes(kind)) && (mayChange || kind !== 'change-members'))
  const weighted = kinds.flatMap((kind) => (RARE.includes(kind) ? Array.from({ length: RARE_WEIGHT }, () => kind) : [kind]))
  const phases = aimsOf(room.protocol, profile).filter((phase) => mayChange || phase !== 'reconfiguration')
  const damaged = shuffled(random, room.ids.filter((id) => !room.liars.includes(id))).slice(0, room.damageMax)
  const damages = new Set<string>()
  const apartMs = Math.max(room.durationMs / random.integer(STEPS_MIN, STEPS_MAX + 1), APART_ELECTIONS * room.electionMs)
  const events: FaultEvent[] = []
  for (let atMs = room.electionMs * (2 + random.next()); atMs < room.durationMs * 0.9; atMs += apartMs * (0.6 + 0.8 * random.next())) {
    const phase = pick(random, phases) ?? 'idle'
    const kind = pick(random, weighted) ?? 'crash'
    events.push(...drawStep(phase, kind, Math.round(atMs), aim, random, damaged, damages))
  }
  return events
}

function drawStep(phase: Phase, kind: FaultKind, atMs: number, aim: Aim, random: Random, damaged: readonly string[], damages: Set<string>): readonly FaultEvent[] {
  const fault = drawFault(kind, atMs, aim, random, damaged, damages)
  if (fault === null) return []
  const reading = fault.kind === 'misdirected-read' ? drawReading(fault, phase, aim, random) : [fault]
  const waiting = reading.map((each): FaultEvent => ({ ...each, when: `in-${phase}` }))
  switch (phase) {
    case 'idle':
    case 'snapshot': return waiting
    case 'election': return [...waiting, drawUpset(kind, atMs, aim, random)]
    case 'reconfiguration': return [...waiting, ...drawChanges(atMs, aim, random)]
    case 'state-transfer': return drawTransfer(waiting, atMs, aim, random)
  }
}

/** A read from a wrong place, and somebody who reads. */
function drawReading(fault: FaultEvent & { readonly kind: 'misdirected-read' }, phase: Phase, { ids, electionMs }: Aim, random: Random): readonly FaultEvent[] {
  const draw = random.next()
  if (draw < SENDER_SHARE) return [{ ...fault, node: 'leader' }]
  if (draw >= SENDER_SHARE + STARTING_SHARE || phase === 'state-transfer') return [fault]
  const node = pick(random, ids) ?? 'n1'
  const untilMs = Math.round(fault.atMs + electionMs * (2 + random.next()))
  const away = phase === 'snapshot' ? AWAY_IN_SNAPSHOT_ELECTIONS : AWAY_ELECTIONS
  return [{ ...fault, node, untilMs }, { kind: 'crash', node, atMs: fault.atMs, untilMs: Math.round(fault.atMs + electionMs * random.next() * away) + 1 }]
}

/** What makes somebody stand. An operator needs a leader to speak with: for him it is one whom the others do not hear, or another who hears nobody. */
function drawUpset(kind: FaultKind, atMs: number, { ids, spares, electionMs }: Aim, random: Random): FaultEvent {
  const untilMs = Math.round(atMs + electionMs * (2 + 2 * random.next()))
  const draw = random.next()
  if (kind === 'transfer-leadership' || kind === 'change-members') {
    return draw < 0.7 ? { kind: 'partition', shape: 'one-way', from: ['leader'], to: [...ids, ...spares], atMs, untilMs } : { kind: 'partition', shape: 'isolate', node: 'follower', atMs, untilMs }
  }
  return draw < 0.4 ? { kind: 'crash', node: 'leader', atMs, untilMs } : { kind: 'partition', shape: 'isolate', node: draw < 0.8 ? 'leader' : 'follower', atMs, untilMs }
}

/** One change after the other: a leader that is new, or has one under way, refuses. */
function drawChanges(atMs: number, aim: Aim, random: Random): readonly FaultEvent[] {
  const every = aim.electionMs * (0.3 + random.next())
  return Array.from({ length: 1 + random.integer(0, 3) }, (_, i) => drawComing(Math.round(atMs + 1 + i * every), aim, random))
}

/** A spare comes or goes, with or without another change in the same step. */
function drawComing(atMs: number, aim: Aim, random: Random): FaultEvent {
  const { spares, present, isLearnersOnly } = aim
  const id = pick(random, spares)
  if (id === undefined || (!isLearnersOnly && random.next() < 0.2)) return drawChange(atMs, {}, aim, random)
  const isWitness = id === witnessOf(aim)
  const isComing = !present.has(id)
  if (isComing) present.add(id)
  else present.delete(id)
  const member = isWitness ? 'witness' : isLearnersOnly || random.next() < 0.3 ? 'learner' : 'voter'
  const change: MemberChange = isComing ? { kind: 'set', id, address: id, member, promote: !isLearnersOnly && random.next() < 0.5 } : { kind: 'remove', id }
  const modes = isLearnersOnly || isWitness ? ['auto'] as const : ['auto', 'single', 'joint', 'joint'] as const
  return { kind: 'change-members', changes: [change], mode: pick(random, modes) ?? 'auto', atMs }
}

/** A node is away until the others have forgotten what it lacks; the fault waits for its return. Or somebody new is given the state. */
function drawTransfer(waiting: readonly FaultEvent[], atMs: number, aim: Aim, random: Random): readonly FaultEvent[] {
  const { ids, spares, electionMs } = aim
  const spare = pick(random, spares)
  if (spare !== undefined && spare !== witnessOf(aim) && random.next() < 0.3) return [...waiting, ...drawChanges(atMs, aim, random)]
  const node = pick(random, ids) ?? 'n1'
  const backAtMs = Math.round(atMs + electionMs * (1.5 + 2.5 * random.next()))
  const away: FaultEvent = random.next() < 0.5
    ? { kind: 'crash', node, atMs, untilMs: backAtMs } : { kind: 'partition', shape: 'isolate', node, atMs, untilMs: backAtMs }
  const isAtReceiver = random.next() < RECEIVER_SHARE
  return [away, ...waiting.map((fault) => befalling(fault, backAtMs - atMs, isAtReceiver && fault.kind !== 'misdirected-read' ? node : null))]
}

/** Later by so much, and to `node` where it is about one; whose disk may be damaged is drawn for the whole plan. */
function befalling(fault: FaultEvent, byMs: number, node: string | null): FaultEvent {
  const later = { ...fault, atMs: fault.atMs + byMs, ...('untilMs' in fault ? { untilMs: fault.untilMs + byMs } : {}) }
  return (node !== null && 'node' in later && !DAMAGING.includes(later.kind) ? { ...later, node } : later)
}
