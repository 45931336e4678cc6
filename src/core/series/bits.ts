/** Bits, most significant first, in a byte array that grows. */
const INITIAL_BYTES = 256
const TWO_32 = 0x1_0000_0000

export class BitWriter {
  private bytes = new Uint8Array(INITIAL_BYTES)
  private position = 0
  /** Free bits in the byte at `position`. */
  private room = 8

  /** Writes the lowest `count` bits of a 32-bit value; `count` from 0 to 32. */
  write(value: number, count: number): void {
    if (this.position + 5 >= this.bytes.length) this.grow()
    let left = count
    while (left > 0) {
      const take = left < this.room ? left : this.room
      const part = (value >>> (left - take)) & ((1 << take) - 1)
      this.bytes[this.position] = (this.bytes[this.position] ?? 0) | (part << (this.room - take))
      left -= take
      this.room -= take
      if (this.room === 0) {
        this.room = 8
        this.position += 1
      }
    }
  }

  /** Writes a whole number below 2^53 in `count` bits, up to 54. */
  writeWide(value: number, count: number): void {
    if (count > 32) this.write(Math.floor(value / TWO_32), count - 32)
    this.write(value >>> 0, Math.min(count, 32))
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.room === 8 ? this.position : this.position + 1)
  }

  private grow(): void {
    const larger = new Uint8Array(this.bytes.length * 2)
    larger.set(this.bytes)
    this.bytes = larger
  }
}

/** Reads what BitWriter wrote. Beyond the end it reads zeros and remembers that it did. */
export class BitReader {
  private readonly bytes: Uint8Array
  private position = 0
  private room = 8

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  get overrun(): boolean {
    return this.position > this.bytes.length || (this.position === this.bytes.length && this.room < 8)
  }

  read(count: number): number {
    let value = 0
    let left = count
    while (left > 0) {
      const take = left < this.room ? left : this.room
      const part = ((this.bytes[this.position] ?? 0) >>> (this.room - take)) & ((1 << take) - 1)
      value = ((value << take) | part) >>> 0
      left -= take
      this.room -= take
      if (this.room === 0) {
        this.room = 8
        this.position += 1
      }
    }
    return value
  }

  readWide(count: number): number {
    const high = count > 32 ? this.read(count - 32) : 0
    return high * TWO_32 + this.read(Math.min(count, 32))
  }

  /** Counts ones up to the first zero, at most `most`. */
  readUnary(most: number): number {
    let ones = 0
    while (ones < most && this.read(1) === 1) ones += 1
    return ones
  }
}
