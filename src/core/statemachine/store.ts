/** The key-value pairs, ordered by key, with a hash that is kept up to date as they change. */
import { Fingerprint } from './hash'
import { OrderedKeys } from './ordered-keys'
import type { Operation, Pair } from './commands'

interface Stored {
  readonly value: Uint8Array
  readonly a: number
  readonly b: number
}

export class Store {
  readonly #pairs = new Map<string, Stored>()
  readonly #keys = new OrderedKeys()
  /** Sums over the pairs, so that the order of changes does not matter and each change costs only itself. */
  #a = 0
  #b = 0

  get size(): number {
    return this.#pairs.size
  }

  get(key: string): Uint8Array | undefined {
    return this.#pairs.get(key)?.value
  }

  operate(operation: Operation): 'done' | 'not-found' | 'mismatch' {
    const { key } = operation
    if (operation.kind === 'put') {
      this.#put(key, operation.value)
      return 'done'
    }
    if (operation.kind === 'delete') return this.#delete(key) ? 'done' : 'not-found'
    if (!isSame(this.get(key) ?? null, operation.expected)) return 'mismatch'
    if (operation.value === null) this.#delete(key)
    else this.#put(key, operation.value)
    return 'done'
  }

  #put(key: string, value: Uint8Array): void {
    const old = this.#pairs.get(key)
    if (old) this.#subtract(old)
    else this.#keys.add(key)
    const print = new Fingerprint()
    print.text(key)
    print.bytes(value)
    print.finish()
    // A copy: the command is a view of a frame that would otherwise stay in memory with the value.
    this.#pairs.set(key, { value: value.slice(), a: print.a, b: print.b })
    this.#a = (this.#a + print.a) | 0
    this.#b = (this.#b + print.b) | 0
  }

  #delete(key: string): boolean {
    const old = this.#pairs.get(key)
    if (!old) return false
    this.#subtract(old)
    this.#pairs.delete(key)
    this.#keys.delete(key)
    return true
  }

  #subtract(old: Stored): void {
    this.#a = (this.#a - old.a) | 0
    this.#b = (this.#b - old.b) | 0
  }

  /** Pairs from `from` on, up to both limits, but at least one where there is one. */
  list(from: string, limit: number, bytesMax: number): { readonly pairs: readonly Pair[]; readonly more: boolean } {
    const pairs: Pair[] = []
    let bytes = 0
    for (const key of this.#keys.from(from)) {
      const value = (this.#pairs.get(key) as Stored).value
      bytes += key.length + value.length
      if (pairs.length >= limit || (pairs.length > 0 && bytes > bytesMax)) return { pairs, more: true }
      pairs.push({ key, value })
    }
    return { pairs, more: false }
  }

  addTo(print: Fingerprint): void {
    print.number(this.#a >>> 0)
    print.number(this.#b >>> 0)
    print.number(this.#pairs.size)
  }
}

function isSame(one: Uint8Array | null, other: Uint8Array | null): boolean {
  if (one === null || other === null) return one === other
  if (one.length !== other.length) return false
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false
  return true
}
