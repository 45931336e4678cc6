/** Sizes, rates and options of a plan. Each group is drawn from a stream of its own. */
import type { Random } from '../../core/base'
import type { ProtocolName } from '../../core/machine'
import type {
  ByzantinePlan, ClockPlan, DelayShape, DiskPlan, LiarBehaviour, NetworkPlan, Profile, ProtocolPlan, SeldomLimits, SimulationPlan, Synchrony, WorkloadPlan,
} from '../plan'
import { pick, streamOf } from '../streams'
import { isAimed } from './profile'

const one = <Item>(random: Random, ...items: readonly Item[]): Item => items[random.integer(0, items.length)] as Item
const between = (random: Random, low: number, high: number): number => low + random.next() * (high - low)
const rounded = (value: number, digits = 4): number => Math.round(value * 10 ** digits) / 10 ** digits

export function drawSize(protocol: ProtocolName, profile: Profile, seed: number): { readonly nodes: number; readonly spares: number } {
  const random = streamOf(seed, 'draw size')
  if (protocol === 'pbft') return { nodes: one(random, 4, 4, 4, 7), spares: 0 }
  if (isAimed(profile)) return { nodes: one(random, 3, 3, 5), spares: profile === 'changes' ? one(random, 1, 2, 3) : one(random, 0, 1, 1) }
  const nodes = one(random, 3, 3, 5, 5, 7)
  return { nodes: profile === 'elections' && nodes === 7 ? 5 : nodes, spares: profile === 'membership' ? one(random, 1, 2, 3) : profile === 'mixed' || profile === 'options' ? one(random, 0, 0, 1) : 0 }
}

export function drawTiming(protocol: ProtocolName, seed: number): Pick<SimulationPlan, 'timing' | 'synchrony' | 'network' | 'turnMs'> {
  const random = streamOf(seed, 'draw network')
  const meanMs = rounded(one(random, between(random, 2, 10), between(random, 10, 40), between(random, 30, 60)), 1)
  const shape = one<DelayShape>(random, 'uniform', 'exponential', 'exponential', 'heavy-tail', 'constant')
  const isClean = random.next() < 0.25
  const share = (max: number): number => (isClean || random.next() < 0.4 ? 0 : rounded(between(random, 0, max) * random.next()))
  const network: NetworkPlan = {
    delay: { shape, minMs: rounded(meanMs * between(random, 0.2, 0.9), 1), meanMs },
    lossShare: share(0.25), duplicationShare: share(0.3), reorderingShare: share(0.4), clogShare: share(0.01), clogMs: one(random, 200, 1000, 5000),
  }
  const deltaMs = rounded(meanMs * between(random, 1.5, 4), 1)
  const synchrony = one<Synchrony>(
    random, { kind: 'synchronous', deltaMs }, { kind: 'partially-synchronous', stabilisedAtMs: one(random, 5_000, 10_000), deltaMs }, { kind: 'asynchronous' }, { kind: 'asynchronous' },
  )
  const tickMs = protocol === 'pbft' ? 100 : one(random, 50, 100)
  // A timeout is several round trips, or nobody would ever be elected.
  const electionTicks = Math.max(protocol === 'pbft' ? 12 : 8, Math.ceil((meanMs * 16) / tickMs)) + random.integer(0, 6)
  return { timing: { tickMs, electionTicks, heartbeatTicks: one(random, 1, 2, 3) }, synchrony, network, turnMs: one(random, 0, 0, 0, 1, 5) }
}

export function drawDisk(profile: Profile, seed: number): DiskPlan {
  const random = streamOf(seed, 'draw disk')
  const flushMinMs = one(random, 0.1, 0.5, 2)
  return {
    flushMinMs, flushMeanMs: rounded(flushMinMs * one(random, 1, 2, 5) + (profile === 'disk' || profile === 'elections' ? one(random, 0, 10, 30, 100) : one(random, 0, 0, 5)), 2),
    // A log that is cut short all the time seldom has whole large sectors that another write could hit.
    sectorBytes: isAimed(profile) ? one<512 | 4096>(random, 512, 512, 512, 4096) : one<512 | 4096>(random, 512, 4096), tornShare: one(random, 0, 0.3, 0.5, 0.8), capacityBytes: 64 * 1024 * 1024,
  }
}

export function drawClocks(ids: readonly string[], options: ProtocolPlan, tickMs: number, seed: number): readonly ClockPlan[] {
  const random = streamOf(seed, 'draw clocks')
  const isEven = random.next() < 0.3
  // Leases rest on a stated bound: clocks keep it.
  const driftMax = options.readMode === 'lease' ? options.clockDriftMax / 2 : one(random, 0.001, 0.05, 0.3)
  return ids.map((node) => ({
    node, rate: isEven ? 1 : rounded(1 + between(random, -driftMax, driftMax)), skewMs: isEven ? 0 : random.integer(0, 3 * tickMs),
  }))
}

export function drawWorkload(profile: Profile, seed: number): WorkloadPlan {
  const drawn = drawSwarmWorkload(profile, seed)
  return profile === 'options' ? { ...drawn, ...drawSeldomWorkload(drawn, seed) } : drawn
}

/** Many at once, so that queues are full; sessions that end under their clients, or are shared by some. */
function drawSeldomWorkload({ mix }: WorkloadPlan, seed: number): Partial<WorkloadPlan> {
  const random = streamOf(seed, 'draw seldom workload')
  const askers = one(random, 1, 1, 2, 3)
  return { clients: 6, operationsPerSecond: one(random, 30, 60, 300), askers, expireShare: one(random, 0, 0, 0.02), mix: askers === 1 ? mix : { ...mix, lock: 0 } }
}

