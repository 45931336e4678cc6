/** A set of rows of small whole numbers, all of one width, compared exactly. Rows keep the order in which they came. */
const FIRST_ROWS = 64
const LOAD_MAX = 0.6

export class TupleSet {
  readonly width: number
  size = 0
  #rows: Int32Array
  /** Open addressing: the number of a row plus one, 0 for none. */
  #slots: Int32Array

  constructor(width: number) {
    this.width = width
    this.#rows = new Int32Array(FIRST_ROWS * width)
    this.#slots = new Int32Array(FIRST_ROWS * 2)
  }

  /** Bytes of memory it holds. */
  get bytes(): number {
    return (this.#rows.length + this.#slots.length) * 4
  }

  at(row: number, column: number): number {
    return this.#rows[row * this.width + column] as number
  }

  /** Copies a row to the start of `target`. */
  read(row: number, target: Int32Array): void {
    const from = row * this.width
    for (let i = 0; i < this.width; i++) target[i] = this.#rows[from + i] as number
  }

  /** False where the row was there. */
  add(row: Int32Array): boolean {
    const slot = this.#find(row)
    if (this.#slots[slot] !== 0) return false
    if ((this.size + 1) * this.width > this.#rows.length) {
      const longer = new Int32Array(this.#rows.length * 2)
      longer.set(this.#rows)
      this.#rows = longer
    }
    this.#rows.set(row.length === this.width ? row : row.subarray(0, this.width), this.size * this.width)
    this.#slots[slot] = ++this.size
    if (this.size > this.#slots.length * LOAD_MAX) this.#rehash()
    return true
  }

  has(row: Int32Array): boolean {
    return this.#slots[this.#find(row)] !== 0
  }

  clear(): void {
    this.size = 0
    if (this.#slots.length > FIRST_ROWS * 64) this.#slots = new Int32Array(FIRST_ROWS * 2)
    else this.#slots.fill(0)
  }

  #find(row: Int32Array): number {
    const mask = this.#slots.length - 1
    const width = this.width
    let slot = this.#hash(row, 0) & mask
    for (;;) {
      const there = this.#slots[slot] as number
      if (there === 0) return slot
      const from = (there - 1) * width
      let i = 0
      while (i < width && this.#rows[from + i] === row[i]) i++
      if (i === width) return slot
      slot = (slot + 1) & mask
    }
  }

  #hash(source: Int32Array, from: number): number {
    let hash = 0x9e3779b9
    for (let i = 0; i < this.width; i++) {
      hash = Math.imul(hash ^ (source[from + i] as number), 0x85ebca6b)
      hash ^= hash >>> 13
    }
    hash = Math.imul(hash, 0xc2b2ae35)
    return (hash ^ (hash >>> 16)) >>> 0
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2)
    const mask = slots.length - 1
    for (let row = 0; row < this.size; row++) {
      let slot = this.#hash(this.#rows, row * this.width) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = row + 1
    }
    this.#slots = slots
  }
}
