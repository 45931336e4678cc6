/** The proposals of clients at this member: those that wait for a slot, and those in a slot whose fate is not yet known. */
import { isPlanted } from '../base'
import type { MachineLimits, ProposalRefusal, RefusedProposal } from '../machine'
import type { Ballot } from './ballot'
import { SLOT_OVERHEAD_BYTES } from './slot-log'
import type { ValueKind } from './types'

export interface QueuedValue {
  readonly kind: ValueKind
  readonly data: Uint8Array
  /** 0 where no proposal of this member's clients is settled by it. */
  readonly token: number
}

interface Placed {
  readonly token: number
  readonly ballot: Ballot
  readonly bytes: number
}

export class Proposals {
  #queue: QueuedValue[] = []
  #queueHead = 0
  /** Tokens by the slot they were proposed in. */
  readonly #placed = new Map<number, Placed>()
  /** Queued, or in a slot and not yet settled. */
  bytes = 0
  refused: RefusedProposal[] = []

  get waiting(): number {
    return this.#queue.length - this.#queueHead
  }

  /** For one more, whatever its size: a large one that had to fit would wait for ever while small ones pass it. */
  hasRoom({ uncommittedBytesMax }: Pick<MachineLimits, 'uncommittedBytesMax'>): boolean {
    return this.bytes < uncommittedBytesMax
  }

  refuse(token: number, refusal: ProposalRefusal): void {
    if (token > 0) this.refused.push({ token, refusal })
  }

  enqueue(value: QueuedValue): void {
    this.bytes += value.data.length + SLOT_OVERHEAD_BYTES
    this.#queue.push(value)
  }

  dequeue(): QueuedValue | null {
    const value = this.#queue[this.#queueHead]
    if (!value) return null
    this.#queueHead++
    if (this.#queueHead === this.#queue.length) {
      this.#queue = []
      this.#queueHead = 0
    }
    this.bytes -= value.data.length + SLOT_OVERHEAD_BYTES
    return value
  }

  place(slot: number, ballot: Ballot, { token, data }: QueuedValue): void {
    const bytes = data.length + SLOT_OVERHEAD_BYTES
    this.bytes += bytes
    this.#placed.set(slot, { token, ballot, bytes })
  }

  /** The value of a slot is known. The token that it settles; a proposal that lost its slot will never take effect. */
  settle(slot: number, origin: Ballot, leaderId: string | null): number {
    const placed = this.#placed.get(slot)
    if (!placed) return 0
    this.#placed.delete(slot)
    const isKept = __PLANTED__ && isPlanted('paxos/uncommitted-bytes-kept') && placed.ballot !== origin
    if (!isKept) this.bytes -= placed.bytes
    if (placed.ballot === origin || (__PLANTED__ && isPlanted('paxos/settled-by-slot'))) return placed.token
    this.refuse(placed.token, { kind: 'not-leader', leaderId })
    return 0
  }

  /** What was never proposed can be proposed elsewhere. */
  refuseQueued(refusal: ProposalRefusal): void {
    for (let value = this.dequeue(); value; value = this.dequeue()) this.refuse(value.token, refusal)
  }

  get hasPlaced(): boolean {
    return this.#placed.size > 0
  }

  /** Gives up on proposals in slots up to `slot`, whose values this member may never see. */
  forget(slot: number, why: 'leadership-lost' | 'timed-out'): void {
    for (const [at, placed] of this.#placed) {
      if (at > slot) continue
      this.#placed.delete(at)
      this.bytes -= placed.bytes
      this.refuse(placed.token, { kind: 'unknown', why })
    }
  }
}
