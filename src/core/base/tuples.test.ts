import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Tuples } from './tuples'

const rows = (width: number) => fc.array(fc.array(fc.integer({ min: -2, max: 3 }), { minLength: width, maxLength: width }), { maxLength: 400 })

describe('a table of tuples', () => {
  test('numbers each tuple once, in the order of their coming, whatever it has grown to', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 5 }).chain(rows), (tuples) => {
      const table = new Tuples(tuples[0]?.length ?? 1)
      const numbers = new Map<string, number>()
      for (const tuple of tuples) {
        const known = numbers.get(String(tuple))
        expect(table.add(Int32Array.from(tuple))).toBe(known ?? numbers.size)
        if (known === undefined) numbers.set(String(tuple), numbers.size)
        expect(table.count).toBe(numbers.size)
      }
      const read = new Int32Array(table.width)
      for (const [tuple, number] of numbers) {
        table.read(number, read)
        expect(String(read)).toBe(tuple)
      }
    }))
  })

  test('tells what is new, and knows nothing after it was cleared', () => {
    const table = new Tuples(2)
    // Enough for the table to have grown, so that clearing gives memory back.
    const wide = Array.from({ length: 5_000 }, (_, i) => Int32Array.of(i, -i))
    for (const tuple of wide) expect(table.addNew(tuple)).toBe(true)
    for (const tuple of wide) expect(table.addNew(tuple)).toBe(false)
    table.clear()
    expect(table.count).toBe(0)
    for (const tuple of wide) expect(table.addNew(tuple)).toBe(true)
  })
})
