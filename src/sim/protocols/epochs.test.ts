import { expect, it } from 'vitest'
import { drawPlan } from '../draw'
import { Simulation } from '../simulation'

it('a ballot is told with its round and its owner, in the trace and in the log', () => {
  const led: string[] = []
  const simulation = new Simulation(drawPlan('paxos', 1, { nodes: 3, spares: 0, profile: 'calm' }), {
    onEvent: (event) => { if (event.kind === 'role' && event.role === 'leader') led.push(`${event.node} ${event.epoch}`) },
  })
  simulation.runUntil(10_000)
  expect(led[0]).toMatch(/^(n\d) \d+\.\1$/)
  expect(simulation.log('n1', 1, 2)[0]?.epoch).toMatch(/^\d+\.n\d$/)
})
