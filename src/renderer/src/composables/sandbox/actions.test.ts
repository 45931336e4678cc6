import { expect, it } from 'vitest'
import { actionsFor, cutLinks } from './actions'

it('offers only what a process in its state can take', () => {
  expect(actionsFor('running')).toContain('kill')
  expect(actionsFor('paused')).not.toContain('pause')
  expect(actionsFor('killed')).toEqual(['start'])
})
it('knows which directions are cut', () => {
  const fault = { kind: 'link' as const, from: 'n1', to: 'n2', bothWays: true, cut: true, latencyMs: 0, jitterMs: 0, loss: 0, bytesPerSecondMax: null }
  expect([...cutLinks([{ id: 'a', sinceMs: 0, fault }, { id: 'b', sinceMs: 0, fault: { ...fault, from: 'n3', cut: false } }])]).toEqual(['n1>n2', 'n2>n1'])
})
