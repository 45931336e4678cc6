import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { add, CLIENT, Conversation, dequeue, enqueue, text } from './machine.fixture'

const opened = (): Conversation => {
  const it = new Conversation()
  it.open(CLIENT)
  return it
}

describe('a queue', () => {
  it('equals a plain array, over restores too', () => {
    const step = fc.oneof(fc.constant('take' as const), fc.constant('restore' as const), fc.nat(99).map(String))
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let it = opened()
      const plain: string[] = []
      for (const each of steps) {
        if (each === 'restore') it = it.restored()
        else if (each === 'take') {
          const first = plain.shift()
          expect(it.operate(dequeue)).toEqual(first === undefined ? { kind: 'not-found' } : { kind: 'value', value: text(first) })
        } else {
          plain.push(each)
          expect(it.operate(enqueue(each)).kind).toBe('done')
        }
        expect(it.ask({ kind: 'length', key: 'q' })).toEqual({ kind: 'number', value: plain.length })
        expect(it.ask({ kind: 'peek', key: 'q' })).toEqual(plain[0] === undefined ? { kind: 'not-found' } : { kind: 'value', value: text(plain[0]) })
      }
    }))
  })

  it('gives back what was taken from a long one', () => {
    const it = opened()
    for (let i = 0; i < 5000; i++) it.operate(enqueue(String(i)))
    for (let i = 0; i < 4999; i++) expect(it.operate(dequeue)).toEqual({ kind: 'value', value: text(String(i)) })
    const other = it.restored()
    expect(other.machine.hash()).toBe(it.machine.hash())
    expect(other.operate(dequeue)).toEqual({ kind: 'value', value: text('4999') })
    expect(other.ask({ kind: 'peek', key: 'q' }).kind).toBe('not-found')
  })
})

describe('a counter', () => {
  it('adds within the safe integers and says where that ends', () => {
    const it = opened()
    const most = Number.MAX_SAFE_INTEGER
    expect([add(3), add(-5), add(most), add(2), add(1), add(-most)].map((each) => it.operate(each))).toEqual([
      { kind: 'number', value: 3 }, { kind: 'number', value: -2 }, { kind: 'number', value: most - 2 },
      { kind: 'number', value: most }, { kind: 'limit-reached' }, { kind: 'number', value: 0 },
    ])
    expect(it.ask({ kind: 'count', key: 'n' })).toEqual({ kind: 'number', value: 0 })
    expect(it.ask({ kind: 'count', key: 'other' })).toEqual({ kind: 'number', value: 0 })
  })
})
