import { assert } from './assert'

/** The window of messages under way to one member: a ring of the last index of each, with its bytes. Bounded by both. */
export class Inflights {
  readonly #messagesMax: number
  readonly #bytesMax: number
  readonly #lastIndexes: Float64Array
  readonly #sizes: Float64Array
  #start = 0
  count = 0
  bytes = 0

  constructor(messagesMax: number, bytesMax: number) {
    this.#messagesMax = messagesMax
    this.#bytesMax = bytesMax
    this.#lastIndexes = new Float64Array(messagesMax)
    this.#sizes = new Float64Array(messagesMax)
  }

  get full(): boolean {
    return this.count === this.#messagesMax || this.bytes >= this.#bytesMax
  }

  add(lastIndex: number, bytes: number): void {
    assert(!this.full, 'nothing is sent to a member whose window is full')
    const at = (this.#start + this.count) % this.#messagesMax
    this.#lastIndexes[at] = lastIndex
    this.#sizes[at] = bytes
    this.count++
    this.bytes += bytes
  }

  freeTo(index: number): void {
    while (this.count > 0 && (this.#lastIndexes[this.#start] as number) <= index) {
      this.bytes -= this.#sizes[this.#start] as number
      this.#start = (this.#start + 1) % this.#messagesMax
      this.count--
    }
  }

  clear(): void {
    this.#start = 0
    this.count = 0
    this.bytes = 0
  }
}
