/** The key-value pairs, ordered by key, with a hash that is kept up to date as they change. */
import type { ByteReader } from '../base'
import { FingerprintSum, type Print } from './fingerprint-sum'
import { Fingerprint } from './hash'
import type { PairOperation } from './operations'
import { OrderedKeys } from './ordered-keys'
import type { Pair } from './replies'
import { readSorted, type SnapshotWriter } from './snapshot'

/** Bytes that appending may make of one value: it must fit into one reply. */
export const VALUE_BYTES_MAX = 256 * 1024

interface Stored extends Print {
  readonly value: Uint8Array
}

export interface Range {
  readonly prefix: string
  readonly from: string
  /** Exclusive; null: to the end. */
  readonly to: string | null
}

export class Pairs {
  readonly #pairs = new Map<string, Stored>()
  readonly #keys = new OrderedKeys()
  readonly #sum = new FingerprintSum()

  get size(): number {
    return this.#pairs.size
  }

  get(key: string): Uint8Array | undefined {
    return this.#pairs.get(key)?.value
  }

  operate(operation: PairOperation): 'done' | 'not-found' | 'mismatch' | 'limit-reached' {
    const { key } = operation
    switch (operation.kind) {
      // A copy: the command is a view of a frame that would otherwise stay in memory with the value.
      case 'put':
        this.#put(key, operation.value.slice())
        return 'done'
      case 'delete': return this.#delete(key) ? 'done' : 'not-found'
      case 'append': return this.#append(key, operation.value)
      case 'compare-and-swap':
        if (!isSame(this.get(key) ?? null, operation.expected)) return 'mismatch'
        if (operation.value === null) this.#delete(key)
        else this.#put(key, operation.value.slice())
        return 'done'
    }
  }

  #append(key: string, more: Uint8Array): 'done' | 'limit-reached' {
    const old = this.get(key)
    const length = old?.length ?? 0
    if (length + more.length > VALUE_BYTES_MAX) return 'limit-reached'
    const value = new Uint8Array(length + more.length)
    if (old) value.set(old)
    value.set(more, length)
    this.#put(key, value)
    return 'done'
  }

  #put(key: string, value: Uint8Array): void {
    const old = this.#pairs.get(key)
    if (old) this.#sum.subtract(old)
    else this.#keys.add(key)
    const print = new Fingerprint()
    print.text(key)
    print.bytes(value)
    print.finish()
    this.#pairs.set(key, { value, a: print.a, b: print.b })
    this.#sum.add(print)
  }

  #delete(key: string): boolean {
    const old = this.#pairs.get(key)
    if (!old) return false
    this.#sum.subtract(old)
    this.#pairs.delete(key)
    this.#keys.delete(key)
    return true
  }

  /** Pairs of the range in order, up to both limits, but at least one where there is one. */
  scan(range: Range, limit: number, bytesMax: number): { readonly pairs: readonly Pair[]; readonly more: boolean } {
    const { prefix, from, to } = range
    const pairs: Pair[] = []
    let bytes = 0
    for (const key of this.#keys.from(from < prefix ? prefix : from)) {
      if (!key.startsWith(prefix) || (to !== null && key >= to)) break
      const value = (this.#pairs.get(key) as Stored).value
      bytes += key.length + value.length
      if (pairs.length >= limit || (pairs.length > 0 && bytes > bytesMax)) return { pairs, more: true }
      pairs.push({ key, value })
    }
    return { pairs, more: false }
  }

  addTo(print: Fingerprint): void {
    this.#sum.addTo(print)
    print.number(this.#pairs.size)
  }

  save(out: SnapshotWriter): void {
    out.varint(this.#pairs.size)
    for (const key of this.#keys.from('')) {
      out.key(key)
      out.sized((this.#pairs.get(key) as Stored).value)
    }
  }

  load(reader: ByteReader): void {
    readSorted(reader, (key) => { this.#put(key, reader.sized().slice()) })
  }
}

function isSame(one: Uint8Array | null, other: Uint8Array | null): boolean {
  if (one === null || other === null) return one === other
  if (one.length !== other.length) return false
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false
  return true
}
