/** Frames of views that this replica has not entered yet, in the order of their arrival, bounded for each sender. */
import { FUTURE_BYTES_MAX, FUTURE_FRAMES_MAX } from './limits'

interface Kept {
  readonly sender: number
  readonly view: number
  readonly frame: Uint8Array
}

export class FutureFrames {
  #kept: Kept[] = []
  readonly #counts: number[]
  readonly #bytes: number[]

  constructor(replicas: number) {
    this.#counts = new Array<number>(replicas).fill(0)
    this.#bytes = new Array<number>(replicas).fill(0)
  }

  get size(): number {
    return this.#kept.length
  }

  /** In the order of their arrival. */
  get frames(): readonly Uint8Array[] {
    return this.#kept.map(({ frame }) => frame)
  }

  /** Drops the frame where its sender has too many: statuses bring it again. */
  keep(sender: number, view: number, frame: Uint8Array): void {
    const count = this.#counts[sender] ?? FUTURE_FRAMES_MAX
    const bytes = (this.#bytes[sender] ?? 0) + frame.length
    if (count >= FUTURE_FRAMES_MAX || bytes > FUTURE_BYTES_MAX) return
    this.#counts[sender] = count + 1
    this.#bytes[sender] = bytes
    this.#kept.push({ sender, view, frame })
  }

  /** Those of `view`; those of earlier views are forgotten. */
  take(view: number): Kept[] {
    const due = this.#kept.filter((each) => each.view === view)
    this.#kept = this.#kept.filter((each) => each.view > view)
    this.#counts.fill(0)
    this.#bytes.fill(0)
    for (const { sender, frame } of this.#kept) {
      this.#counts[sender] = (this.#counts[sender] ?? 0) + 1
      this.#bytes[sender] = (this.#bytes[sender] ?? 0) + frame.length
    }
    return due
  }
}
