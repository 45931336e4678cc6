/** What is to happen, by time: a binary heap. Events of one time happen in the order in which they were put in. */
import { present } from '../core/base'

/** One kind of event has one handler; what `target`, `a`, `b` and `bytes` are is the handler's own affair. Reused after it has happened. */
export interface Scheduled<Target> {
  atMs: number
  order: number
  kind: number
  target: Target | null
  /** The incarnation of the target that it is meant for, or another number. */
  a: number
  b: number
  /** For whoever watches. */
  note: string
  from: string
  data: unknown
}

export class EventQueue<Target> {
  readonly #heap: Scheduled<Target>[] = []
  readonly #free: Scheduled<Target>[] = []
  #order = 0

  get length(): number {
    return this.#heap.length
  }

  get nextAtMs(): number {
    return this.#heap[0]?.atMs ?? Infinity
  }

  push(atMs: number, kind: number, target: Target | null, a = 0, b = 0, from = '', data: unknown = null, note = ''): void {
    const event = this.#free.pop() ?? { atMs, order: 0, kind, target, a, b, note, from, data }
    event.atMs = atMs
    event.order = ++this.#order
    event.kind = kind
    event.target = target
    event.a = a
    event.b = b
    event.from = from
    event.data = data
    event.note = note
    this.#rise(event)
  }

  pop(): Scheduled<Target> {
    const heap = this.#heap
    const top = present(heap[0], 'the queue is not empty')
    const last = heap.pop() as Scheduled<Target>
    if (heap.length > 0) this.#sink(last)
    return top
  }

  /** Its memory may be used again. */
  release(event: Scheduled<Target>): void {
    event.target = null
    event.data = null
    this.#free.push(event)
  }

  #rise(event: Scheduled<Target>): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(event)
    while (at > 0) {
      const parentAt = (at - 1) >> 1
      const parent = heap[parentAt] as Scheduled<Target>
      if (parent.atMs < event.atMs || (parent.atMs === event.atMs && parent.order < event.order)) break
      heap[at] = parent
      at = parentAt
    }
    heap[at] = event
  }

  #sink(event: Scheduled<Target>): void {
    const heap = this.#heap
    const { length } = heap
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= length) break
      const right = child + 1
      if (right < length && isBefore(heap[right] as Scheduled<Target>, heap[child] as Scheduled<Target>)) child = right
      const least = heap[child] as Scheduled<Target>
      if (isBefore(event, least)) break
      heap[at] = least
      at = child
    }
    heap[at] = event
  }
}

const isBefore = (one: { atMs: number; order: number }, other: { atMs: number; order: number }): boolean =>
  one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order)
