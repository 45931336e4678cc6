/** Events and faults as a key of the catalogue with its parameters, which may be phrases, too. Pure. */
import type { FaultEvent, SimulationPlan, TraceEvent } from '../../../../sim'

export interface Phrase {
  readonly key: string
  readonly parameters: Readonly<Record<string, string | number | Phrase>>
}
type Translate = (key: string, parameters: Readonly<Record<string, string | number>>) => string

export function inWords({ key, parameters }: Phrase, t: Translate): string {
  return t(key, Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, typeof value === 'object' ? inWords(value, t) : value])))
}

/** A member, or a role that decides who it will be. */
const named = (node: string): string | Phrase => (node === 'leader' || node === 'follower' ? { key: `simulator.whoever.${node}`, parameters: {} } : node)
const percent = (share: number): number => Math.round(share * 1000) / 10

/** Of one that waits for its moment, also what for. */
export function plannedPhrase(fault: FaultEvent): Phrase {
  const phrase = faultPhrase(fault)
  return fault.when === undefined ? phrase : { key: 'simulator.waiting-for', parameters: { fault: phrase, moment: { key: `simulator.moments.${fault.when}`, parameters: {} } } }
}

export function faultPhrase(fault: FaultEvent): Phrase {
  const key = fault.kind === 'partition' ? `partition-${fault.shape}` : fault.kind === 'transfer-leadership' && fault.to === null ? 'transfer-leadership-any' : fault.kind
  return { key: `simulator.faults.${key}`, parameters: parametersOf(fault) }
}

function parametersOf(fault: FaultEvent): Phrase['parameters'] {
  switch (fault.kind) {
    case 'crash':
    case 'pause':
    case 'torn-write':
    case 'bit-rot':
    case 'misdirected-write':
    case 'misdirected-read':
    case 'fsync-error':
    case 'disk-full':
    case 'disk-stall': return { node: named(fault.node) }
    case 'power-loss': return {}
    case 'partition': return partitionParameters(fault)
    case 'loss':
    case 'duplication':
    case 'reordering': return { percent: percent(fault.share) }
    case 'clog': return { from: named(fault.from), to: named(fault.to) }
    case 'delay': return { factor: Math.round(fault.factor * 10) / 10 }
    case 'drop': return { from: fault.from, to: fault.to, nth: fault.nth }
    case 'clock-jump': return { node: named(fault.node), seconds: Math.round(fault.byMs / 100) / 10 }
    case 'clock-drift': return { node: named(fault.node), rate: Math.round(fault.rate * 100) / 100 }
    case 'transfer-leadership': return fault.to === null ? {} : { node: named(fault.to) }
    case 'change-members': return { changes: fault.changes.map((change) => (change.kind === 'remove' ? `−${change.id}` : `+${change.id} (${change.member})`)).join(', ') }
  }
}

function partitionParameters(fault: Extract<FaultEvent, { kind: 'partition' }>): Phrase['parameters'] {
  switch (fault.shape) {
    case 'groups': return { groups: fault.groups.map((group) => group.join(' ')).join(' | ') }
    case 'one-way': return { from: fault.from.length === 1 ? named(fault.from[0] ?? '') : fault.from.join(', '), to: fault.to.join(', ') }
    case 'ring': return {}
    case 'bridge': return { node: named(fault.bridge) }
    case 'isolate': return { node: named(fault.node) }
  }
}

/** Reasons that the simulator gives; what a node says of its own end is its own. */
const ENDS: Readonly<Record<string, string>> = {
  'it is killed': 'killed', 'it is killed in the middle of a write': 'torn', 'the power fails': 'power', 'its machine is restarted': 'restarted', 'it stays down': 'down', 'its storage has failed': 'storage',
}
const why = (reason: string): string | Phrase => (ENDS[reason] === undefined ? reason : { key: `simulator.ends.${ENDS[reason]}`, parameters: {} })

