/** A writer for messages whose size is not known beforehand: it grows by doubling. Varints and sized bytes as in core/base. */
import { ByteWriter, sizedSize, varintSize } from '../base'

const FIRST_BYTES = 256

export class GrowingWriter {
  #writer = new ByteWriter(FIRST_BYTES)

  #room(size: number): ByteWriter {
    const { bytes, at } = this.#writer
    if (at + size <= bytes.length) return this.#writer
    const larger = new ByteWriter(Math.max(bytes.length * 2, at + size))
    larger.raw(bytes.subarray(0, at))
    this.#writer = larger
    return larger
  }

  byte(value: number): void {
    this.#room(1).byte(value)
  }

  varint(value: number): void {
    this.#room(varintSize(value)).varint(value)
  }

  raw(data: Uint8Array): void {
    this.#room(data.length).raw(data)
  }

  sized(data: Uint8Array): void {
    this.#room(sizedSize(data)).sized(data)
  }

  /** What was written so far; not to be written on. */
  get written(): Uint8Array {
    return this.#writer.bytes.subarray(0, this.#writer.at)
  }
}
