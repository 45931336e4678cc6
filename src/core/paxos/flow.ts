/** What a leader knows of one other member in its reign, and how fast it may send to it. */
import { type Inflights } from '../base'

export type FlowState = 'replicate' | 'catch-up' | 'snapshot'

export class PeerFlow {
  readonly id: string
  readonly inflights: Inflights
  /** The first slot of this reign. */
  readonly start: number
  /** The next slot to send. */
  next: number
  /** Every slot of this reign up to here is accepted and durable there. */
  match: number
  /** Chosen up to here, on its own word; null before it said so in this reign. */
  chosen: number | null = null
  /** The largest chosen index sent to it. */
  chosenSent = 0
  heardAtTick: number | null = null
  /** The last tick at which `match` moved or something was first sent. */
  progressTick = 0
  /** The newest round of confirmations that it answered. */
  roundConfirmed = 0
  /** The tick at which the newest confirmed round was sent; -1 for none. */
  leaseTick = -1
  state: FlowState = 'replicate'

  constructor(id: string, next: number, inflights: Inflights) {
    this.id = id
    this.start = next
    this.next = next
    this.match = next - 1
    this.inflights = inflights
  }

  sent(lastSlot: number, bytes: number, tick: number): void {
    if (this.inflights.count === 0) this.progressTick = tick
    this.inflights.add(lastSlot, bytes)
    this.next = lastSlot + 1
  }

  /** `from` to `to` are durable there. Answers may come in any order. */
  accepted(from: number, to: number, tick: number): void {
    if (from > this.match + 1 || to <= this.match) return
    this.match = to
    this.next = Math.max(this.next, to + 1)
    this.progressTick = tick
    this.inflights.freeTo(to)
  }

  /** It has all up to `chosen`, whoever it has it from. */
  heard(chosen: number, tick: number): void {
    this.heardAtTick = tick
    this.chosen = Math.max(this.chosen ?? 0, chosen)
    if (this.chosen > this.match) this.accepted(this.match + 1, this.chosen, tick)
    if (this.state === 'snapshot' && this.chosen >= this.match) this.state = 'replicate'
  }

  /** Nothing moved for too long: what is under way is taken for lost. */
  sendAgain(tick: number): void {
    this.next = this.match + 1
    this.inflights.clear()
    this.progressTick = tick
  }
}
