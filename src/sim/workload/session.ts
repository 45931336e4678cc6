/** A session of the state machine as its client knows it: one after the other, each shared by so many askers as the plan has. */
import { encodeCommand, type Operation } from '../../core/statemachine'

export class ClientSession {
  readonly #index: number
  /** Counts the sessions of this client. */
  number = 0
  isOpen = false
  /** It is being opened. */
  isAwaited = false
  #sequence = 0
  /** Sequences whose answers may still be asked for, in ascending order. */
  readonly #outstanding = new Set<number>()

  constructor(index: number) {
    this.#index = index
  }

  get isUsed(): boolean {
    return this.#sequence > 0
  }

  get clientId(): string {
    return `${(this.#index + 1).toString(16).padStart(8, '0')}${this.number.toString(16).padStart(8, '0')}`
  }

  /** The next one. */
  open(): Uint8Array {
    this.number++
    this.#sequence = 0
    this.#outstanding.clear()
    this.isAwaited = true
    return encodeCommand({ kind: 'open-session', clientId: this.clientId })
  }

  /** The `number`-th is over, where it is the one that is open. */
  ended(number: number): void {
    if (number === this.number) this.isOpen = false
  }

  operate(operation: Operation): { readonly sequence: number; readonly bytes: Uint8Array } {
    const sequence = ++this.#sequence
    this.#outstanding.add(sequence)
    const [lowestOutstanding = sequence] = this.#outstanding
    return { sequence, bytes: encodeCommand({ kind: 'operate', clientId: this.clientId, sequence, lowestOutstanding, operation }) }
  }

  /** Nobody asks for this again. */
  settled(number: number, sequence: number): void {
    if (number === this.number) this.#outstanding.delete(sequence)
  }
}
