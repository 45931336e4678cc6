/** One simulated node: its process, which comes and goes, and its disk, which stays. */
import type { Random } from '../core/base'
import type { ProtocolMachine } from '../core/machine'
import type { NodeDriver } from '../runtime/driver'
import type { CountedMachine } from './application'
import type { SimulatedDisk } from './disk'
import type { NodeView } from './invariant'

/** What waits for a paused process. */
export type Waiting =
  | { readonly kind: 'message'; readonly from: string; readonly bytes: Uint8Array }
  | { readonly kind: 'request'; readonly run: (node: SimulatedNode) => void }

export class SimulatedNode implements NodeView {
  /** Its identity; twins share one. */
  readonly id: string
  readonly index: number
  /** 0, or 1 for the second of two twins. */
  readonly copy: number
  readonly isByzantine: boolean
  readonly disk: SimulatedDisk
  readonly random: Random
  incarnation = 0
  isUp = false
  isPaused = false
  /** Its disk is damaged and it does not start any more. */
  isRotten = false
  /** Damage was done to its disk by plan. */
  isDamaged = false
  /** Its storage has failed and it must say nothing more. */
  hasStopped = false
  /** How many faults hold it down now. */
  downBy = 0
  pausedBy = 0
  driver: NodeDriver | null = null
  application: CountedMachine | null = null
  committed = 0
  firstIndex = 0
  replacements = 0
  /** How fast its clock runs. */
  rate = 1
  /** Its ticks wait until then, after a jump back. */
  silentUntilMs = 0
  isFlushDue = false
  isTurnPlanned = false
  missedTicks = 0
  readonly inbox: Waiting[] = []
  #machine: ProtocolMachine | null = null

  constructor(id: string, index: number, copy: number, isByzantine: boolean, random: Random, makeDisk: (node: SimulatedNode) => SimulatedDisk) {
    this.id = id
    this.index = index
    this.copy = copy
    this.isByzantine = isByzantine
    this.random = random
    this.disk = makeDisk(this)
  }

  /** Of the running incarnation; of the last one where it is down. */
  get machine(): ProtocolMachine {
    if (this.#machine === null) throw new Error(`${this.id} has never started`)
    return this.#machine
  }

  set machine(machine: ProtocolMachine) {
    this.#machine = machine
  }

  get hasStarted(): boolean {
    return this.#machine !== null
  }

  get isRunning(): boolean {
    return this.isUp && !this.isPaused
  }
}
