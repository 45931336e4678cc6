/**
 * Causal consistency of registers, where each value is written once: the patterns that Bouajjani, Enea, Guerraoui and Hamza, "On
 * Verifying Causal Consistency" (POPL 2017), show to be the only ways to violate it. What a process did before, and what was
 * written before what it read, is its causal past; no read may answer with what another write of that past has replaced.
 */
import type { History, ProcessId } from '../history'
import { described } from '../linearizability/words'
import { accessesOf, fine, INITIAL, unclear, violated, Writers, type Access, type ConsistencyReport } from './report'

/** Operations times processes, at most: a clock for each operation. */
const CLOCKS_MAX = 64_000_000
const CHECK = 'causal'

export function checkCausal(history: History): ConsistencyReport {
  const all = accessesOf(history)
  if (all === null) return unclear(CHECK, 'The history has operations that are neither reads nor writes of whole values.')
  const writers = new Writers(all)
  const ambiguous = writers.ambiguous
  if (ambiguous !== undefined) return unclear(CHECK, `Who wrote ${ambiguous.written ?? ''} cannot be told: it was written more than once.`)
  for (const access of all) {
    if (access.read !== undefined && access.read !== INITIAL && writers.of(access).length === 0) {
      return violated(CHECK, `${described(access.operation)}: nobody wrote that.`, [access.operation])
    }
  }
  const read = new Set(all.flatMap((access) => writers.of(access)))
  const present = all.filter((access) => access.operation.outcome === 'ok' || read.has(access))
  const lanes = new Set(present.map((access) => (access.operation.outcome === 'ok' ? access.operation.process : access))).size
  if (present.length * lanes > CLOCKS_MAX) return unclear(CHECK, 'The history is too large: it has too many operations of too many processes.')
  const past = new CausalPast(present, writers)
  if (past.cycle !== null) {
    return violated(CHECK, `${described(past.cycle.operation)}: it is in its own causal past.`, [past.cycle.operation, ...writers.of(past.cycle).map(({ operation }) => operation)])
  }
  for (const access of present) {
    const replaced = access.read === undefined ? null : past.replacementOf(access)
    if (replaced === null) continue
    const [source] = writers.of(access)
    const chain = [...source === undefined ? [] : past.chain(source, replaced), ...past.chain(replaced, access)]
    return violated(CHECK, `${described(access.operation)}, although ${described(replaced.operation)} was in its causal past and had replaced ${
      source === undefined ? 'the initial value' : 'it'}.`, chain.map(({ operation }) => operation))
  }
  return fine(CHECK)
}

/** What happened in one order: the operations of a process, or one of unknown outcome, which comes at any time after those before it. */
interface Lane {
  readonly number: number
  readonly accesses: Access[]
  /** By key, the places of its writes. */
  readonly writes: Map<string, number[]>
  /** The last operation of its process before an operation of unknown outcome. */
  readonly after: Access | undefined
}

/** For each operation, how many operations of each lane are in its causal past, itself included. */
class CausalPast {
  readonly #lanes = new Map<ProcessId | Access, Lane>()
  readonly #places = new Map<Access, { readonly lane: number; readonly at: number }>()
  readonly #clocks = new Map<Access, Int32Array>()
  readonly #writers: Writers
  readonly #byNumber: readonly Lane[]
  /** An operation that no order of causes can place. */
  readonly cycle: Access | null

  constructor(accesses: readonly Access[], writers: Writers) {
    this.#writers = writers
    for (const access of accesses) {
      const { process, outcome } = access.operation
      const name = outcome === 'ok' ? process : access
      const after = outcome === 'ok' ? undefined : this.#lanes.get(process)?.accesses.at(-1)
      const lane = this.#lanes.get(name) ?? { number: this.#lanes.size, accesses: [], writes: new Map<string, number[]>(), after }
      this.#lanes.set(name, lane)
      this.#places.set(access, { lane: lane.number, at: lane.accesses.length })
      lane.accesses.push(access)
      if (access.written === undefined) continue
      const writes = lane.writes.get(access.key)
      if (writes === undefined) lane.writes.set(access.key, [lane.accesses.length - 1])
      else writes.push(lane.accesses.length - 1)
    }
    this.#byNumber = [...this.#lanes.values()]
    this.cycle = this.#fill()
  }

