/** A 64-bit fingerprint in two 32-bit lanes, after MurmurHash3's mixing. Tells states apart; no protection against an attacker. */
export class Fingerprint {
  a = 0x9747b28c
  b = 0x5bd1e995

  byte(value: number): void {
    this.a = Math.imul(this.a ^ value, 0x01000193)
    this.b = Math.imul((this.b << 5) - this.b + value, 0x85ebca6b)
  }

  number(value: number): void {
    this.byte(value % 0x1_0000_0000 | 0)
    this.byte((value / 0x1_0000_0000) | 0)
  }

  text(value: string): void {
    this.number(value.length)
    for (let i = 0; i < value.length; i++) this.byte(value.charCodeAt(i))
  }

  /** Four bytes at a time: this runs over every value that is written. */
  bytes(value: Uint8Array): void {
    const { length } = value
    this.number(length)
    let { a, b } = this
    let at = 0
    for (const words = length & ~3; at < words; at += 4) {
      const word = (value[at] as number) | ((value[at + 1] as number) << 8) | ((value[at + 2] as number) << 16) | ((value[at + 3] as number) << 24)
      a = Math.imul(a ^ word, 0x9e3779b1)
      a ^= a >>> 15
      b = Math.imul((b << 5) - b + word, 0x85ebca6b)
      b ^= b >>> 13
    }
    for (; at < length; at++) {
      const byte = value[at] as number
      a = Math.imul(a ^ byte, 0x01000193)
      b = Math.imul((b << 5) - b + byte, 0x85ebca6b)
    }
    this.a = a
    this.b = b
  }

  /** Mixes the lanes so that sums of fingerprints stay well spread. */
  finish(): void {
    this.a = mix(this.a ^ (this.b >>> 7))
    this.b = mix(this.b ^ (this.a >>> 11))
  }

  toString(): string {
    return (this.a >>> 0).toString(16).padStart(8, '0') + (this.b >>> 0).toString(16).padStart(8, '0')
  }
}

function mix(value: number): number {
  let z = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
  return z ^ (z >>> 16)
}
