/**
 * Which operations on a register may be left out. A read may always go. A write may go only where no operation that stays can have
 * seen it: none that stays saw its value, or another write that stays came surely between the two. Then the rest of a
 * linearization of the whole is a linearization of the part, so that a part that is not linearizable convicts the whole.
 */
import type { Operation } from '../history'
import { canonical } from '../values'
import type { Access } from './access'
import type { Closure } from './model'

/** Where values are appended to, a reader sees the work of every writer since the value was last replaced. */
const ANY = 'any'

/** Writers of one value in the order of their invocations, with the latest end among each and those before it. */
interface Writers {
  readonly certain: number[]
  readonly latestEnd: number[]
  readonly unknown: number[]
}

class RegisterClosure implements Closure {
  readonly #accesses: readonly Access[]
  readonly #operations: readonly Operation[]
  readonly #appends: boolean
  readonly #writers = new Map<string, Writers>()
  readonly #observers: number[] = []
  /** Writes and swaps that surely took effect, by their ends. */
  readonly #replacers: number[] = []

  constructor(accesses: readonly Access[], operations: readonly Operation[]) {
    this.#accesses = accesses
    this.#operations = operations
    this.#appends = accesses.some(({ effect }) => effect === 'append')
    accesses.forEach((access, i) => { this.#place(access, i) })
    this.#replacers.sort((a, b) => this.#of(a).completed - this.#of(b).completed)
  }

  #of(at: number): Operation {
    return this.#operations[at] as Operation
  }

  #keyOf(value: Access['seen']): string {
    return this.#appends ? ANY : canonical(value === '' ? null : value)
  }

  #place({ effect, written }: Access, at: number): void {
    const { completed, outcome } = this.#of(at)
    if (effect === 'read' || effect === 'cas') this.#observers.push(at)
    if (effect === 'read') return
    if ((effect === 'write' || effect === 'cas') && outcome === 'ok') this.#replacers.push(at)
    const key = this.#keyOf(written)
    const writers = this.#writers.get(key) ?? { certain: [], latestEnd: [], unknown: [] }
    this.#writers.set(key, writers)
    if (outcome === 'ok') {
      writers.certain.push(at)
      writers.latestEnd.push(Math.max(completed, writers.latestEnd.at(-1) ?? -1))
    } else writers.unknown.push(at)
  }

  close(kept: Uint8Array): void {
    for (let changed = true; changed;) {
      changed = false
      const screens = this.#screens(kept)
      for (const observer of this.#observers) {
        if (kept[observer] === 1 && this.#mayHaveSeenTheMissing(observer, kept, screens)) {
          kept[observer] = 0
          changed = true
        }
      }
    }
  }

  /** Ends of the replacers that stay, ascending, and the latest beginning among each and those before it. */
  #screens(kept: Uint8Array): { ends: number[]; beginnings: number[] } {
    const ends: number[] = []
    const beginnings: number[] = []
    for (const at of this.#replacers) {
      if (kept[at] === 0) continue
      ends.push(this.#of(at).completed)
      beginnings.push(Math.max(this.#of(at).invoked, beginnings.at(-1) ?? -1))
    }
    return { ends, beginnings }
  }

  #mayHaveSeenTheMissing(observer: number, kept: Uint8Array, { ends, beginnings }: { ends: number[]; beginnings: number[] }): boolean {
    const { invoked, completed } = this.#of(observer)
    const writers = this.#writers.get(this.#keyOf((this.#accesses[observer] as Access).seen))
    if (writers === undefined) return false
    const screen = beginnings[firstFrom(ends.length, (i) => (ends[i] as number) >= invoked) - 1] ?? -1
    const suspect = (at: number): boolean => at !== observer && kept[at] === 0 && this.#of(at).completed >= screen && this.#of(at).invoked < completed
    if (writers.unknown.some(suspect)) return true
    const { certain, latestEnd } = writers
    for (let i = firstFrom(certain.length, (each) => this.#of(certain[each] as number).invoked >= completed) - 1; i >= 0; i--) {
      if ((latestEnd[i] as number) < screen) return false
      if (suspect(certain[i] as number)) return true
    }
    return false
  }
}

/** The first place below `length` where `holds` is true, given that it stays true from there on. */
function firstFrom(length: number, holds: (at: number) => boolean): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

export const registerClosure = (accesses: readonly Access[], operations: readonly Operation[]): Closure => new RegisterClosure(accesses, operations)
