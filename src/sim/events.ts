/** Kinds of what the queue holds, and what of a machine's events goes into the trace. */
import type { MachineEvent } from '../core/machine'
import type { SimulatedNode } from './node'
import type { Adapter } from './protocols'
import type { Trace } from './trace'

export const EVENTS = {
  tick: 1,
  /** A message arrives. a: its number, from, data: its bytes, note: its kind. */
  deliver: 2,
  /** The end of a turn of a node's event loop. a: incarnation. */
  turn: 3,
  /** A flush of a node's disk ends. a: the disk's epoch. */
  flushed: 4,
  /** data: () => void. */
  call: 5,
  /** What a client asks arrives at a node. data: (node) => void. */
  request: 6,
} as const

export function tellEvent(trace: Trace, atMs: number, { id: node, isByzantine, machine }: SimulatedNode, event: MachineEvent, adapter: Adapter): void {
  const epochOf = (term: number): string => adapter.epochText(machine, term)
  trace.hash.text(event.kind)
  switch (event.kind) {
    case 'role-changed':
      if (event.role === 'candidate' || event.role === 'preparing' || event.role === 'view-change') trace.did('election')
      if (event.role === 'view-change') trace.did('view-change')
      if (event.role === 'leader') trace.did('leader-change')
      trace.hash.text(event.role)
      trace.hash.number(event.term)
      return trace.tell({ kind: 'role', atMs, node, role: event.role, epoch: epochOf(event.term), why: event.why })
    case 'term-changed':
      trace.hash.number(event.term)
      return trace.tell({ kind: 'term', atMs, node, epoch: epochOf(event.term) })
    case 'leader-changed':
      return trace.tell({ kind: 'leader', atMs, node, leader: event.leaderId, epoch: epochOf(event.term) })
    case 'members-changed':
      trace.did('config-change')
      trace.hash.number(event.index)
      return trace.tell({ kind: 'members', atMs, node, members: event.members.map((member) => member.id), index: event.index })
    case 'removed':
      trace.did('member-removed')
      return trace.tell({ kind: 'members', atMs, node, members: [], index: event.index })
    case 'misbehaviour':
      if (isByzantine) return
      trace.did('misbehaviour-proved')
      return trace.tell({ kind: 'misbehaviour', atMs, node, of: event.nodeId, what: event.what })
  }
}
