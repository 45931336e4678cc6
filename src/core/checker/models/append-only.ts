/**
 * A string that is only appended to and read. Every read must be a prefix of the longest one, so that a state is the length of a
 * prefix of it, and an append that does not continue it is refused at once. Without this a search would try the orders of
 * concurrent appends up to the next read.
 */
import { canonical, shown, type Value } from '../values'
import type { Access } from './access'
import { classify, ILLEGAL, type Machine } from './model'

export const asText = (value: Value): string => (value === null ? '' : typeof value === 'string' ? value : canonical(value))

class AppendOnlyMachine implements Machine {
  readonly initial = 0
  readonly bytes = 0
  readonly foresees = true
  readonly pure: Uint8Array
  readonly useless: Uint8Array
  readonly classes: Int32Array
  readonly #longest: string
  /** Read: the length it needs, -1 where it is no prefix. */
  readonly #needs: Int32Array
  readonly #suffixes: readonly string[]

  constructor(accesses: readonly Access[], unknown: (at: number) => boolean, longest: string) {
    this.#longest = longest
    this.pure = Uint8Array.from(accesses, ({ effect }) => Number(effect === 'read'))
    this.#suffixes = accesses.map(({ effect, written }) => (effect === 'append' ? asText(written) : ''))
    this.#needs = Int32Array.from(accesses, ({ effect, seen }, i) => {
      if (effect !== 'read' || unknown(i)) return -1
      const text = typeof seen === 'string' || seen === null ? asText(seen) : null
      return text !== null && longest.startsWith(text) ? text.length : -1
    })
    this.useless = Uint8Array.from(accesses, ({ effect }, i) =>
      Number(unknown(i) && (effect === 'read' || !longest.includes(this.#suffixes[i] as string) || this.#suffixes[i] === '')))
    this.classes = classify(accesses.map(({ effect }, i) => (effect === 'read' ? `read ${String(this.#needs[i])}` : `append ${this.#suffixes[i] as string}`)))
  }

  /** The length of the prefix; one more than the longest read stands for everything beyond it, which nobody saw. */
  step(state: number, operation: number): number {
    if (this.pure[operation] === 1) return this.#needs[operation] === state ? state : ILLEGAL
    const suffix = this.#suffixes[operation] as string
    const longest = this.#longest
    if (suffix === '' || state > longest.length) return state
    if (state === longest.length) return state + 1
    return longest.startsWith(suffix, state) ? state + suffix.length : ILLEGAL
  }

  possible(state: number, operation: number): string {
    if (this.pure[operation] !== 1) return 'a value that continues what was read'
    return state > this.#longest.length ? 'something longer than what was read' : shown(this.#longest.slice(0, state))
  }
}

/** Null where something else than appends changes the value. */
export function appendOnlyMachine(accesses: readonly Access[], unknown: (at: number) => boolean): Machine | null {
  let longest = ''
  let appends = 0
  for (const [i, { effect, seen }] of accesses.entries()) {
    if (effect !== 'read' && effect !== 'append') return null
    if (effect === 'append') appends++
    else if (!unknown(i) && typeof seen === 'string' && seen.length > longest.length) longest = seen
  }
  return appends === 0 ? null : new AppendOnlyMachine(accesses, unknown, longest)
}
