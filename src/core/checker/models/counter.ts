/** A number that starts at 0: add (a whole number, negative too), increment, decrement, read. */
import type { Value } from '../values'
import type { Operation } from '../history'
import { classify, ILLEGAL, type Closure, type Machine, type Model } from './model'

const SIGNS: Readonly<Record<string, number>> = { add: 1, increment: 1, decrement: -1 }
const FUNCTIONS = ['read', ...Object.keys(SIGNS)]

/** Null for a read. */
function deltaOf({ f, input }: Operation): bigint | null {
  const sign = SIGNS[f]
  if (sign === undefined) return null
  return BigInt(sign) * (typeof input === 'bigint' ? input : typeof input === 'number' && Number.isInteger(input) ? BigInt(input) : 1n)
}

const whole = (value: Value): bigint | null =>
  typeof value === 'bigint' ? value : typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : null

class CounterMachine implements Machine {
  readonly initial = 0
  readonly bytes = 0
  readonly foresees = false
  readonly pure: Uint8Array
  readonly useless: Uint8Array
  readonly classes: Int32Array
  readonly #deltas: readonly (bigint | null)[]
  readonly #seen: readonly (bigint | null)[]
  readonly #sums: bigint[] = [0n]
  readonly #states = new Map<bigint, number>([[0n, 0]])

  constructor(operations: readonly Operation[]) {
    this.#deltas = operations.map(deltaOf)
    this.#seen = operations.map(({ output }) => whole(output))
    this.pure = Uint8Array.from(this.#deltas, (delta) => Number(delta === null || delta === 0n))
    this.useless = Uint8Array.from(operations, ({ outcome }, i) => Number(outcome === 'unknown' && this.pure[i] === 1))
    this.classes = classify(this.#deltas.map((delta, i) => (delta === null ? `read ${String(this.#seen[i])}` : `add ${String(delta)}`)))
  }

  step(state: number, operation: number): number {
    const delta = this.#deltas[operation]
    const sum = this.#sums[state] as bigint
    if (delta === null || delta === undefined) return this.#seen[operation] === sum ? state : ILLEGAL
    const next = sum + delta
    const known = this.#states.get(next)
    if (known !== undefined) return known
    this.#states.set(next, this.#sums.length)
    return this.#sums.push(next) - 1
  }

  possible(state: number): string {
    return String(this.#sums[state])
  }
}

/** A read may always go; an addition only together with every read that ended after it began. */
class CounterClosure implements Closure {
  readonly #operations: readonly Operation[]

  constructor(operations: readonly Operation[]) {
    this.#operations = operations
  }

  close(kept: Uint8Array): void {
    const missing = this.#operations.find((operation, i) => kept[i] === 0 && (deltaOf(operation) ?? 0n) !== 0n)
    if (missing === undefined) return
    this.#operations.forEach((operation, i) => {
      if (deltaOf(operation) === null && operation.completed > missing.invoked) kept[i] = 0
    })
  }
}

export const counter: Model = {
  name: 'counter', functions: FUNCTIONS,
  expects: ({ f, input, output, outcome }) => {
    if (!FUNCTIONS.includes(f)) return `one of ${FUNCTIONS.join(', ')}`
    if (f === 'read') return outcome === 'ok' && (whole(output) === null) ? 'a whole number that was read' : null
    return input !== null && whole(input) === null ? 'a whole number' : f === 'add' && input === null ? 'a whole number to add' : null
  },
  compile: (operations) => new CounterMachine(operations),
  closure: (operations) => new CounterClosure(operations),
  shape: () => null,
}
