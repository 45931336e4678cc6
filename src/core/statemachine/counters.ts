/** Counters by name. One that stands at 0 is not kept: it is what every name has before anything was added. */
import type { ByteReader } from '../base'
import { readInteger } from './codec'
import { FingerprintSum } from './fingerprint-sum'
import { Fingerprint } from './hash'
import type { CounterOperation } from './operations'
import type { Reply } from './replies'
import { readSorted, type SnapshotWriter } from './snapshot'

const LIMIT_REACHED = { kind: 'limit-reached' } as const

export class Counters {
  readonly #values = new Map<string, number>()
  readonly #sum = new FingerprintSum()

  get(key: string): number {
    return this.#values.get(key) ?? 0
  }

  operate({ key, delta }: CounterOperation): Reply {
    const value = this.get(key) + delta
    if (!Number.isSafeInteger(value)) return LIMIT_REACHED
    this.#set(key, value)
    return { kind: 'number', value }
  }

  #set(key: string, value: number): void {
    const old = this.#values.get(key)
    if (old !== undefined) this.#sum.subtract(printOf(key, old))
    if (value === 0) {
      this.#values.delete(key)
      return
    }
    this.#values.set(key, value)
    this.#sum.add(printOf(key, value))
  }

  addTo(print: Fingerprint): void {
    this.#sum.addTo(print)
    print.number(this.#values.size)
  }

  save(out: SnapshotWriter): void {
    out.varint(this.#values.size)
    for (const key of [...this.#values.keys()].sort()) {
      out.key(key)
      out.integer(this.get(key))
    }
  }

  load(reader: ByteReader): void {
    readSorted(reader, (key) => {
      const value = readInteger(reader)
      if (value === 0) reader.fail()
      this.#set(key, value)
    })
  }
}

function printOf(key: string, value: number): Fingerprint {
  const print = new Fingerprint()
  print.text(key)
  print.byte(value < 0 ? 1 : 0)
  print.number(Math.abs(value))
  print.finish()
  return print
}
