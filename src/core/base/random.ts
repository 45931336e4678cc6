/** A source of randomness that the caller owns. Pure code draws from it and from nothing else. */
export interface Random {
  /** A float in [0, 1). */
  next(): number
  /** An integer in [low, high). */
  integer(low: number, high: number): number
}

/**
 * xoshiro128** by Blackman and Vigna (2018), seeded through splitmix32. Small, fast, and equal on every platform;
 * not for secrets.
 */
export function seededRandom(seed: number): Random {
  let mix = seed >>> 0
  const split = (): number => {
    mix = (mix + 0x9e3779b9) >>> 0
    let z = mix
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return (z ^ (z >>> 15)) >>> 0
  }
  let a = split()
  let b = split()
  let c = split()
  let d = split()
  const rotl = (x: number, k: number): number => ((x << k) | (x >>> (32 - k))) >>> 0
  const word = (): number => {
    const result = Math.imul(rotl(Math.imul(b, 5) >>> 0, 7), 9) >>> 0
    const t = (b << 9) >>> 0
    c = (c ^ a) >>> 0
    d = (d ^ b) >>> 0
    b = (b ^ c) >>> 0
    a = (a ^ d) >>> 0
    c = (c ^ t) >>> 0
    d = rotl(d, 11)
    return result
  }
  return {
    next: () => word() / 0x1_0000_0000,
    integer: (low, high) => low + Math.floor((word() / 0x1_0000_0000) * (high - low)),
  }
}
