import { assert } from '../base'
import { COLUMN_VALUES_MAX, encodeTimes, encodeValues } from './codec'

/** Collects the samples of one series until they are worth a chunk. */
export class ChunkWriter {
  private times = new Float64Array(64)
  private values = new Float64Array(64)
  private length = 0

  get count(): number {
    return this.length
  }

  append(atMs: number, value: number): void {
    assert(this.length < COLUMN_VALUES_MAX, 'a chunk that is full is sealed before more is appended')
    if (this.length === this.times.length) {
      const grow = (old: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
        const larger = new Float64Array(old.length * 2)
        larger.set(old)
        return larger
      }
      this.times = grow(this.times)
      this.values = grow(this.values)
    }
    this.times[this.length] = atMs
    this.values[this.length] = value
    this.length += 1
  }

  /** What was appended so far, in time order. Views into the writer: good until the next append. */
  columns(): { readonly times: Float64Array; readonly values: Float64Array } {
    const times = this.times.subarray(0, this.length)
    const values = this.values.subarray(0, this.length)
    let ordered = true
    for (let i = 1; i < times.length && ordered; i += 1) ordered = (times[i] ?? 0) >= (times[i - 1] ?? 0)
    if (ordered) return { times, values }
    const order = Array.from(times.keys()).sort((left, right) => (times[left] ?? 0) - (times[right] ?? 0) || left - right)
    return { times: Float64Array.from(order, (i) => times[i] ?? 0), values: Float64Array.from(order, (i) => values[i] ?? 0) }
  }

  /** The two columns as bytes; the writer is empty afterwards. */
  seal(): { readonly times: Uint8Array; readonly values: Uint8Array } {
    const { times, values } = this.columns()
    const sealed = { times: encodeTimes(times), values: encodeValues(values) }
    this.length = 0
    return sealed
  }
}
