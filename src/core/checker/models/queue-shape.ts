/**
 * Queues where each value is enqueued at most once, judged by four patterns that no linearizable history has and every other one
 * does (Henzinger, Sezgin and Vafeiadis, "Aspect-Oriented Linearizability Proofs", CONCUR 2013), in O(n log n): a value that was
 * never enqueued or came out before it went in, a value that came out twice, two values in the wrong order, and a queue found empty
 * although at every moment something was surely in it. Dequeues of unknown outcome are given to the values that must have come out.
 */
import type { Operation } from '../history'
import { canonical } from '../values'
import type { QueueAccess } from './queue'

interface Item {
  inFrom: number
  inUntil: number
  certain: boolean
  /** Infinity where nobody is known to have taken it. */
  outFrom: number
  outUntil: number
  taken: boolean
}

interface Span {
  readonly from: number
  readonly until: number
}

/** Null where a value is enqueued twice, and in rare cases where unknown dequeues overlap a queue that was found empty. */
export function queueShape(accesses: readonly QueueAccess[], operations: readonly Operation[]): boolean | null {
  const items = new Map<string, Item>()
  const empties: Span[] = []
  const strays: number[] = []
  for (const [i, { effect, value }] of accesses.entries()) {
    const { invoked, completed, outcome } = operations[i] as Operation
    if (effect === 'enqueue') {
      const key = canonical(value ?? null)
      if (items.has(key)) return null
      items.set(key, { inFrom: invoked, inUntil: completed, certain: outcome === 'ok', outFrom: Infinity, outUntil: Infinity, taken: false })
    } else if (value === undefined) strays.push(invoked)
    else if (value === null) empties.push({ from: invoked, until: completed })
  }
  for (const [i, { effect, value }] of accesses.entries()) {
    if (effect !== 'dequeue' || value === undefined || value === null) continue
    const item = items.get(canonical(value))
    const { invoked, completed } = operations[i] as Operation
    if (item === undefined || item.taken || completed < item.inFrom) return false
    Object.assign(item, { outFrom: invoked, outUntil: completed, taken: true })
  }
  const present = [...items.values()].filter(({ certain, taken }) => certain || taken)
  const deadlines = deadlinesOf(present)
  if (deadlines === null) return false
  strays.sort((a, b) => a - b)
  if (!areMet(deadlines.map(({ byOrder }) => byOrder), strays)) return false
  if (empties.length === 0) return true
  const moments = emptyMoments(present, deadlines.map(({ inUntil }) => inUntil), empties, strays)
  if (moments === null) return false
  // The earliest moments ask for the fewest removals; where even they do not fit, later ones might.
  const all = deadlines.map(({ inUntil, byOrder }) => Math.min(byOrder, moments[firstAbove(moments, inUntil)] ?? Infinity))
  return areMet(all, strays) ? true : null
}

interface Untaken {
  readonly inUntil: number
  /** Before this a stray dequeue must have begun that took it; Infinity where it may stay. */
  readonly byOrder: number
}

/** What must come out since something that went in surely later came out. Null where two values that were taken are in the wrong order. */
function deadlinesOf(items: readonly Item[]): Untaken[] | null {
  const byEnd = items.slice().sort((a, b) => b.inUntil - a.inUntil)
  const taken = items.filter((each) => each.taken).sort((a, b) => b.inFrom - a.inFrom)
  /** The end of the earliest dequeue among values that went in surely after the present one. */
  let deadline = Infinity
  let next = 0
  const untaken: Untaken[] = []
  for (const item of byEnd) {
    for (let later = taken[next]; later !== undefined && later.inFrom > item.inUntil; later = taken[++next]) deadline = Math.min(deadline, later.outUntil)
    if (item.taken && deadline < item.outFrom) return null
    if (!item.taken) untaken.push({ inUntil: item.inUntil, byOrder: deadline })
  }
  return untaken
}

/** Each stray dequeue that began before a deadline serves it and every later one: the k-th deadline needs k of them. */
function areMet(deadlines: readonly number[], strays: readonly number[]): boolean {
  return deadlines.filter((each) => each < Infinity).sort((a, b) => a - b).every((each, i) => (strays[i] ?? Infinity) < each)
}

/**
 * For each dequeue that found nothing the earliest moment between two events at which no value is surely inside, counting those that
 * stray dequeues can have taken by then. Null where one has none.
 */
function emptyMoments(items: readonly Item[], untakenEnds: readonly number[], empties: readonly Span[], strays: readonly number[]): number[] | null {
  const length = empties.reduce((most, { until }) => Math.max(most, until), 0) + 1
  const bump = (counts: Int32Array, at: number, by: number): void => { counts[Math.min(at, length)] = (counts[Math.min(at, length)] as number) + by }
  /** How many values are surely inside after event i, but for those that stray dequeues can have taken. */
  const change = new Int32Array(length + 1)
  const taken = items.filter((each) => each.taken && each.inUntil < each.outFrom)
  for (const { inUntil, outFrom } of taken) {
    bump(change, inUntil, 1)
    bump(change, outFrom, -1)
  }
  const left = new Int32Array(length + 1)
  for (const inUntil of untakenEnds) bump(left, inUntil, 1)
  for (const begun of strays) bump(left, begun, -1)
  const isFree = new Uint8Array(length)
  for (let i = 0, inside = 0, over = 0; i < length; i++) {
    inside += change[i] as number
    over += left[i] as number
    isFree[i] = Number(inside === 0 && over <= 0)
  }
  const moments: number[] = []
  for (const { from, until } of empties) {
    const at = isFree.subarray(from, until).indexOf(1)
    if (at < 0) return null
    moments.push(from + at + 0.5)
  }
  return moments.sort((a, b) => a - b)
}

/** The place of the first number above `limit` in an ascending list. */
function firstAbove(numbers: readonly number[], limit: number): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((numbers[middle] as number) > limit) high = middle
    else low = middle + 1
  }
  return low
}
