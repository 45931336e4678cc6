/** Proposals of this node from their arrival to their outcome: first collected for the turn, then with the machine. */
import type { LeadershipTerm, ProposalRefusal } from '../../core/machine'
import type { OnTentative, ProposalOutcome } from './types'

type Done = (outcome: ProposalOutcome) => void

export class Proposals {
  #commands: Uint8Array[] = []
  #tokens: number[] = []
  #collectedBytes = 0
  readonly #waiting = new Map<number, Done>()
  readonly #onTentative = new Map<number, OnTentative>()
  applied = 0
  refused = 0
  unknown = 0

  get waiting(): number {
    return this.#waiting.size
  }

  get collectedBytes(): number {
    return this.#collectedBytes
  }

  get hasCollected(): boolean {
    return this.#tokens.length > 0
  }

  collect(token: number, command: Uint8Array, done: Done, onTentative?: OnTentative): void {
    this.#commands.push(command)
    this.#tokens.push(token)
    this.#collectedBytes += command.length
    this.#waiting.set(token, done)
    if (onTentative) this.#onTentative.set(token, onTentative)
  }

  /** Hands over what was collected since the last call. */
  takeCollected(): { readonly commands: readonly Uint8Array[]; readonly tokens: readonly number[] } {
    const collected = { commands: this.#commands, tokens: this.#tokens }
    this.#commands = []
    this.#tokens = []
    this.#collectedBytes = 0
    return collected
  }

  refuseAtOnce(done: Done, outcome: ProposalOutcome): void {
    this.refused++
    done(outcome)
  }

  tellTentatively(token: number, reply: Uint8Array, term: LeadershipTerm): void {
    this.#onTentative.get(token)?.(reply, term)
  }

  applyDone(token: number, reply: Uint8Array): void {
    const done = this.#waiting.get(token)
    if (done === undefined) return
    this.#waiting.delete(token)
    this.#onTentative.delete(token)
    this.applied++
    done({ kind: 'applied', reply })
  }

  refuse(token: number, refusal: ProposalRefusal): void {
    const done = this.#waiting.get(token)
    if (done === undefined) return
    this.#waiting.delete(token)
    this.#onTentative.delete(token)
    if (refusal.kind === 'unknown') this.unknown++
    else this.refused++
    done(refusal)
  }

  /** What the machine never saw was certainly not appended; the fate of the others is not known. */
  stop(): void {
    for (const token of this.takeCollected().tokens) this.refuse(token, { kind: 'not-leader', leaderId: null })
    for (const token of [...this.#waiting.keys()]) this.refuse(token, { kind: 'unknown', why: 'stopped' })
  }
}