  /** Each process goes on as far as what it read has a clock. */
  #fill(): Access | null {
    const lanes = this.#byNumber
    const next = lanes.map(() => 0)
    const waiting = new Map<Access, number[]>()
    const ready = lanes.map((_, i) => i)
    for (let number = ready.pop(); number !== undefined; number = ready.pop()) {
      const { accesses, after } = lanes[number] as Lane
      for (let access = accesses[next[number] as number]; access !== undefined; access = accesses[next[number] as number]) {
        const source = [...this.#writers.of(access), ...(after === undefined ? [] : [after])].find((each) => each !== access && !this.#clocks.has(each))
        if (source !== undefined) {
          waiting.set(source, [...waiting.get(source) ?? [], number])
          break
        }
        this.#clocks.set(access, this.#clockOf(access, lanes[number] as Lane, next[number] as number, lanes.length))
        next[number] = (next[number] as number) + 1
        ready.push(...waiting.get(access) ?? [])
        waiting.delete(access)
      }
    }
    return lanes.flatMap(({ accesses }, i) => accesses.slice(next[i] as number, (next[i] as number) + 1)).find((each) => each.read !== undefined) ?? null
  }

  #clockOf(access: Access, { accesses, after, number }: Lane, at: number, size: number): Int32Array {
    const before = at === 0 ? after : accesses[at - 1]
    const clock = before === undefined ? new Int32Array(size) : (this.#clocks.get(before) as Int32Array).slice()
    for (const source of this.#writers.of(access)) {
      const theirs = this.#clocks.get(source)
      if (theirs !== undefined) for (let i = 0; i < size; i++) clock[i] = Math.max(clock[i] as number, theirs[i] as number)
    }
    clock[number] = at + 1
    return clock
  }

  /** How `to` came after `from`: both, and the operations between them at which the chain of causes passes from one process to another. */
  chain(from: Access, to: Access): Access[] {
    const later = new Map<Access, { readonly access: Access; readonly isOrder: boolean } | null>([[to, null]])
    for (const access of later.keys()) {
      if (access === from) break
      const { lane, at } = this.#places.get(access) as { lane: number; at: number }
      const { accesses, after } = this.#byNumber[lane] as Lane
      const before = at === 0 ? after : accesses[at - 1]
      if (before !== undefined && !later.has(before)) later.set(before, { access, isOrder: true })
      for (const source of this.#writers.of(access)) if (!later.has(source)) later.set(source, { access, isOrder: false })
    }
    const chain = [from]
    for (let step = later.get(from); step !== undefined && step !== null; step = later.get(step.access)) {
      const next = later.get(step.access)
      if (!step.isOrder || next?.isOrder !== true) chain.push(step.access)
    }
    return chain
  }

  /** A write of the key in the causal past of a read that came causally after the write which it read. */
  replacementOf(access: Access): Access | null {
    const clock = this.#clocks.get(access) as Int32Array
    const [source] = this.#writers.of(access)
    const from = source === undefined ? undefined : this.#places.get(source)
    for (const { number, accesses, writes } of this.#lanes.values()) {
      const indexes = writes.get(access.key)
      if (indexes === undefined) continue
      const last = lastBelow(indexes, clock[number] as number, accesses, access)
      if (last === undefined || last === source) continue
      if (from === undefined || ((this.#clocks.get(last) as Int32Array)[from.lane] as number) > from.at) return last
    }
    return null
  }
}

/** The last write among `indexes` below `limit`, other than `self`. */
function lastBelow(indexes: readonly number[], limit: number, accesses: readonly Access[], self: Access): Access | undefined {
  let low = 0
  let high = indexes.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((indexes[middle] as number) < limit) low = middle + 1
    else high = middle
  }
  const last = accesses[indexes[low - 1] ?? -1]
  return last === self ? accesses[indexes[low - 2] ?? -1] : last
}
