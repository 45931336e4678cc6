/** A stream of bytes cut into frames: a length of 4 bytes, little endian, then so many bytes. */
export const FRAME_PREFIX_BYTES = 4

/** Writes the prefix of a frame of `length` bytes at `at`; returns where the frame begins. */
export function writeFramePrefix(target: Uint8Array, at: number, length: number): number {
  target[at] = length & 0xff
  target[at + 1] = (length >>> 8) & 0xff
  target[at + 2] = (length >>> 16) & 0xff
  target[at + 3] = (length >>> 24) & 0xff
  return at + FRAME_PREFIX_BYTES
}

const lengthAt = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)) >>> 0

/**
 * Collects frames from chunks of any size. Frames are views of the chunk where it holds them whole. Once a frame is over
 * the limit the stream has no meaning any more: `push` answers false, then and ever after.
 */
export class FrameReader {
  /** Largest frame accepted, in bytes; may be raised once the other end is known. */
  frameBytesMax: number
  private broken = false
  private readonly prefix = new Uint8Array(FRAME_PREFIX_BYTES)
  private prefixFilled = 0
  private partial: Uint8Array | null = null
  private partialFilled = 0

  constructor(frameBytesMax: number) {
    this.frameBytesMax = frameBytesMax
  }

  push(chunk: Uint8Array, onFrame: (frame: Uint8Array) => void): boolean {
    let at = this.finishPartial(chunk, onFrame)
    while (!this.broken && chunk.length - at >= FRAME_PREFIX_BYTES) {
      const length = lengthAt(chunk, at)
      if (length > this.frameBytesMax) { this.broken = true; break }
      const begin = at + FRAME_PREFIX_BYTES
      if (chunk.length - begin < length) {
        this.begin(length, chunk.subarray(begin))
        return true
      }
      at = begin + length
      onFrame(chunk.subarray(begin, at))
    }
    if (this.broken) return false
    for (; at < chunk.length; at += 1) this.prefix[this.prefixFilled++] = chunk[at] as number
    return true
  }

  private begin(length: number, first: Uint8Array): void {
    this.partial = new Uint8Array(length)
    this.partial.set(first)
    this.partialFilled = first.length
  }

  /** Carries on with what the last chunk left; returns how many bytes of this one that took. */
  private finishPartial(chunk: Uint8Array, onFrame: (frame: Uint8Array) => void): number {
    let at = 0
    if (this.partial === null && this.prefixFilled > 0) {
      while (this.prefixFilled < FRAME_PREFIX_BYTES && at < chunk.length) this.prefix[this.prefixFilled++] = chunk[at++] as number
      if (this.prefixFilled < FRAME_PREFIX_BYTES) return at
      const length = lengthAt(this.prefix, 0)
      this.prefixFilled = 0
      if (length > this.frameBytesMax) { this.broken = true; return at }
      this.begin(length, new Uint8Array(0))
    }
    if (this.partial === null) return at
    const take = Math.min(this.partial.length - this.partialFilled, chunk.length - at)
    this.partial.set(chunk.subarray(at, at + take), this.partialFilled)
    this.partialFilled += take
    if (this.partialFilled === this.partial.length) {
      const frame = this.partial
      this.partial = null
      onFrame(frame)
    }
    return at + take
  }
}
