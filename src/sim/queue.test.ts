import fc from 'fast-check'
import { expect, it } from 'vitest'
import { EventQueue } from './queue'

it('gives events by time, and those of one time in the order in which they were put in', () => {
  fc.assert(fc.property(fc.array(fc.oneof(fc.nat(20), fc.constant(null)), { maxLength: 200 }), (steps) => {
    const queue = new EventQueue<string>()
    const expected: { at: number; order: number }[] = []
    for (const [order, step] of steps.entries()) {
      if (step === null && expected.length > 0) {
        expected.sort((one, other) => one.at - other.at || one.order - other.order)
        const event = queue.pop()
        expect({ at: event.atMs, order: event.a }).toEqual(expected.shift())
        queue.release(event)
      } else if (step !== null) {
        queue.push(step, 1, null, order)
        expected.push({ at: step, order })
      }
    }
    expect(queue.length).toBe(expected.length)
  }))
})
