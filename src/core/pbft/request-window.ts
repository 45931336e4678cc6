/**
 * The requests that were executed last, in order. An exact duplicate within the window is not executed again, on no replica, since the
 * window is part of the checkpointed state. Past the window, and for a request that is asked for again on purpose, the state machine's
 * sessions answer.
 */
import { toHex } from '../base'
import { ID_BYTES } from './batch'
import { REQUEST_WINDOW } from './limits'

export class RequestWindow {
  readonly #capacity: number
  /** In order of execution, the oldest first. */
  readonly #ids = new Set<string>()

  constructor(capacity = REQUEST_WINDOW) {
    this.#capacity = capacity
  }

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  add(id: string): void {
    this.#ids.add(id)
    if (this.#ids.size <= this.#capacity) return
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest)
      return
    }
  }

  /** For each of `ids`, whether it would be new if they were added in this order. There are no more of them than the window holds. */
  wouldAdd(ids: readonly string[]): boolean[] {
    const added = new Set<string>()
    const gone = new Set<string>()
    const oldest = this.#ids.values()
    return ids.map((id) => {
      if (added.has(id) || (this.#ids.has(id) && !gone.has(id))) return false
      added.add(id)
      const { value } = this.#ids.size - gone.size + added.size > this.#capacity ? oldest.next() : { value: undefined }
      if (value !== undefined) gone.add(value)
      return true
    })
  }

  encode(): Uint8Array {
    const bytes = new Uint8Array(this.#ids.size * ID_BYTES)
    let at = 0
    for (const id of this.#ids) {
      for (let i = 0; i < ID_BYTES; i++) bytes[at++] = Number.parseInt(id.slice(i * 2, i * 2 + 2), 16)
    }
    return bytes
  }

  /** Null where the bytes are no window. */
  static decode(bytes: Uint8Array, capacity = REQUEST_WINDOW): RequestWindow | null {
    if (bytes.length % ID_BYTES !== 0 || bytes.length > capacity * ID_BYTES) return null
    const window = new RequestWindow(capacity)
    for (let at = 0; at < bytes.length; at += ID_BYTES) window.#ids.add(toHex(bytes.subarray(at, at + ID_BYTES)))
    return window.#ids.size * ID_BYTES === bytes.length ? window : null
  }
}
