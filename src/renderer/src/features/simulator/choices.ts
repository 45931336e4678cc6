/** From what a person chooses to the plan of a simulation, and the faults that can be added by hand. Pure. */
import { cutsOf, drawPlan, type FaultEvent, type FaultKind, type NodeSummary, type Profile, type SimulationPlan, type Synchrony } from '../../../../sim'

export type Protocol = SimulationPlan['protocol']
export const PROTOCOLS: readonly Protocol[] = ['raft', 'paxos', 'pbft']
export const NODE_COUNTS: Readonly<Record<Protocol, readonly number[]>> = { raft: [3, 5, 7], paxos: [3, 5, 7], pbft: [4, 7] }

export type FaultGroup = 'process' | 'network' | 'clock' | 'disk' | 'operator' | 'byzantine'
export const FAULT_GROUPS: readonly FaultGroup[] = ['process', 'network', 'clock', 'disk', 'operator', 'byzantine']

const GROUP_OF: Readonly<Record<FaultKind, Exclude<FaultGroup, 'byzantine'>>> = {
  'crash': 'process', 'power-loss': 'process', 'pause': 'process',
  'partition': 'network', 'loss': 'network', 'duplication': 'network', 'reordering': 'network', 'clog': 'network', 'delay': 'network', 'drop': 'network',
  'clock-jump': 'clock', 'clock-drift': 'clock',
  'torn-write': 'disk', 'bit-rot': 'disk', 'misdirected-write': 'disk', 'misdirected-read': 'disk', 'fsync-error': 'disk', 'disk-full': 'disk', 'disk-stall': 'disk',
  'transfer-leadership': 'operator', 'change-members': 'operator',
}
export const groupOf = (kind: FaultKind): Exclude<FaultGroup, 'byzantine'> => GROUP_OF[kind]

export interface Choices {
  readonly protocol: Protocol
  readonly nodes: number
  readonly seed: number
  readonly profile: Profile
  readonly synchrony: Synchrony['kind'] | 'drawn'
  readonly groups: readonly FaultGroup[]
  /** More liars than the protocol tolerates, or clocks that drift more than a lease allows for: shows what then breaks. */
  readonly beyond: boolean
}

export const FIRST_CHOICES: Choices = {
  protocol: 'raft', nodes: 5, seed: 1, profile: 'mixed', synchrony: 'drawn', groups: ['process', 'network', 'clock', 'disk', 'operator'], beyond: false,
}
/** Liars and tentative execution are PBFT's alone, and its members are fixed. */
export const isSuited = (profile: Profile, protocol: Protocol): boolean =>
  (protocol === 'pbft' ? profile !== 'changes' : profile !== 'byzantine' && profile !== 'tentative')
export const SEED_MAX = 2 ** 31 - 1
/** A bound on delays that a link on one continent keeps. */
const DELTA_MS = 200
const DRIFT_BEYOND = 4
const SLOW = 'n1'
/** In shortest election timeouts: when the slow one is made the leader, how long it leads before it is cut off, and for how long. */
const EPISODE = { times: 4, firstElections: 3, everyElections: 8, leadsElections: 1, cutElections: 5 } as const
const CROWD = { clients: 6, operationsPerSecond: 40 } as const
/** Reads that go to whoever answers, of one key that is written all the time; who waits in vain for one that is cut off soon asks another. */
const READERS = { ...CROWD, readShare: 0.6, reads: 'any', keys: 1, timeoutMs: 250 } as const

const synchronyOf = (kind: Synchrony['kind'], durationMs: number): Synchrony =>
  kind === 'asynchronous' ? { kind } : kind === 'synchronous' ? { kind, deltaMs: DELTA_MS } : { kind, stabilisedAtMs: durationMs, deltaMs: DELTA_MS }

export function planOf(choices: Choices): SimulationPlan {
  const { protocol, nodes, seed, profile, synchrony, groups, beyond } = choices
  const drawn = drawPlan(protocol, seed, { nodes, profile })
  const has = (group: FaultGroup): boolean => groups.includes(group)
  const network = has('network') ? drawn.network : { ...drawn.network, lossShare: 0, duplicationShare: 0, reorderingShare: 0, clogShare: 0 }
  const plan: SimulationPlan = {
    ...drawn, network,
    synchrony: synchrony === 'drawn' ? drawn.synchrony : synchronyOf(synchrony, drawn.durationMs),
    clocks: has('clock') ? drawn.clocks : [],
    byzantine: has('byzantine') ? drawn.byzantine : [],
    faults: drawn.faults.filter((fault) => has(groupOf(fault.kind))),
  }
  return beyond ? beyondTheModel(plan) : plan
}

/** The same plan with one assumption of its protocol broken, and what shows it brought about. */
export const beyondTheModel = (plan: SimulationPlan): SimulationPlan => (plan.protocol === 'pbft' ? withTooManyLiars(plan) : withSlowClock(plan))

function withTooManyLiars(plan: SimulationPlan): SimulationPlan {
  const tolerated = Math.floor((plan.nodes - 1) / 3)
  const liars = Array.from({ length: tolerated + 1 }, (_, i) => `n${i + 1}`)
  const honest = Array.from({ length: plan.nodes - liars.length }, (_, i) => `n${liars.length + i + 1}`)
  const middle = Math.ceil(honest.length / 2)
  const halves = [honest.slice(0, middle), honest.slice(middle)] as const
  return {
    ...plan,
    // Requests from many at a time reach the two faces of a primary in different orders.
    workload: { ...plan.workload, ...CROWD },
    // Each half sees a quorum: its own members and one face of every liar.
    byzantine: liars.map((node) => ({ node, kind: 'twins' as const, reshuffleMs: plan.durationMs, halves })),
  }
}

