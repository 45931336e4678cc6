/** Numbers in the order of their levels: the lowest first, and of one level in the order in which they were put in. */
import { grown } from '../../core/base'

const FIRST_CAPACITY = 16

interface Level {
  numbers: Int32Array<ArrayBuffer>
  count: number
  taken: number
}

export class Agenda {
  readonly #levels: (Level | undefined)[] = []
  /** The level of what was taken last. */
  level = 0

  /** One below the level that is being worked off joins it. */
  put(number: number, level: number): void {
    const at = Math.max(level, this.level)
    const row = (this.#levels[at] ??= { numbers: new Int32Array(FIRST_CAPACITY), count: 0, taken: 0 })
    if (row.count === row.numbers.length) row.numbers = grown(row.numbers)
    row.numbers[row.count++] = number
  }

  /** Null where there is none left. */
  take(): number | null {
    for (; this.level < this.#levels.length; this.level++) {
      const row = this.#levels[this.level]
      if (row && row.taken < row.count) return row.numbers[row.taken++] as number
      this.#levels[this.level] = undefined
    }
    return null
  }
}
