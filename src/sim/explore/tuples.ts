/** Tuples of small integers and the number that each got when it was first met: open addressing over typed arrays, a few bytes for each. */

const FIRST_CAPACITY = 1 << 10
/** Slots of the table that are taken at most, in quarters. */
const FULL_QUARTERS = 2

export class Tuples {
  readonly width: number
  count = 0
  #values: Int32Array
  /** The number of a tuple plus one, where its hash leads; 0 for none. */
  #slots: Int32Array

  constructor(width: number) {
    this.width = width
    this.#values = new Int32Array(FIRST_CAPACITY * width)
    this.#slots = new Int32Array(FIRST_CAPACITY * 2)
  }

  /** The number of the tuple that stands in `tuple`; `count` is higher by one afterwards where it is new. */
  add(tuple: Int32Array): number {
    const { width } = this
    let slot = hashOf(tuple, width) & (this.#slots.length - 1)
    for (let found = this.#slots[slot] as number; found !== 0; found = this.#slots[slot] as number) {
      if (this.#isAt(found - 1, tuple)) return found - 1
      slot = (slot + 1) & (this.#slots.length - 1)
    }
    const number = this.count++
    if (this.count * width > this.#values.length) this.#values = grown(this.#values)
    for (let i = 0; i < width; i++) this.#values[number * width + i] = tuple[i] as number
    this.#slots[slot] = number + 1
    if (this.count * 4 > this.#slots.length * FULL_QUARTERS) this.#rehash()
    return number
  }

  at(number: number, place: number): number {
    return this.#values[number * this.width + place] as number
  }

  #isAt(number: number, tuple: Int32Array): boolean {
    const start = number * this.width
    for (let i = 0; i < this.width; i++) if (this.#values[start + i] !== tuple[i]) return false
    return true
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2)
    for (let number = 0; number < this.count; number++) {
      let slot = hashOf(this.#values.subarray(number * this.width, (number + 1) * this.width), this.width) & (slots.length - 1)
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1)
      slots[slot] = number + 1
    }
    this.#slots = slots
  }
}

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

export function grown(values: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(values.length * 2)
  larger.set(values)
  return larger
}

function hashOf(tuple: Int32Array, width: number): number {
  let hash = 0x9e3779b1
  for (let i = 0; i < width; i++) {
    hash = Math.imul(hash ^ (tuple[i] as number), 0x85ebca6b)
    hash ^= hash >>> 13
  }
  hash = Math.imul(hash, 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
