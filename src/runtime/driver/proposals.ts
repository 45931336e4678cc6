/** Proposals of this node from their arrival to their outcome: first collected for the turn, then waiting for their index to be applied. */
import type { ProposeAnswer } from '../../core/raft'
import type { ProposalOutcome } from './types'

type Done = (outcome: ProposalOutcome) => void

const BUSY = { kind: 'busy' } as const
/** The answered head of the queue is given back when it is at least this long and half of the array. */
const HEAD_MAX = 1024

export class Proposals {
  #commands: Uint8Array[] = []
  #dones: Done[] = []
  #bytes = 0
  /** Outcome callbacks by index: #waiting[#head] waits for #firstIndex, the next for the next. All are of #term. */
  #waiting: Done[] = []
  #head = 0
  #firstIndex = 0
  #term = 0
  applied = 0
  refused = 0
  unknown = 0

  get waiting(): number {
    return this.#waiting.length - this.#head + this.#dones.length
  }

  get collectedBytes(): number {
    return this.#bytes
  }

  get hasCollected(): boolean {
    return this.#commands.length > 0
  }

  collect(command: Uint8Array, done: Done): void {
    this.#commands.push(command)
    this.#dones.push(done)
    this.#bytes += command.length
  }

  refuse(done: Done, outcome: ProposalOutcome): void {
    this.refused++
    done(outcome)
  }

  /** Hands the commands of the turn to `propose` and files those that were appended under their indexes. */
  submit(propose: (commands: readonly Uint8Array[]) => ProposeAnswer): void {
    const dones = this.#dones
    const answer = propose(this.#commands)
    this.#commands = []
    this.#dones = []
    this.#bytes = 0
    const accepted = answer.kind === 'appended' ? answer.accepted : 0
    if (answer.kind === 'appended' && accepted > 0) {
      if (this.#head === this.#waiting.length) {
        this.#waiting = []
        this.#head = 0
        this.#firstIndex = answer.firstIndex
        this.#term = answer.term
      }
      for (let i = 0; i < accepted; i++) this.#waiting.push(dones[i] as Done)
    }
    for (let i = accepted; i < dones.length; i++) this.refuse(dones[i] as Done, answer.kind === 'appended' ? BUSY : answer)
  }

  /** The entry of `index` and `term` was applied with `reply`. */
  settle(index: number, term: number, reply: Uint8Array): void {
    if (this.#head === this.#waiting.length || index !== this.#firstIndex) return
    const done = this.#waiting[this.#head] as Done
    this.#head++
    this.#firstIndex++
    if (this.#head >= HEAD_MAX && this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head)
      this.#head = 0
    }
    if (term === this.#term) {
      this.applied++
      done({ kind: 'applied', reply })
    } else {
      this.unknown++
      done({ kind: 'unknown', why: 'leadership-lost' })
    }
  }

  /** Gives up on everything that was appended and not yet applied. */
  abandon(why: 'leadership-lost' | 'stopped'): void {
    const given = this.#waiting.slice(this.#head)
    this.#waiting = []
    this.#head = 0
    this.unknown += given.length
    for (const done of given) done({ kind: 'unknown', why })
  }

  /** Refuses what was collected in this turn: none of it was appended. */
  refuseCollected(outcome: ProposalOutcome): void {
    const dones = this.#dones
    this.#commands = []
    this.#dones = []
    this.#bytes = 0
    for (const done of dones) this.refuse(done, outcome)
  }
}
