import { Tuples } from '../../core/base'

/** A function of two small integers, each value computed once. */
export class PairMemo {
  readonly #pairs = new Tuples(2)
  readonly #pair = new Int32Array(2)
  readonly #results: number[] = []

  get(one: number, other: number, compute: () => number): number {
    this.#pair[0] = one
    this.#pair[1] = other
    const number = this.#pairs.add(this.#pair)
    const known = this.#results[number]
    if (known !== undefined) return known
    const result = compute()
    this.#results[number] = result
    return result
  }
}
