/** Sequential objects: what an operation does to a state when operations take effect one at a time. */
import type { Operation } from '../history'

export type ModelName = 'register' | 'kv' | 'queue' | 'lock' | 'counter'

/** What `step` answers where the operation, with the outcome it had, cannot take effect in the state. */
export const ILLEGAL = -1

/** A model over the operations of one history: states and operations are small numbers. Operations that failed are not among them. */
export interface Machine {
  readonly initial: number
  /** The next state, or ILLEGAL. `operation` is its place in the list that was compiled. */
  step(state: number, operation: number): number
  /** 1 for an operation that changes no state whatever: a read, or a dequeue that found nothing. */
  readonly pure: Uint8Array
  /** 1 for an operation of unknown outcome that is in a linearization only where another one without it exists. */
  readonly useless: Uint8Array
  /** Operations of one class do the same in every state. */
  readonly classes: Int32Array
  /** Whether it makes use of answers before their time: where a search notices a failure is then perhaps too early. */
  readonly foresees: boolean
  /** Roughly what the states seen so far take in memory. */
  readonly bytes: number
  /** What the operation could have been answered in this state, or why it could not take effect, in words. */
  possible(state: number, operation: number): string
}

/** Which operations may be left out of a history without making a linearizable one anything else. See linearizability/smallest.ts. */
export interface Closure {
  /** Takes operations out of `kept` (1 for each that stays) until removing the missing ones can have broken nothing. */
  close(kept: Uint8Array): void
}

/** How a history of one object is judged by its shape alone, where that is sound and complete; null where it is not. */
export type Shape = (operations: readonly Operation[]) => boolean | null

export interface Model {
  readonly name: ModelName
  /** By name, with every name that is understood: `read`, `write`, ... */
  readonly functions: readonly string[]
  /** What is wrong with the form of an operation, as what was expected; null where nothing is. */
  expects(operation: Operation): string | null
  /**
   * Operations in the order of their invocations, none of which failed. With `hindsight` (the default) a machine may refuse early
   * what later answers rule out, which changes no verdict but the moment at which a search notices.
   */
  compile(operations: readonly Operation[], hindsight?: boolean): Machine
  closure(operations: readonly Operation[]): Closure
  readonly shape: Shape
}

/** Classes for operations by a text that says all they do. */
export function classify(texts: Iterable<string>): Int32Array {
  const known = new Map<string, number>()
  const classes: number[] = []
  for (const text of texts) {
    const id = known.get(text) ?? known.size
    known.set(text, id)
    classes.push(id)
  }
  return Int32Array.from(classes)
}
