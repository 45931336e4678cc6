/**
 * Independent streams of randomness by name: what one link, node, client or disk draws does not depend on what any other draws, so
 * that a plan with one fault less gives the same run everywhere else.
 */
import { seededRandom, type Random } from '../core/base'

/** FNV-1a over the name, started from the seed. */
export function seedOf(seed: number, name: string): number {
  let hash = (0x811c9dc5 ^ Math.imul(seed | 0, 0x9e3779b1)) >>> 0
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0
  return (hash ^ (hash >>> 15)) >>> 0
}

export const streamOf = (seed: number, name: string): Random => seededRandom(seedOf(seed, name))

/** Time has steps of 1/1024 ms, which sums represent exactly. */
export const quantise = (ms: number): number => Math.ceil(ms * 1024) / 1024

export function pick<Item>(random: Random, items: readonly Item[]): Item | undefined {
  return items[random.integer(0, items.length)]
}

/** Exponential with the given mean; at most twenty times the mean. */
export function exponential(random: Random, mean: number): number {
  return Math.min(20 * mean, -Math.log(1 - random.next()) * mean)
}

/** Items in an order drawn by `random` (Fisher and Yates). */
export function shuffled<Item>(random: Random, items: readonly Item[]): Item[] {
  const out = [...items]
  for (let i = out.length - 1; i > 0; i--) {
    const j = random.integer(0, i + 1)
    const other = out[j] as Item
    out[j] = out[i] as Item
    out[i] = other
  }
  return out
}
