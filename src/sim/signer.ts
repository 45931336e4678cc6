/**
 * Signatures for the simulator: a keyed hash whose keys stay in here, so that only the holder of a node's signer can sign as that node.
 * Fast and equal on every platform. It keeps honest machines and our own liars apart; it is no cryptography.
 */
import type { Signer } from '../core/machine'

const SIGNATURE_BYTES = 16
const DIGEST_BYTES = 32

export class SimulatedKeys {
  readonly #seed: number
  readonly #keys = new Map<string, number>()

  constructor(seed: number) {
    this.#seed = seed
  }

  /** What node `nodeId` signs with, and verifies the others with. */
  signerOf(nodeId: string): Signer {
    return {
      sign: (bytes) => mix(this.#key(nodeId), bytes, SIGNATURE_BYTES),
      verify: (id, bytes, signature) => {
        if (signature.length !== SIGNATURE_BYTES) return false
        const expected = mix(this.#key(id), bytes, SIGNATURE_BYTES)
        return expected.every((byte, i) => byte === signature[i])
      },
      digest: (bytes) => mix(0, bytes, DIGEST_BYTES),
    }
  }

  #key(nodeId: string): number {
    let key = this.#keys.get(nodeId)
    if (key === undefined) {
      key = this.#seed | 0
      for (let i = 0; i < nodeId.length; i++) key = Math.imul(key ^ nodeId.charCodeAt(i), 0x9e3779b1)
      key = (key ^ (key >>> 15)) | 1
      this.#keys.set(nodeId, key)
    }
    return key
  }
}

/** Four lanes of multiply and rotate over the bytes, then as many words as are wanted. */
function mix(key: number, bytes: Uint8Array, length: number): Uint8Array {
  let a = key ^ 0x243f6a88
  let b = Math.imul(key, 0x85ebca6b) ^ 0x85a308d3
  let c = (key + bytes.length) ^ 0x13198a2e
  let d = Math.imul(key ^ bytes.length, 0xc2b2ae35) ^ 0x03707344
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number
    a = Math.imul(a ^ byte, 0x01000193)
    b = Math.imul((b << 5) ^ (b >>> 27) ^ byte, 0x9e3779b1)
    c = (c ^ Math.imul(byte + 1 + i, 0x85ebca6b)) | 0
    c = (c << 13) | (c >>> 19)
    d = (Math.imul(d, 0x297a2d39) + (a ^ c)) | 0
  }
  const out = new Uint8Array(length)
  for (let at = 0; at < length; at += 4) {
    a = scramble(a ^ d ^ at)
    b = scramble(b ^ a)
    c = scramble(c ^ b)
    d = scramble(d ^ c)
    const word = (a ^ b ^ c ^ d) >>> 0
    out[at] = word & 0xff
    out[at + 1] = (word >>> 8) & 0xff
    out[at + 2] = (word >>> 16) & 0xff
    out[at + 3] = word >>> 24
  }
  return out
}

function scramble(word: number): number {
  let z = word | 0
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
  return z ^ (z >>> 15)
}
