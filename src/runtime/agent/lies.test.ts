import { expect, test } from 'vitest'
import { toldBy } from './lies'

const reply = Uint8Array.of(1, 2, 3)

test('an honest node tells what it has, a silent one nothing, and a forger never the truth', () => {
  expect(toldBy('honest', reply)).toEqual(reply)
  expect(toldBy('silent', reply)).toBeNull()
  for (const behaviour of ['forge', 'equivocate'] as const) {
    expect(toldBy(behaviour, reply)).not.toEqual(reply)
    expect(toldBy(behaviour, new Uint8Array(0))).not.toEqual(new Uint8Array(0))
  }
  expect(reply).toEqual(Uint8Array.of(1, 2, 3))
})
