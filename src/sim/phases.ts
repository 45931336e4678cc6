/** What the cluster is busy with, as an onlooker sees it: from roles, from kinds of messages, from changes of members under way. */
import type { MachineEvent } from '../core/machine'
import type { Phase, Trigger } from './plan'

/** A phase that is known by its messages lasts so many ticks after the last of them. */
const LINGER_TICKS = 2

const ELECTING = new Set(['candidate', 'pre-candidate', 'preparing', 'view-change', 'electing'])

export class Phases {
  readonly #lingerMs: number
  readonly #leaders = new Set<string>()
  readonly #electing = new Set<string>()
  #snapshotUntilMs = 0
  #transferUntilMs = 0
  #reconfigurationUntilMs = 0

  constructor(tickMs: number) {
    this.#lingerMs = LINGER_TICKS * tickMs
  }

  event(nodeId: string, event: MachineEvent, nowMs: number): void {
    if (event.kind === 'role-changed') {
      setMember(this.#leaders, nodeId, event.role === 'leader' || event.role === 'primary')
      setMember(this.#electing, nodeId, ELECTING.has(event.role))
    } else if (event.kind === 'members-changed') this.#reconfigurationUntilMs = Math.max(this.#reconfigurationUntilMs, nowMs + this.#lingerMs)
  }

  gone(nodeId: string): void {
    this.#leaders.delete(nodeId)
    this.#electing.delete(nodeId)
  }

  message(kind: string, nowMs: number): void {
    if (kind.includes('snapshot') || kind.includes('state') || kind.includes('fetch')) this.#transferUntilMs = nowMs + this.#lingerMs
  }

  snapshot(nowMs: number): void {
    this.#snapshotUntilMs = nowMs + this.#lingerMs
  }

  installing(nowMs: number): void {
    this.#transferUntilMs = nowMs + this.#lingerMs
  }

  reconfiguring(untilMs: number): void {
    this.#reconfigurationUntilMs = untilMs
  }

  /** The rarest of those that hold. */
  now(nowMs: number): Phase {
    if (nowMs < this.#transferUntilMs) return 'state-transfer'
    if (nowMs < this.#reconfigurationUntilMs) return 'reconfiguration'
    if (this.isElection) return 'election'
    return nowMs < this.#snapshotUntilMs ? 'snapshot' : 'idle'
  }

  get isElection(): boolean {
    return this.#leaders.size === 0 || this.#electing.size > 0
  }

  holds(phase: Exclude<Trigger, 'write-in-flight' | 'elected' | 'committed'>, nowMs: number): boolean {
    switch (phase) {
      case 'state-transfer': return nowMs < this.#transferUntilMs
      case 'reconfiguration': return nowMs < this.#reconfigurationUntilMs
      case 'election': return this.isElection
      case 'snapshot': return nowMs < this.#snapshotUntilMs
      case 'idle': return this.now(nowMs) === 'idle'
    }
  }
}

function setMember(set: Set<string>, id: string, isIn: boolean): void {
  if (isIn) set.add(id)
  else set.delete(id)
}
