/** Register and key-value: read, write, compare-and-set; for key-value also get, put, append on strings, and delete. One key at a time. */
import type { Operation } from '../history'
import { isList, shown, ValueTable } from '../values'
import type { Access, Effect } from './access'
import { appendOnlyMachine, asText } from './append-only'
import { classify, ILLEGAL, type Machine, type Model } from './model'
import { registerClosure } from './register-closure'
import { uniqueWriteShape } from './zones'

const REGISTER: Readonly<Record<string, Effect>> = { read: 'read', write: 'write', cas: 'cas' }
const KEY_VALUE: Readonly<Record<string, Effect>> = { ...REGISTER, get: 'read', put: 'write', append: 'append', delete: 'delete' }

function accessOf(functions: Readonly<Record<string, Effect>>, { f, input, output, outcome }: Operation): Access {
  const effect = functions[f] ?? 'read'
  if (effect === 'cas') {
    const pair = isList(input) ? input : isList(output) ? output : []
    return { effect, seen: pair[0] ?? null, written: pair[1] ?? null }
  }
  if (effect === 'read') return { effect, seen: output, written: null }
  if (effect === 'delete') return { effect: 'write', seen: null, written: null }
  return { effect, seen: null, written: input === null && outcome === 'ok' ? output : input }
}

/** Values fit below this number: a pair of them is one number. */
const STATES_MAX = 2 ** 26
/** What a state costs beside its text. */
const STATE_BYTES = 400

class RegisterMachine implements Machine {
  readonly initial: number
  bytes = 0
  readonly foresees = false
  readonly pure: Uint8Array
  readonly useless: Uint8Array
  readonly classes: Int32Array
  readonly #table = new ValueTable()
  readonly #accesses: readonly Access[]
  readonly #seen: Int32Array
  readonly #written: Int32Array
  readonly #effects: Uint8Array
  /** A key that was never written: reads find null or, for key-value, the empty string. */
  readonly #absent: number
  readonly #empty: number
  readonly #appended = new Map<number, number>()

  constructor(accesses: readonly Access[], unknown: (at: number) => boolean, strings: boolean) {
    const table = this.#table
    this.#accesses = accesses
    this.#absent = table.id(null)
    this.#empty = strings ? table.id('') : this.#absent
    this.initial = this.#absent
    this.#seen = Int32Array.from(accesses, ({ seen }) => table.id(seen))
    this.#written = Int32Array.from(accesses, ({ written }) => table.id(written))
    this.#effects = Uint8Array.from(accesses, ({ effect }) => ['read', 'write', 'cas', 'append'].indexOf(effect))
    this.pure = Uint8Array.from(accesses, ({ effect }) => Number(effect === 'read'))
    this.classes = classify(accesses.map(({ effect }, i) => `${effect} ${String(this.#seen[i])} ${String(this.#written[i])}`))
    this.useless = this.#uselessOnes(unknown)
  }

  /** A write that nobody saw can be left out, unless something appends to what it wrote. A cas left out may leave others unseen. */
  #uselessOnes(unknown: (at: number) => boolean): Uint8Array {
    const useless = Uint8Array.from(this.#accesses, ({ effect }, i) => Number(effect === 'read' && unknown(i)))
    if (this.#accesses.some(({ effect }) => effect === 'append')) return useless
    const watchers = new Map<number, number>()
    this.#accesses.forEach(({ effect }, i) => {
      const seen = this.#seen[i] as number
      if (useless[i] === 0 && (effect === 'read' || effect === 'cas')) watchers.set(seen, (watchers.get(seen) ?? 0) + 1)
    })
    // A key that was deleted or never written is seen by whoever finds the empty string, too.
    const watched = (id: number): boolean => (watchers.get(id) ?? 0) > 0 || (id === this.#absent && (watchers.get(this.#empty) ?? 0) > 0)
    for (let changed = true; changed;) {
      changed = false
      this.#accesses.forEach(({ effect }, i) => {
        if (useless[i] === 1 || !unknown(i) || watched(this.#written[i] as number)) return
        useless[i] = 1
        const seen = this.#seen[i] as number
        if (effect === 'cas') watchers.set(seen, (watchers.get(seen) ?? 1) - 1)
        changed = true
      })
    }
    return useless
  }

  step(state: number, operation: number): number {
    const effect = this.#effects[operation]
    if (effect === 1) return this.#written[operation] as number
    if (effect === 3) return this.#append(state, this.#written[operation] as number)
    const seen = this.#seen[operation] as number
    if (seen !== state && !(state === this.#absent && seen === this.#empty)) return ILLEGAL
    return effect === 0 ? state : this.#written[operation] as number
  }

  #append(state: number, suffix: number): number {
    const pair = state * STATES_MAX + suffix
    const known = this.#appended.get(pair)
    if (known !== undefined) return known
    const next = this.#table.id(`${asText(this.#table.value(state))}${asText(this.#table.value(suffix))}`)
    this.#appended.set(pair, next)
    this.bytes += STATE_BYTES + 2 * asText(this.#table.value(next)).length
    return next
  }

  possible(state: number, operation: number): string {
    const value = shown(this.#table.value(state))
    const access = this.#accesses[operation]
    if (access?.effect === 'cas') return `the value is ${value}, not ${shown(access.seen)}`
    return access?.effect === 'read' ? value : `${value} is replaced`
  }
}

const expectsOf = (functions: Readonly<Record<string, Effect>>) => ({ f, input, outcome, output }: Operation): string | null => {
  const effect = functions[f]
  if (effect === undefined) return `one of ${Object.keys(functions).join(', ')}`
  if (effect === 'cas' && !(isList(input) && input.length === 2) && !(outcome === 'ok' && isList(output) && output.length === 2)) {
    return 'the value [from, to] of cas'
  }
  if (effect === 'append' && typeof input !== 'string') return 'a string to append'
  return null
}

function registerModel(name: 'register' | 'kv', functions: Readonly<Record<string, Effect>>): Model {
  const strings = name === 'kv'
  const accesses = (operations: readonly Operation[]): Access[] => operations.map((operation) => accessOf(functions, operation))
  return {
    name, functions: Object.keys(functions), expects: expectsOf(functions),
    compile: (operations, hindsight = true) => {
      const all = accesses(operations)
      const unknown = (at: number): boolean => operations[at]?.outcome === 'unknown'
      return (hindsight ? appendOnlyMachine(all, unknown) : null) ?? new RegisterMachine(all, unknown, strings)
    },
    closure: (operations) => registerClosure(accesses(operations), operations),
    shape: (operations) => uniqueWriteShape(accesses(operations), operations, strings),
  }
}

export const register = registerModel('register', REGISTER)
export const keyValue = registerModel('kv', KEY_VALUE)
