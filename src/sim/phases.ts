/**
 * What the cluster is busy with by what its nodes have told: from roles that changed, from kinds of messages, from changes of members that
 * were asked for. What faults of plans wait for. A role that a node has from its start on is not told, and a change counts from when it is
 * asked for, so the ledger counts by `Occupation`; plans, and the seeds of bugs found with them, rest on this one as it is.
 */
import type { MachineEvent } from '../core/machine'
import { Occupation, type Occupied } from './occupation'
import type { Phase } from './plan'
import type { Adapter } from './protocols'

/** A phase that is known by its messages lasts so many ticks after the last of them. */
const LINGER_TICKS = 2

const ELECTING = new Set(['candidate', 'pre-candidate', 'preparing', 'view-change', 'electing'])

export class Phases {
  /** What it is by the nodes themselves. */
  readonly occupation: Occupation
  readonly #lingerMs: number
  readonly #leaders = new Set<string>()
  readonly #electing = new Set<string>()
  #snapshotUntilMs = 0
  #transferUntilMs = 0
  #reconfigurationUntilMs = 0

  constructor(nodes: readonly Occupied[], adapter: Pick<Adapter, 'isChangingMembers'>, tickMs: number) {
    this.occupation = new Occupation(nodes, adapter, tickMs)
    this.#lingerMs = LINGER_TICKS * tickMs
  }

  event(nodeId: string, event: MachineEvent, nowMs: number): void {
    if (event.kind === 'role-changed') {
      setMember(this.#leaders, nodeId, event.role === 'leader' || event.role === 'primary')
      setMember(this.#electing, nodeId, ELECTING.has(event.role))
    } else if (event.kind === 'members-changed') {
      this.occupation.membersChanged(event.index, nowMs)
      this.#reconfigurationUntilMs = Math.max(this.#reconfigurationUntilMs, nowMs + this.#lingerMs)
    }
  }

  gone(nodeId: string): void {
    this.#leaders.delete(nodeId)
    this.#electing.delete(nodeId)
  }

  message(kind: string, nowMs: number): void {
    this.occupation.message(kind, nowMs)
    if (kind.includes('snapshot') || kind.includes('state') || kind.includes('fetch')) this.#transferUntilMs = nowMs + this.#lingerMs
  }

  snapshot(nowMs: number): void {
    this.occupation.snapshot(nowMs)
    this.#snapshotUntilMs = nowMs + this.#lingerMs
  }

  installing(nowMs: number): void {
    this.occupation.installed(nowMs)
    this.#transferUntilMs = nowMs + this.#lingerMs
  }

  reconfiguring(untilMs: number): void {
    this.#reconfigurationUntilMs = untilMs
  }

  get isElection(): boolean {
    return this.#leaders.size === 0 || this.#electing.size > 0
  }

  holds(phase: Phase, nowMs: number): boolean {
    switch (phase) {
      case 'state-transfer': return nowMs < this.#transferUntilMs
      case 'reconfiguration': return nowMs < this.#reconfigurationUntilMs
      case 'election': return this.isElection
      case 'snapshot': return nowMs < this.#snapshotUntilMs
      case 'idle': return nowMs >= Math.max(this.#transferUntilMs, this.#reconfigurationUntilMs, this.#snapshotUntilMs) && !this.isElection
    }
  }
}

function setMember(set: Set<string>, id: string, isIn: boolean): void {
  if (isIn) set.add(id)
  else set.delete(id)
}
