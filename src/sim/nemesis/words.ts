/** Faults in words. */
import type { FaultEvent } from '../plan'

const share = (value: number): string => `${Math.round(value * 1000) / 10} %`
const names = (ids: readonly string[]): string => ids.join(', ')

function partitionInWords(fault: Extract<FaultEvent, { kind: 'partition' }>): string {
  switch (fault.shape) {
    case 'groups': return `The network parts into ${fault.groups.map(names).join(' | ')}`
    case 'one-way': return `What ${names(fault.from)} sends does not reach ${names(fault.to)}`
    case 'ring': return 'Each node hears only its neighbours in a ring'
    case 'bridge': return `The network parts into two halves, and only ${fault.bridge} hears both`
    case 'isolate': return `${fault.node} is cut off from all others`
  }
}

const WAITING: Readonly<Record<string, string>> = {
  'idle': 'once nothing else goes on', 'election': 'during the next election', 'snapshot': 'while a snapshot is taken', 'reconfiguration': 'during a change of members',
  'state-transfer': 'while state is transferred', 'in-idle': 'once nothing else goes on', 'in-election': 'during the next election', 'in-snapshot': 'right after a snapshot',
  'in-reconfiguration': 'during a change of members', 'in-state-transfer': 'while state is transferred', 'write-in-flight': 'while its disk is writing', 'elected': 'as soon as a leader is elected', 'committed': 'as soon as something is committed',
}

/** One sentence without its end: what happens, to whom, when it waits for something. */
export function faultInWords(fault: FaultEvent): string {
  const text = deedInWords(fault)
  return fault.when === undefined ? text : `${text} ${WAITING[fault.when] ?? fault.when}`
}

/** The same without what it waits for: of one that has come. */
export function deedInWords(fault: FaultEvent): string {
  switch (fault.kind) {
    case 'crash': return `${fault.node} crashes`
    case 'power-loss': return 'All nodes lose power'
    case 'pause': return `${fault.node} is paused`
    case 'partition': return partitionInWords(fault)
    case 'loss': return `${share(fault.share)} of all messages are lost`
    case 'duplication': return `${share(fault.share)} of all messages arrive twice`
    case 'reordering': return `${share(fault.share)} of all messages overtake others`
    case 'clog': return `The link from ${fault.from} to ${fault.to} is clogged`
    case 'delay': return `Messages take ${fault.factor} times as long`
    case 'drop': return `Message ${fault.nth} from ${fault.from} to ${fault.to} is lost`
    case 'clock-jump': return `The clock of ${fault.node} jumps by ${fault.byMs} ms`
    case 'clock-drift': return `The clock of ${fault.node} runs at ${fault.rate} of its speed`
    case 'torn-write': return `${fault.node} crashes in the middle of a write`
    case 'bit-rot': return `One bit on the disk of ${fault.node} turns`
    case 'misdirected-write': return `The disk of ${fault.node} writes to a wrong place`
    case 'misdirected-read': return `The disk of ${fault.node} reads from a wrong place`
    case 'fsync-error': return `The disk of ${fault.node} fails to make a write durable`
    case 'disk-full': return `The disk of ${fault.node} is full`
    case 'disk-stall': return `The disk of ${fault.node} stalls`
    case 'transfer-leadership': return `An operator hands leadership to ${fault.to ?? 'the most up-to-date member'}`
    case 'change-members': return `An operator changes the members: ${fault.changes.map((change) => (
      change.kind === 'remove' ? `remove ${change.id}` : `${change.id} becomes a ${change.member}`)).join(', ')}`
  }
}
