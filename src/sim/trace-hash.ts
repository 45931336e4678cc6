/** A running 64-bit fingerprint over all that happens, in two 32-bit lanes. Two runs are the same run where it is equal at every step. */
export class TraceHash {
  #a = 0x9747b28c
  #b = 0x5bd1e995

  number(value: number): void {
    const low = value | 0
    const high = (value / 0x1_0000_0000) | 0
    this.#word(low)
    if (high !== 0) this.#word(high)
  }

  /** Time in its steps of 1/1024 ms. */
  time(atMs: number): void {
    this.number(atMs * 1024)
  }

  text(value: string): void {
    this.#word(value.length)
    for (let i = 0; i < value.length; i++) this.#word(value.charCodeAt(i))
  }

  bytes(value: Uint8Array): void {
    const { length } = value
    this.#word(length)
    let at = 0
    for (const end = length & ~3; at < end; at += 4) {
      this.#word((value[at] as number) | ((value[at + 1] as number) << 8) | ((value[at + 2] as number) << 16) | ((value[at + 3] as number) << 24))
    }
    for (; at < length; at++) this.#word(value[at] as number)
  }

  #word(word: number): void {
    const a = Math.imul(this.#a ^ word, 0x9e3779b1)
    this.#a = a ^ (a >>> 15)
    const b = Math.imul((this.#b << 5) - this.#b + word, 0x85ebca6b)
    this.#b = b ^ (b >>> 13)
  }

  toString(): string {
    return hex(this.#a) + hex(this.#b)
  }
}

const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0')

/** A 52-bit fingerprint of bytes as one safe integer. */
export function fingerprint(value: Uint8Array): number {
  let a = 0x9747b28c
  let b = 0x5bd1e995 ^ value.length
  for (let at = 0; at < value.length; at++) {
    const byte = value[at] as number
    a = Math.imul(a ^ byte, 0x01000193)
    b = Math.imul(b ^ byte, 0x5bd1e995)
    b ^= b >>> 15
  }
  a ^= a >>> 13
  return (a >>> 0) * 0x10_0000 + ((b >>> 12) & 0xf_ffff)
}
