/**
 * What the cluster is busy with when a fault strikes, for the ledger of coverage. Asked of the nodes as they are: a replica that starts
 * as primary of its view tells nobody of it. (`Phases` knows what nodes have told, and is what faults of plans wait for.)
 */
import type { ProtocolMachine } from '../core/machine'
import type { Phase } from './plan'
import type { Adapter } from './protocols'

/** A phase that is known by what was seen of it lasts so many ticks after the last of that. */
const LINGER_TICKS = 2
/** Messages that carry a state, ask for one or answer to one. Entries that a member lacks are replication, however many. */
const TRANSFERRING = new Set(['snapshot-chunk', 'snapshot-response', 'snapshot-offer', 'snapshot-request', 'offer', 'fetch-chunk', 'chunk'])
const ELECTING = new Set(['candidate', 'pre-candidate'])

/** A node, as far as this asks. */
export interface Occupied {
  readonly isRunning: boolean
  readonly isByzantine: boolean
  readonly machine: ProtocolMachine
}

export class Occupation {
  readonly #nodes: readonly Occupied[]
  readonly #adapter: Pick<Adapter, 'isChangingMembers'>
  readonly #lingerMs: number
  #snapshotUntilMs = 0
  #transferUntilMs = 0
  #changeUntilMs = 0
  #changedAt = 0

  constructor(nodes: readonly Occupied[], adapter: Pick<Adapter, 'isChangingMembers'>, tickMs: number) {
    this.#nodes = nodes
    this.#adapter = adapter
    this.#lingerMs = LINGER_TICKS * tickMs
  }

  message(kind: string, nowMs: number): void {
    if (TRANSFERRING.has(kind)) this.#transferUntilMs = nowMs + this.#lingerMs
  }

  installed(nowMs: number): void {
    this.#transferUntilMs = nowMs + this.#lingerMs
  }

  snapshot(nowMs: number): void {
    this.#snapshotUntilMs = nowMs + this.#lingerMs
  }

  /** The first to take over a configuration; a straggler or a node that starts changes nothing for the group. */
  membersChanged(index: number, nowMs: number): void {
    if (index <= this.#changedAt) return
    this.#changedAt = index
    this.#changeUntilMs = nowMs + this.#lingerMs
  }

  /** The rarest of those that hold. */
  now(nowMs: number): Phase {
    if (nowMs < this.#transferUntilMs) return 'state-transfer'
    const running = this.#nodes.filter((node) => node.isRunning)
    const machines = running.filter((node) => !node.isByzantine).map((node) => node.machine)
    if (nowMs < this.#changeUntilMs || this.#adapter.isChangingMembers(machines)) return 'reconfiguration'
    if (machines.some((machine) => ELECTING.has(machine.status().role)) || !running.some((node) => node.machine.status().isLeader)) return 'election'
    return nowMs < this.#snapshotUntilMs ? 'snapshot' : 'idle'
  }
}
