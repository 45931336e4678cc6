import { expect, it } from 'vitest'
import { drawPlan } from './draw'
import type { SimulationPlan } from './plan'
import { Simulation } from './simulation'

const LOOK_EVERY_MS = 200

function watched(plan: SimulationPlan): string {
  const simulation = new Simulation(plan, { onEvent: () => undefined })
  for (let atMs = 0; !simulation.isDone; atMs += LOOK_EVERY_MS) {
    simulation.runUntil(atMs)
    simulation.moment()
    for (const { id } of simulation.nodes()) simulation.log(id, 1, 100)
  }
  return simulation.replayHash
}

it.each(['raft', 'paxos', 'pbft'] as const)('a run of %s is the same whether its logs are looked at or not, while disks misread', (protocol) => {
  const nodes = protocol === 'pbft' ? 4 : 3
  const plan = drawPlan(protocol, 1, { nodes, spares: 0, profile: 'disk', durationMs: 5_000 })
  const misread = Array.from({ length: nodes }, (_, i) => ({ kind: 'misdirected-read' as const, node: `n${i + 1}`, atMs: 2_000, untilMs: 4_000 }))
  const faulty = { ...plan, faults: [...plan.faults, ...misread] }
  expect(watched(faulty)).toBe(new Simulation(faulty).run().replayHash)
}, 30_000)