function drawSwarmWorkload(profile: Profile, seed: number): WorkloadPlan {
  const random = streamOf(seed, 'draw workload')
  const weight = (): number => one(random, 0, 1, 1, 3)
  const mix = { register: weight() + 1, kv: weight(), queue: weight(), lock: weight(), counter: weight() }
  const clients = one(random, 2, 3, 4, 6)
  const crowded = streamOf(seed, 'draw sessions')
  const isCrowded = crowded.next() < 0.2
  return {
    deleteShare: one(crowded, 0, 0.1, 0.3), waitShare: one(crowded, 0, 0.5, 1), closeShare: isCrowded ? one(crowded, 0, 0.02, 0.1) : one(crowded, 0, 0, 0.03),
    sessionsMax: isCrowded ? Math.max(2, clients - 1) : 4096,
    clients, operationsPerSecond: profile === 'reads' ? one(random, 15, 30, 50) : one(random, 5, 10, 10, 20, profile === 'calm' ? 40 : 15),
    mix: profile === 'reads' ? { register: 4, kv: 1, queue: 0, lock: 1, counter: 1 } : mix,
    readShare: profile === 'reads' ? 0.6 : one(random, 0.1, 0.3, 0.5), reads: profile === 'reads' ? one(random, 'any', 'leader') : one(random, 'leader', 'leader', 'any'),
    keys: profile === 'reads' ? 1 : one(random, 1, 2, 3), valueBytes: one(random, 8, 8, 32, profile === 'snapshots' ? 200 : 64), timeoutMs: profile === 'reads' ? one(random, 250, 500, 1000) : one(random, 500, 1000, 2500),
  }
}

export function drawOptions(profile: Profile, seed: number): ProtocolPlan {
  const drawn = drawSwarmOptions(profile, seed)
  if (profile === 'options') return { ...drawn, ...drawSeldomOptions(seed) }
  if (!isAimed(profile)) return drawn
  const random = streamOf(seed, 'draw aimed options')
  // Short logs, small chunks and little memory: whoever falls behind is given a state, in many steps, and what is sent again is read from disk.
  return {
    ...drawn, snapshotAfterEntries: one(random, 5, 10, 20), trailingEntriesMax: one(random, 0, 2, 10), snapshotChunkBytes: one(random, 100, 400),
    checkpointInterval: one(random, 4, 8), logWindowBytesMax: one(random, 200, 200, 2000), leadershipTransfer: true,
  }
}

/** The lowest lets in one at a time. One command always fits into a turn. */
const SELDOM_LIMITS: { readonly [Limit in keyof SeldomLimits]-?: readonly number[] } = {
  uncommittedBytesMax: [1, 150, 400], inflightBytesMax: [1, 300], readsWaitingMax: [1, 2], proposalsWaitingMax: [1, 3], turnBytesMax: [1_000], controlsWaitingMax: [1],
  applyBytesMax: [1, 300], snapshotWriteBytesMax: [1, 300], snapshotAfterBytes: [500, 3_000],
}

/** Few members stand out, since the others all wait for the highest; of the limits each is left alone in half of the plans. */
function drawSeldomOptions(seed: number): Pick<ProtocolPlan, 'limits' | 'priorities'> {
  const random = streamOf(seed, 'draw seldom options')
  const priorities = Object.fromEntries(Array.from({ length: one(random, 0, 1, 1, 2, 3) }, () => [`n${random.integer(1, 8)}`, one(random, 1, 2, 3, 100)]))
  const limits = Object.fromEntries(Object.entries(SELDOM_LIMITS).flatMap(([limit, values]) => (random.next() < 0.5 ? [] : [[limit, one(random, ...values)]])))
  return { limits, priorities }
}

function drawSwarmOptions(profile: Profile, seed: number): ProtocolPlan {
  const random = streamOf(seed, 'draw options')
  const isSnapshotting = profile === 'snapshots' || profile === 'membership' || random.next() < 0.4
  return {
    snapshotAfterEntries: isSnapshotting ? one(random, 5, 10, 20, 50) : 0, trailingEntriesMax: one(random, 0, 2, 10, 50),
    snapshotChunkBytes: one(random, 100, 400, 2000), preVote: true, checkQuorum: true,
    readMode: profile === 'reads' ? one(random, 'index', 'lease') : one(random, 'index', 'index', 'lease'),
    clockDriftMax: one(random, 0.01, 0.05, 0.1), forwardProposals: random.next() < 0.4, alpha: one(random, 1, 3, 8), checkpointInterval: one(random, 4, 8, 16),
    appendBytesMax: one(random, 64, 300, 4000), inflightMessagesMax: one(random, 1, 3, 16), logWindowBytesMax: one(random, 200, 2000, 100_000),
    ...(profile === 'tentative' ? { tentative: true } as const : {}),
  }
}

const BEHAVIOURS: readonly LiarBehaviour[] = ['equivocate', 'equivocate', 'forge', 'forge', 'replay', 'withhold', 'garbage', 'silent']

/** At most f liars or twins. */
export function drawByzantine(protocol: ProtocolName, profile: Profile, ids: readonly string[], faultsMax: number, durationMs: number, seed: number): readonly ByzantinePlan[] {
  const random = streamOf(seed, 'draw byzantine')
  if (protocol !== 'pbft' || (profile !== 'byzantine' && random.next() < 0.5)) return []
  const count = random.integer(1, faultsMax + 1)
  const liars = ids.slice(0, count)
  return liars.map((node): ByzantinePlan => (random.next() < 0.4
    ? { node, kind: 'twins', reshuffleMs: one(random, 1_000, 3_000, 8_000) }
    : { node, kind: 'liar', behaviour: pick(random, BEHAVIOURS) ?? 'silent', fromMs: random.integer(0, durationMs / 2), untilMs: durationMs * 10 }))
}
