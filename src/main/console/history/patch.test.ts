import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromJson, toJson } from '../../../core/base'
import { applyPatch, diff, type Patch } from './patch'

const plain = fc.letrec((tie) => ({
  leaf: fc.oneof(fc.integer(), fc.string({ maxLength: 4 }), fc.boolean(), fc.constant(null), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n })),
  value: fc.oneof({ depthSize: 'small' }, tie('leaf'), fc.array(tie('value'), { maxLength: 4 }), fc.dictionary(fc.string({ maxLength: 3 }).map((key) => `k${key}`), tie('value'), { maxKeys: 4 })),
})).value

describe('patches', () => {
  test('lead from any value to any other, through JSON as well', () => {
    fc.assert(fc.property(plain, plain, (before, after) => {
      const patch = diff(before, after)
      expect(patch === undefined ? before : applyPatch(before, fromJson(toJson(patch)) as Patch)).toEqual(after)
    }), { numRuns: 1_000 })
  })
  test('of equal values are none, and leave what did not change identical', () => {
    fc.assert(fc.property(plain, (value) => {
      expect(diff(value, structuredClone(value))).toBeUndefined()
    }))
    const before = { far: { deep: [1, 2] }, near: 1 }
    const after = applyPatch(before, diff(before, { far: { deep: [1, 2] }, near: 2 }) ?? [null]) as typeof before
    expect(after).toEqual({ far: { deep: [1, 2] }, near: 2 })
    expect(after.far).toBe(before.far)
  })
  test('bear keys that mean something to JavaScript', () => {
    const after = JSON.parse('{"__proto__":{"x":1},"constructor":2}') as unknown
    expect(toJson(applyPatch({}, fromJson(toJson(diff({}, after))) as Patch))).toBe(toJson(after))
  })
})
