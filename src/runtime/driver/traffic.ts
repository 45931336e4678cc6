/** Counts of what passes between this node and one peer. */
import type { PeerTraffic } from './types'

export class Traffic {
  readonly #sent = new Map<string, number>()
  readonly #received = new Map<string, number>()
  #bytesSent = 0
  #bytesReceived = 0
  #malformed = 0

  sent(kind: string, bytes: number): void {
    this.#sent.set(kind, (this.#sent.get(kind) ?? 0) + 1)
    this.#bytesSent += bytes
  }

  /** `kind` is null where the frame did not decode. */
  received(kind: string | null, bytes: number): void {
    this.#bytesReceived += bytes
    if (kind === null) this.#malformed++
    else this.#received.set(kind, (this.#received.get(kind) ?? 0) + 1)
  }

  snapshot(): PeerTraffic {
    return {
      sent: Object.fromEntries(this.#sent), received: Object.fromEntries(this.#received),
      bytesSent: this.#bytesSent, bytesReceived: this.#bytesReceived, malformed: this.#malformed,
    }
  }
}