/** PBFT has its own words for those who lead and follow. */
const PBFT_ROLES: Readonly<Record<string, string>> = { leader: 'primary', follower: 'replica' }

/** What the list of events says of one. */
export function eventPhrase(event: TraceEvent, protocol: SimulationPlan['protocol']): Phrase {
  const epoch = (text: string): Phrase => ({ key: `simulator.epochs.${protocol}`, parameters: { epoch: text } })
  const phrase = (parameters: Phrase['parameters'], key: string = event.kind): Phrase => ({ key: `simulator.events.${key}`, parameters })
  switch (event.kind) {
    case 'sent':
    case 'delivered':
    case 'dropped': return phrase({ from: event.from, to: event.to, message: event.message })
    case 'role': return phrase({ node: event.node, role: { key: `simulator.roles.${protocol === 'pbft' ? (PBFT_ROLES[event.role] ?? event.role) : event.role}`, parameters: {} }, epoch: epoch(event.epoch) })
    case 'term': return phrase({ node: event.node, epoch: epoch(event.epoch) })
    case 'leader': return event.leader === null ? phrase({ node: event.node, epoch: epoch(event.epoch) }, 'no-leader') : phrase({ node: event.node, leader: event.leader, epoch: epoch(event.epoch) }, event.leader === event.node ? 'leads' : 'leader')
    case 'members': return phrase({ node: event.node, members: event.members.join(', ') }, event.members.length === 0 ? 'no-member' : 'members')
    case 'misbehaviour': return phrase({ node: event.node, of: event.of, what: event.what })
    case 'crash': return phrase({ node: event.node, why: why(event.why) })
    case 'restart': return phrase({ node: event.node, n: event.records })
    case 'rotten': return phrase({ node: event.node, why: event.why })
    case 'fault-began': return faultPhrase(event.what)
    case 'fault-ended': return phrase({ fault: faultPhrase(event.what) })
    case 'invoked': return phrase({ client: event.client, f: event.f, key: event.key, value: event.value ?? '' })
    case 'completed': return phrase({ client: event.client, f: event.f, key: event.key, value: event.value ?? '' }, `completed-${event.outcome}`)
    case 'committed': return phrase({ node: event.node, from: event.from, to: event.to })
    case 'applied': return phrase({ node: event.node, order: event.order, command: event.command })
    case 'snapshot': return phrase({ node: event.node, index: event.index }, `snapshot-${event.what}`)
    case 'phase': return phrase({ core: event.core.join(', ') }, `phase-${event.phase}`)
    case 'violated': return phrase({ invariant: event.violation.invariant, message: event.violation.message })
  }
}

export type EventGroup = 'elections' | 'faults' | 'clients' | 'state'
export const EVENT_GROUPS: readonly EventGroup[] = ['elections', 'faults', 'clients', 'state']

/** The filter that an event falls under; null for what is always shown. */
export function groupOfEvent(event: TraceEvent): EventGroup | null {
  switch (event.kind) {
    case 'role':
    case 'term':
    case 'leader': return 'elections'
    case 'crash':
    case 'restart':
    case 'rotten':
    case 'fault-began':
    case 'fault-ended': return 'faults'
    case 'invoked':
    case 'completed': return 'clients'
    case 'snapshot':
    case 'members': return 'state'
    default: return null
  }
}

/** The sentence that says what an invariant demands. */
export const meaningKey = (invariant: string): string => `simulator.invariants.${(invariant.split(':')[0] ?? '').replace(/[^A-Za-z]/g, '')}`

/** Virtual time as `m:ss.mmm`. */
export function clockOf(atMs: number): string {
  const whole = Math.max(0, Math.round(atMs))
  const minutes = Math.floor(whole / 60_000)
  const seconds = String(Math.floor(whole / 1000) % 60).padStart(2, '0')
  return `${minutes}:${seconds}.${String(whole % 1000).padStart(3, '0')}`
}
