/**
 * Tuples of small whole numbers, all of one width and compared exactly, and the number that each got when it was first met. Open
 * addressing over typed arrays: a few bytes for each, and nothing for the garbage collector to walk.
 */

const FIRST_TUPLES = 64
const LOAD_MAX = 0.6
/** Slots that are filled with zeros on `clear` rather than made anew. */
const SLOTS_KEPT_MAX = FIRST_TUPLES * 64

export class Tuples {
  readonly width: number
  count = 0
  #values: Int32Array
  /** The number of a tuple plus one, where its hash leads; 0 for none. */
  #slots: Int32Array

  constructor(width: number) {
    this.width = width
    this.#values = new Int32Array(FIRST_TUPLES * width)
    this.#slots = new Int32Array(FIRST_TUPLES * 2)
  }

  /** Bytes of memory it holds. */
  get bytes(): number {
    return (this.#values.length + this.#slots.length) * 4
  }

  /** The number of the tuple that stands at the start of `tuple`; `count` is higher by one afterwards where it is new. */
  add(tuple: Int32Array): number {
    const { width } = this
    const mask = this.#slots.length - 1
    let slot = hashOf(tuple, 0, width) & mask
    for (let found = this.#slots[slot] as number; found !== 0; found = this.#slots[slot] as number) {
      if (this.#isAt(found - 1, tuple)) return found - 1
      slot = (slot + 1) & mask
    }
    const number = this.count++
    if (this.count * width > this.#values.length) this.#values = grown(this.#values)
    for (let i = 0; i < width; i++) this.#values[number * width + i] = tuple[i] as number
    this.#slots[slot] = number + 1
    if (this.count > this.#slots.length * LOAD_MAX) this.#rehash()
    return number
  }

  /** Adds the tuple; true where it is new. */
  addNew(tuple: Int32Array): boolean {
    const before = this.count
    this.add(tuple)
    return this.count > before
  }

  at(number: number, place: number): number {
    return this.#values[number * this.width + place] as number
  }

  /** Copies a tuple to the start of `target`. */
  read(number: number, target: Int32Array): void {
    const start = number * this.width
    for (let i = 0; i < this.width; i++) target[i] = this.#values[start + i] as number
  }

  clear(): void {
    this.count = 0
    if (this.#slots.length > SLOTS_KEPT_MAX) this.#slots = new Int32Array(FIRST_TUPLES * 2)
    else this.#slots.fill(0)
  }

  #isAt(number: number, tuple: Int32Array): boolean {
    const start = number * this.width
    for (let i = 0; i < this.width; i++) if (this.#values[start + i] !== tuple[i]) return false
    return true
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2)
    const mask = slots.length - 1
    for (let number = 0; number < this.count; number++) {
      let slot = hashOf(this.#values, number * this.width, this.width) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = number + 1
    }
    this.#slots = slots
  }
}

/** The same values in an array twice as long. */
export function grown(values: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(values.length * 2)
  larger.set(values)
  return larger
}

function hashOf(values: Int32Array, from: number, width: number): number {
  let hash = 0x9e3779b9
  for (let i = 0; i < width; i++) {
    hash = Math.imul(hash ^ (values[from + i] as number), 0x85ebca6b)
    hash ^= hash >>> 13
  }
  hash = Math.imul(hash, 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
