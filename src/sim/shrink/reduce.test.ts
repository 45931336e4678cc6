import fc from 'fast-check'
import { expect, it } from 'vitest'
import { minimise } from './reduce'

it('finds exactly what is needed, wherever it lies', () => {
  fc.assert(fc.property(fc.uniqueArray(fc.nat(60), { maxLength: 6 }), fc.integer({ min: 61, max: 90 }), (needed, length) => {
    const items = Array.from({ length }, (_, i) => i)
    const found = minimise(items, (part) => needed.every((each) => part.includes(each)), () => false)
    expect([...found]).toEqual([...needed].sort((one, other) => one - other))
  }))
})

it('keeps what it has where the budget ends', () => {
  let runs = 0
  const found = minimise(Array.from({ length: 64 }, (_, i) => i), (part) => {
    runs++
    return part.includes(13)
  }, () => runs >= 5)
  expect(found).toContain(13)
  expect(runs).toBe(5)
})