/** A leader with a slow clock takes its lease for valid when the others have elected another: it is made the leader, and cut off. */
function withSlowClock(plan: SimulationPlan): SimulationPlan {
  const electionMs = plan.timing.electionTicks * plan.timing.tickMs
  const begins = Array.from({ length: EPISODE.times }, (_, i) => (EPISODE.firstElections + i * EPISODE.everyElections) * electionMs)
  const episodes = begins.flatMap((atMs): FaultEvent[] => {
    const cutMs = atMs + EPISODE.leadsElections * electionMs
    return [
      { atMs, kind: 'transfer-leadership', to: SLOW },
      { atMs: cutMs, untilMs: cutMs + EPISODE.cutElections * electionMs, kind: 'partition', shape: 'isolate', node: SLOW },
    ]
  })
  return {
    ...plan,
    durationMs: Math.max(plan.durationMs, (EPISODE.firstElections + EPISODE.times * EPISODE.everyElections) * electionMs),
    clocks: Array.from({ length: plan.nodes }, (_, i) => ({ node: `n${i + 1}`, rate: i === 0 ? 1 / DRIFT_BEYOND : 1, skewMs: 0 })),
    workload: { ...plan.workload, ...READERS },
    options: { ...plan.options, readMode: 'lease', leadershipTransfer: true },
    faults: [...plan.faults, ...episodes].sort((one, other) => one.atMs - other.atMs),
  }
}

/**
 * The plan in which `fault`, its last one, may happen. In PBFT nobody hands leadership over unless the plan says so, and what is drawn of
 * it there does nothing: it goes, so that what was seen stays as it was.
 */
export function allowing(fault: FaultEvent, plan: SimulationPlan): SimulationPlan {
  if (fault.kind !== 'transfer-leadership' || plan.protocol !== 'pbft' || plan.options.leadershipTransfer === true) return plan
  const last = plan.faults.length - 1
  return { ...plan, options: { ...plan.options, leadershipTransfer: true }, faults: plan.faults.filter(({ kind }, at) => at === last || kind !== 'transfer-leadership') }
}

export const liarsTolerated = (protocol: Protocol, nodes: number): number => (protocol === 'pbft' ? Math.floor((nodes - 1) / 3) : 0)
export const crashesTolerated = (protocol: Protocol, nodes: number): number => (protocol === 'pbft' ? Math.floor((nodes - 1) / 3) : Math.floor((nodes - 1) / 2))

/** Faults that a person adds while it runs. */
export const TOOLS = [
  'crash', 'pause', 'isolate', 'one-way', 'ring', 'bridge', 'loss', 'delay', 'clock-jump', 'torn-write', 'fsync-error', 'disk-full', 'disk-stall', 'transfer-leadership', 'power-loss',
] as const
export type Tool = (typeof TOOLS)[number]
/** Tools that ask which member. */
export const NEEDS_NODE: ReadonlySet<Tool> = new Set(['crash', 'pause', 'isolate', 'one-way', 'bridge', 'clock-jump', 'torn-write', 'fsync-error', 'disk-full', 'disk-stall', 'transfer-leadership'])

const LOSS_SHARE = 0.3
const DELAY_FACTOR = 5

export function faultOf(tool: Tool, node: string, others: readonly string[], atMs: number, lastsMs: number): FaultEvent {
  const span = { atMs, untilMs: atMs + lastsMs }
  switch (tool) {
    case 'crash': return { ...span, kind: 'crash', node }
    case 'pause': return { ...span, kind: 'pause', node }
    case 'power-loss': return { ...span, kind: 'power-loss' }
    case 'isolate': return { ...span, kind: 'partition', shape: 'isolate', node }
    case 'one-way': return { ...span, kind: 'partition', shape: 'one-way', from: [node], to: others }
    case 'ring': return { ...span, kind: 'partition', shape: 'ring' }
    case 'bridge': return { ...span, kind: 'partition', shape: 'bridge', bridge: node }
    case 'loss': return { ...span, kind: 'loss', share: LOSS_SHARE }
    case 'delay': return { ...span, kind: 'delay', factor: DELAY_FACTOR, shape: 'exponential' }
    case 'clock-jump': return { atMs, kind: 'clock-jump', node, byMs: lastsMs }
    case 'torn-write': return { ...span, kind: 'torn-write', node }
    case 'fsync-error': return { ...span, kind: 'fsync-error', node }
    case 'disk-full': return { ...span, kind: 'disk-full', node }
    case 'disk-stall': return { ...span, kind: 'disk-stall', node }
    case 'transfer-leadership': return { atMs, kind: 'transfer-leadership', to: node }
  }
}

/** A line drawn through the picture: its two sides stop hearing each other. */
export const splitFault = (groups: readonly (readonly string[])[], atMs: number, lastsMs: number): FaultEvent =>
  ({ atMs, untilMs: atMs + lastsMs, kind: 'partition', shape: 'groups', groups })

/** Links over which nothing passes now, as `from>to`. `ids` are all members, those that stand by, too. */
export function cutLinks(faults: readonly FaultEvent[], ids: readonly string[]): ReadonlySet<string> {
  return new Set(faults.flatMap((fault) => (fault.kind === 'partition' ? cutsOf(fault, ids).map(([from, to]) => `${from}>${to}`) : [])))
}

/** Members whose process does not run, and those that stand still, for the drawing. */
export function processesOf(nodes: readonly NodeSummary[]): ReadonlyMap<string, 'running' | 'paused' | 'killed'> {
  return new Map(nodes.map((node) => [node.id, node.isPaused ? 'paused' : node.isUp ? 'running' : 'killed']))
}
