/** First-in, first-out queues by name. One that is empty is not kept. */
import { isPlanted, type ByteReader } from '../base'
import { FingerprintSum, type Print } from './fingerprint-sum'
import { Fingerprint } from './hash'
import type { QueueOperation } from './operations'
import type { Reply } from './replies'
import { readSorted, type SnapshotWriter } from './snapshot'

/** Items of one queue. */
export const QUEUE_ITEMS_MAX = 1_000_000
/** The taken head of a queue is given back when it is at least this long and half of the array. */
const TAKEN_ITEMS_MAX = 1024

interface Item extends Print {
  readonly value: Uint8Array
}

/** Items are numbered as they come, from 1 in a queue that was empty. */
class Queue {
  #items: (Item | null)[] = []
  #head = 0
  taken: number

  constructor(taken: number) {
    this.taken = taken
  }

  get length(): number {
    return this.#items.length - this.#head
  }

  get first(): Item | null {
    return this.#items[this.#head] ?? null
  }

  push(item: Item): void {
    this.#items.push(item)
  }

  take(): void {
    this.#items[this.#head++] = null
    this.taken++
    if (this.#head < TAKEN_ITEMS_MAX || this.#head * 2 < this.#items.length) return
    this.#items = this.#items.slice(this.#head)
    this.#head = 0
  }

  * values(): Generator<Uint8Array> {
    for (let at = this.#head; at < this.#items.length; at++) yield (this.#items[at] as Item).value
  }
}

export class Queues {
  readonly #queues = new Map<string, Queue>()
  readonly #sum = new FingerprintSum()

  peek(key: string): Uint8Array | undefined {
    return this.#queues.get(key)?.first?.value
  }

  length(key: string): number {
    return this.#queues.get(key)?.length ?? 0
  }

  operate(operation: QueueOperation): Reply {
    if (operation.kind === 'dequeue') return this.#dequeue(operation.key)
    const queue = this.#queues.get(operation.key) ?? new Queue(0)
    if (queue.length >= QUEUE_ITEMS_MAX) return { kind: 'limit-reached' }
    this.#enqueue(operation.key, queue, operation.value)
    return { kind: 'done' }
  }

  #enqueue(key: string, queue: Queue, value: Uint8Array): void {
    const print = new Fingerprint()
    print.text(key)
    print.number(queue.taken + queue.length + 1)
    print.bytes(value)
    print.finish()
    queue.push({ value: value.slice(), a: print.a, b: print.b })
    this.#queues.set(key, queue)
    this.#sum.add(print)
  }

  #dequeue(key: string): Reply {
    const queue = this.#queues.get(key)
    const item = queue?.first
    if (!queue || !item) return { kind: 'not-found' }
    if (__PLANTED__ && isPlanted('queue/last-item-stays') && queue.length === 1) return { kind: 'value', value: item.value }
    this.#sum.subtract(item)
    queue.take()
    if (queue.length === 0) this.#queues.delete(key)
    return { kind: 'value', value: item.value }
  }

  addTo(print: Fingerprint): void {
    this.#sum.addTo(print)
    print.number(this.#queues.size)
  }

  save(out: SnapshotWriter): void {
    out.varint(this.#queues.size)
    for (const key of [...this.#queues.keys()].sort()) {
      const queue = this.#queues.get(key) as Queue
      const values = [...queue.values()]
      if (__PLANTED__ && isPlanted('snapshot/queue-reversed')) values.reverse()
      if (__PLANTED__ && isPlanted('snapshot/queue-tail-lost') && values.length > 1) values.pop()
      out.key(key)
      out.varint(queue.taken)
      out.varint(values.length)
      for (const value of values) out.sized(value)
    }
  }

  load(reader: ByteReader): void {
    readSorted(reader, (key) => {
      const queue = new Queue(reader.varint())
      const length = reader.varint()
      // Each item has a byte at least: a count that cannot be true costs nothing.
      if (length === 0 || length > Math.min(QUEUE_ITEMS_MAX, reader.left) || !Number.isSafeInteger(queue.taken + QUEUE_ITEMS_MAX)) reader.fail()
      for (let i = 0; i < length && !reader.failed; i++) this.#enqueue(key, queue, reader.sized())
    })
  }
}
